# SPDX-License-Identifier: Apache-2.0
"""`vitrina ledger`: verify, rebuild, erase, rotate-key. Imported by the command line once Django is set up."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

app = typer.Typer(no_args_is_help=True, help="The public ledger: check it, rebuild what derives from it.")
AsJson = Annotated[bool, typer.Option("--json", help="Answer as JSON.")]


def _progress() -> Progress:
    columns = (SpinnerColumn(), TextColumn("{task.description} {task.completed}"), TimeElapsedColumn())
    return Progress(*columns, console=Console(stderr=True), transient=True)


@app.command()
def verify(as_json: AsJson = False) -> None:
    """Recompute every digest and chain; exit 1 naming the first entry that does not hold."""
    from .verify import verify as run  # noqa: PLC0415

    with _progress() as bar:
        task = bar.add_task("entries", total=None)
        report = run(lambda n: bar.update(task, completed=n))
    finding = report.finding
    if as_json:
        answer: dict[str, object] = {
            "holds": finding is None,
            "entries": report.entries,
            "positions": report.positions,
            "leaves": report.leaves,
            "withdrawn": report.withdrawn,
        }
        if finding:
            answer |= {"where": finding.where, "problem": finding.problem}
        typer.echo(json.dumps(answer))
    elif finding:
        typer.echo(f"Does not hold: {finding.where}: {finding.problem}.", err=True)
    else:
        gone = f", {report.withdrawn} contents withdrawn" if report.withdrawn else ""
        typer.echo(f"Holds: {report.entries} entries, {report.positions} positions, {report.leaves} leaves{gone}.")
    raise typer.Exit(1 if finding else 0)


@app.command()
def rebuild(
    check: Annotated[bool, typer.Option("--check", help="Exit 1 when a table came out different.")] = False,
    as_json: AsJson = False,
) -> None:
    """Throw every projection away and replay the ledger."""
    from .projections import rebuild as run  # noqa: PLC0415

    tables = run()
    changed = sorted(t for t, (before, after) in tables.items() if before != after)
    if as_json:
        typer.echo(json.dumps({"tables": sorted(tables), "changed": changed}))
    else:
        typer.echo(f"{len(tables)} tables replayed; changed: {', '.join(changed) or 'none'}.")
    raise typer.Exit(1 if check and changed else 0)


@app.command()
def erase(
    position: Annotated[int, typer.Argument(help="Number of the act whose content goes.")],
    reason: Annotated[str, typer.Option("--reason", help="cancellation, court_order or leak.")],
    authority: Annotated[str, typer.Option("--authority", help="Whose order it is, as the public will read it.")],
    as_json: AsJson = False,
) -> None:
    """Withdraw the content of an act for ever; its number, its digest and its proof stay."""
    from django.db import connection  # noqa: PLC0415

    from vitrina.kernel import clock  # noqa: PLC0415

    from .commands import OPERATOR, ErasureRefused  # noqa: PLC0415
    from .commands import erase as run  # noqa: PLC0415
    from .erasing import AFTERWARDS  # noqa: PLC0415
    from .models import Position  # noqa: PLC0415
    from .sequencer import catch_up  # noqa: PLC0415

    try:
        act = run(position, reason=reason, authority=authority, actor=OPERATOR, at=clock.now())
    except ErasureRefused as why:
        typer.echo(f"Not erased: {why}.", err=True)
        raise typer.Exit(1) from None
    catch_up()
    with connection.cursor() as cursor:  # what PostgreSQL keeps of a row that it has replaced
        cursor.execute("VACUUM ledger_entry, ledger_release, ledger_record")
    for forget in AFTERWARDS:
        forget()
    number = Position.objects.filter(entry=act).values_list("position", flat=True).first()
    if as_json:
        typer.echo(json.dumps({"position": position, "act": number}))
    else:
        by = f"by act {number}" if number else "by an act that gets its number in a moment"
        typer.echo(f"The content of act {position} was withdrawn {by}.")


@app.command()
def rotate_key(as_json: AsJson = False) -> None:
    """Sign the public log with a new key from now on; an act that both keys sign says so. Stop the sequencer first."""
    from .keys import KeyRefused  # noqa: PLC0415
    from .log_keys import NotRotated  # noqa: PLC0415
    from .rotation import rotate  # noqa: PLC0415
    from .writer import Refused  # noqa: PLC0415

    try:
        _, vkey, aside = rotate()
    except (NotRotated, Refused, KeyRefused) as why:
        typer.echo(f"The key stays: {why}.", err=True)
        raise typer.Exit(1) from None
    if as_json:
        typer.echo(json.dumps({"vkey": str(vkey), "former_file": str(aside)}))
    else:
        typer.echo(f"The log is signed with {vkey} from now on.")
        typer.echo(f"The former key lies in {aside}: destroy it once a sealed copy is kept or none is wanted.")
        typer.echo("Print the new key where people find it, and give it to the witnesses: they refuse it until then.")
