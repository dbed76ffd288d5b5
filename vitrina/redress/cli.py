# SPDX-License-Identifier: Apache-2.0
"""`vitrina sanctions`: publish firm sanctions, or tell that one no longer stands. Exit 1 refused, 2 wrong use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NoReturn

import typer

app = typer.Typer(no_args_is_help=True, help="Sanctions of suppliers, published once they are firm.")


def _stop(message: str, code: int) -> NoReturn:
    typer.echo(message, err=True)
    raise typer.Exit(code)


@app.command()
def publish(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="TOML file: [[sanction]], [[official]].")],
) -> None:
    """Publish every sanction of a file, of suppliers ([[sanction]]) and of officials for grave faults ([[official]]),
    or none when one is refused. Those published before are passed over.
    """
    import tomllib  # noqa: PLC0415 - --help answers at once

    import msgspec  # noqa: PLC0415
    from django.db import transaction  # noqa: PLC0415

    from vitrina.cycle.core.refusal import Refused  # noqa: PLC0415
    from vitrina.kernel import clock  # noqa: PLC0415
    from vitrina.ledger.sequencer import catch_up  # noqa: PLC0415

    from .commands import publish as run  # noqa: PLC0415
    from .commands import publish_official  # noqa: PLC0415
    from .events import OfficialSanctionRef, SanctionRef  # noqa: PLC0415
    from .models import Sanction  # noqa: PLC0415

    try:
        told = tomllib.loads(file.read_text(encoding="utf-8"))
        found: list[SanctionRef | OfficialSanctionRef] = [
            *msgspec.convert(told.get("sanction", []), list[SanctionRef]),
            *msgspec.convert(told.get("official", []), list[OfficialSanctionRef]),
        ]
    except (ValueError, OSError) as error:
        _stop(f"{file}: {error}", 2)
    there = set(Sanction.objects.filter(id__in=[s.id for s in found]).values_list("id", flat=True))
    try:
        with transaction.atomic():
            for sanction in found:
                if sanction.id in there:
                    continue
                if isinstance(sanction, OfficialSanctionRef):
                    publish_official(sanction, at=clock.now())
                else:
                    run(sanction, at=clock.now())
    except Refused as refused:
        _stop(f"{sanction.id}: {refused}", 1)
    catch_up()
    typer.echo(f"{len(found) - len(there)} published, {len(there)} were published before")


@app.command()
def withdraw(
    sanction: Annotated[str, typer.Argument(metavar="SANCTION", help="Id of the sanction.")],
    reason: Annotated[str, typer.Option(help="Why it no longer stands; public.")],
) -> None:
    """Tell that a sanction no longer stands."""
    from vitrina.cycle.core.refusal import Refused  # noqa: PLC0415 - --help answers at once
    from vitrina.kernel import clock  # noqa: PLC0415
    from vitrina.ledger.sequencer import catch_up  # noqa: PLC0415

    from .commands import withdraw as run  # noqa: PLC0415

    try:
        run(sanction, at=clock.now(), reason=reason)
    except Refused as refused:
        _stop(str(refused), 1)
    catch_up()
    typer.echo(f"{sanction} no longer stands")
