# SPDX-License-Identifier: Apache-2.0
"""`vitrina insight ingest`: data into a store. Exit 0 done, 1 a bad record in a strict run, 2 wrong use."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from vitrina.insight.ingest.run import Report
    from vitrina.insight.store import Store

COUNTS = ("n_read", "n_stored", "n_quarantined", "n_duplicates", "n_merged")


class Layout(StrEnum):
    """What the sources are."""

    AUTO = "auto"
    OCDS = "ocds"
    COMPRANET = "compranet"


def ingest(
    sources: Annotated[list[str], typer.Argument(help="Files, folders, or - for standard input.")],
    store: Annotated[Path, typer.Option(help="Folder of the store; made where it is not there.")],
    layout: Annotated[Layout, typer.Option("--format", help="What the sources are.")] = Layout.AUTO,
    strict: Annotated[bool, typer.Option(help="Stop at the first bad record and leave the store as it was.")] = False,
    workers: Annotated[int | None, typer.Option(min=1, help="Processes that read; as many as fit by default.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print what was done as JSON.")] = False,
) -> None:
    """Read OCDS or CompraNet data into a store. Bad records go to its quarantine; nothing is read twice."""
    from vitrina.insight.cli.progress import Bar
    from vitrina.insight.ingest.formats import NoSource
    from vitrina.insight.ingest.run import BadRecord
    from vitrina.insight.ingest.run import ingest as run
    from vitrina.insight.store import BadStore, Store

    try:
        place = Store.create(store)
        with Bar() as bar:
            report = run(place, sources, format=layout, strict=strict, workers=workers, progress=bar)
    except BadRecord as error:
        typer.echo(f"Bad record: {error}. The store is as it was.", err=True)
        raise typer.Exit(1) from None
    except (NoSource, BadStore, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    if as_json:
        typer.echo(json.dumps(_told(report, place), ensure_ascii=False, indent=1))
    else:
        _print(report, place)


def _told(report: Report, store: Store) -> dict[str, Any]:
    import msgspec

    return {
        "store": str(store.path),
        "sources": [msgspec.to_builtins(source) for source in report.sources],
        "skipped": list(report.skipped),
        "total": {name: report.total(name) for name in COUNTS},
        "quarantine": report.reasons,
        "repairs": report.repairs,
        "same": _n_same(store),
    }


def _print(report: Report, store: Store) -> None:
    for name in report.skipped:
        typer.echo(f"{name}: in the store already")
    total = {name: report.total(name) for name in COUNTS}
    typer.echo(
        f"{total['n_read']:,} records read from {len(report.sources)} sources into {store.path}: "
        f"{total['n_stored']:,} stored, {total['n_quarantined']:,} in quarantine, "
        f"{total['n_duplicates']:,} there already, {total['n_merged']:,} merged into another"
    )
    for reason, n in sorted(report.reasons.items(), key=lambda pair: (-pair[1], pair[0])):
        typer.echo(f"  quarantine {reason}: {n:,}")
    if n_same := _n_same(store):
        typer.echo(f"  organisations without RFC taken as the company of the same name: {n_same:,} (table same_as)")
    if report.repairs:
        typer.echo(f"  values mended on the way in: {report.repairs:,} (table repair)")


def _n_same(store: Store) -> int:
    """How many organisations of the store are taken as another."""
    import pyarrow.parquet as pq

    return sum(pq.read_metadata(file).num_rows for file in store.files("same_as"))
