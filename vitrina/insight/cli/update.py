# SPDX-License-Identifier: Apache-2.0
"""`vitrina insight update`: new releases, and only what they touch judged again. Exit 0 done, 2 wrong use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from vitrina.insight.update.updater import Change

SHOWN = 20


def update(
    sources: Annotated[list[str], typer.Argument(help="Files, folders, or - for standard input.")],
    store: Annotated[Path, typer.Option(help="Folder of the store; made where it is not there.")],
    whole: Annotated[bool, typer.Option("--all", help="Judge everything anew, flags that compare too.")] = False,
    out: Annotated[Path | None, typer.Option(help="FILE.csv, .parquet or .jsonl: all that is flagged now.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what changed as JSON.")] = False,
) -> None:
    """Read new releases into a store and bring its flags up to date: what they raise, and what they let fall.

    The first time everything is judged. Then flags that judge a process alone are exact at once; those that compare
    it with others are judged anew when one release in a thousand is newer than they are, or with --all.
    """
    from vitrina.insight.flags.results import BadOut, check, write
    from vitrina.insight.ingest.formats import NoSource
    from vitrina.insight.store import BadStore, Store
    from vitrina.insight.update.updater import Updater, current

    try:
        if out:
            check(out)
        place = Store.create(store)
        change = Updater(place, tell=lambda code: typer.echo(code, err=True)).update(sources, whole=whole)
        if out:
            write(current(place), out)
    except (NoSource, BadStore, BadOut, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    typer.echo(json.dumps(_told(change), ensure_ascii=False, indent=1)) if as_json else _print(change)


def _told(change: Change) -> dict[str, Any]:
    return {
        "read": change.report.total("n_read"),
        "new": change.n_new,
        "replaced": change.n_replaced,
        "quarantine": change.report.reasons,
        "all_judged": change.is_whole,
        "newer_than_flags_that_compare": change.newer,
        "raised": [dict(zip(("code", "group", "id"), one, strict=True)) for one in change.raised],
        "gone": [dict(zip(("code", "group", "id"), one, strict=True)) for one in change.gone],
    }


def _print(change: Change) -> None:
    typer.echo(
        f"{change.report.total('n_read'):,} records read: {change.n_new:,} processes are new, "
        f"{change.n_replaced:,} replaced, {change.report.total('n_quarantined'):,} in quarantine"
    )
    if change.is_whole:
        typer.echo("All flags were judged anew.")
        return
    for word, units in (("raised", change.raised), ("gone", change.gone)):
        for code, group, unit in units[:SHOWN]:
            typer.echo(f"  {word} {code} {group} {unit}")
        if len(units) > SHOWN:
            typer.echo(f"  and {len(units) - SHOWN:,} more {word}")
    if change.newer:
        typer.echo(f"Flags that compare do not know {change.newer:,} releases yet; --all judges them anew.")
