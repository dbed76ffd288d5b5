# SPDX-License-Identifier: Apache-2.0
"""`vitrina insight flags`: red flags over a store. Exit 0 done, 2 wrong use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    import pyarrow as pa

    from vitrina.insight.flags.settings import Settings
    from vitrina.insight.store import Store
    from vitrina.insight.tables import Tables

Line = tuple[str, int, int | None, int | None, str]


class Where(StrEnum):
    """Engines."""

    DUCKDB = "duckdb"
    SPARK = "spark"


def flags(
    store: Annotated[Path, typer.Option(help="Folder of the store.")],
    out: Annotated[Path, typer.Option(help="FILE.csv, .parquet or .jsonl: group,id,code,value of what is flagged.")],
    codes: Annotated[str, typer.Option(help="Only these flags: R003,R018. All when none are named.")] = "",
    cardinal: Annotated[bool, typer.Option("--cardinal", help="Exactly what Cardinal 0.0.8 finds.")] = False,
    settings: Annotated[Path | None, typer.Option(help="Cardinal's settings as JSON; else its defaults, MXN.")] = None,
    engine: Annotated[Where, typer.Option(help="Where the rules run.")] = Where.DUCKDB,
    master: Annotated[str, typer.Option(help="Master of Spark: spark://host:7077; local[*] when not told.")] = "",
    summary: Annotated[Path | None, typer.Option(help="Counts by flag; beside --out when not told.")] = None,
) -> None:
    """Compute red flags: what is flagged to --out, and for each flag how many are flagged, clear, not computable."""
    from vitrina.insight.flags.registry import UnknownFlag
    from vitrina.insight.flags.results import BadOut, check, write, write_summary
    from vitrina.insight.flags.settings import DEFAULT, BadSettings, load
    from vitrina.insight.store import BadStore, Store

    wanted = [code.strip().upper() for code in codes.split(",") if code.strip()]
    if settings and not cardinal:
        _stop("--settings goes with --cardinal.")
    try:
        check(out)
        held, master = Store(store), (master or "local[*]") if engine is Where.SPARK else ""
        if cardinal:
            table, lines = _cardinal(held, load(settings) if settings else DEFAULT, wanted, master)
        else:
            table, lines = _vitrina(held, wanted, master)
        write(table, out)
        write_summary(lines, summary or out.with_name(f"{out.stem}.summary.csv"))
    except UnknownFlag as error:
        _stop(f"There is no flag {error.args[0]}.")
    except (BadStore, BadSettings, BadOut, OSError) as error:
        _stop(str(error))
    _print(lines, table.num_rows, out)


def _cardinal(store: Store, settings: Settings, wanted: list[str], master: str) -> tuple[pa.Table, list[Line]]:
    """Cardinal tells what is flagged, and nothing of the rest. `master`: of Spark, if it is to run there."""
    import pyarrow.compute as pc

    from vitrina.insight.flags.registry import CARDINAL, UnknownFlag

    unknown = [code for code in wanted if code not in CARDINAL]
    if unknown:
        raise UnknownFlag(f"{', '.join(unknown)} in Cardinal")
    if master:
        from vitrina.insight.flags import cardinal

        with _on_spark(store, master) as t:
            table = cardinal.run(t, settings, wanted)
    else:
        from vitrina.insight.flags import kept

        table = kept.cardinal(store, settings, wanted)
    counts = pc.value_counts(table["code"].combine_chunks()).to_pylist()
    return table, [(row["values"], row["counts"], None, None, "") for row in sorted(counts, key=lambda r: r["values"])]


def _vitrina(store: Store, wanted: list[str], master: str) -> tuple[pa.Table, list[Line]]:
    from vitrina.insight.flags import results

    if master:
        from vitrina.insight.flags.registry import chosen
        from vitrina.insight.flags.run import run

        with _on_spark(store, master) as t:
            outcomes = run(t, chosen(wanted), tell=_tell)
    else:
        from vitrina.insight.flags import kept

        outcomes = kept.judged(store, wanted, _tell)
    return results.rows(outcomes), results.summary(outcomes)


@contextmanager
def _on_spark(store: Store, master: str) -> Iterator[Tables]:
    from vitrina.insight.engines import NoEngine
    from vitrina.insight.spark import Spark

    try:
        with store.tables(Spark(master)) as t:
            yield t
    except NoEngine as error:
        _stop(str(error))


def _tell(code: str) -> None:
    typer.echo(code, err=True)


def _print(lines: list[Line], n: int, out: Path) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"{n:,} rows in {out}", title_justify="left", box=None, pad_edge=False)
    table.add_column("flag")
    for name in ("flagged", "clear", "not computable"):
        table.add_column(name, justify="right")
    table.add_column("what is missing, in how many", overflow="fold")
    for code, *counts, why in lines:
        table.add_row(code, *("" if count is None else f"{count:,}" for count in counts), why)
    Console().print(table)


def _stop(text: str) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(2)
