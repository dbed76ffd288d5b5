# SPDX-License-Identifier: Apache-2.0
"""`vitrina parties`: the register of bodies, units and people from a file. Exit 1 some rows refused, 2 wrong use."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(no_args_is_help=True, help="The register: bodies, their units, their people.")
_WHAT = {"unit": "units", "identity": "identities", "person": "people"}


@app.callback()
def _group() -> None:
    """Keeps the only command's name in the call."""


@app.command()
def load(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="CSV of units or people, or TOML of all.")],
    rejected: Annotated[
        Path | None, typer.Option(help="Where refused rows are kept; FILE with .rejected.csv unless told.")
    ] = None,
    links: Annotated[
        Path | None, typer.Option(help="Write the one-time links of new accounts to this file (CSV, mode 600).")
    ] = None,
) -> None:
    """Load a register: a row that is refused is kept aside with why, and the rest is loaded. Again: no change."""
    from django.conf import settings  # noqa: PLC0415 - --help answers at once

    from vitrina.kernel import clock  # noqa: PLC0415
    from vitrina.ledger.sequencer import catch_up  # noqa: PLC0415

    from .loading import run  # noqa: PLC0415
    from .loading.files import BadFile, keep_links, keep_rejected, read  # noqa: PLC0415

    try:
        rows = read(file)
    except (BadFile, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    told = run.load(rows, at=clock.now(), folder=file.parent)
    catch_up()
    for kind, found in told.items():
        typer.echo(f"{_WHAT[kind]}: {found.registered} new, {found.changed} changed, {found.unchanged} as they were, "
                   f"{len(found.rejected)} refused")  # fmt: skip
        for row, fault in found.rejected[:20]:
            typer.echo(f"  {row.place}, {fault.column}: {fault.what}; {fault.how}", err=True)
    made = [(email, settings.PUBLIC_URL + path) for found in told.values() for email, path in found.links]
    if links is not None:
        keep_links(links, made)
    refused = [pair for found in told.values() for pair in found.rejected]
    default = file.with_name(f"{file.name}.rejected.csv")
    kept = rejected or default
    if refused:
        keep_rejected(kept, refused)
        typer.echo(f"{len(refused)} rows were refused and are kept in {kept}", err=True)
        raise typer.Exit(1)
    if kept == default:
        kept.unlink(missing_ok=True)  # those of an earlier run are mended now
