# SPDX-License-Identifier: Apache-2.0
"""`vitrina insight flags`: red flags over a store. Exit 0 done, 2 wrong use."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    import pyarrow as pa

    from vitrina.insight.flags.run import Outcome
    from vitrina.insight.tables import Tables


Line = tuple[str, int, int | None, int | None, str]


class Where(StrEnum):
    """Engines."""

    DUCKDB = "duckdb"
    SPARK = "spark"


def flags(
    store: Annotated[Path, typer.Option(help="Folder of the store.")],
    out: Annotated[Path, typer.Option(help="FILE.csv or FILE.parquet: group,id,code,value of what is flagged.")],
    codes: Annotated[str, typer.Option(help="Only these flags: R003,R018. All when none are named.")] = "",
    cardinal: Annotated[bool, typer.Option("--cardinal", help="Exactly what Cardinal 0.0.8 finds.")] = False,
    settings: Annotated[Path | None, typer.Option(help="Cardinal's settings as JSON; else its defaults, MXN.")] = None,
    engine: Annotated[Where, typer.Option(help="Where the rules run.")] = Where.DUCKDB,
    master: Annotated[str, typer.Option(help="Master of Spark: spark://host:7077; local[*] when not told.")] = "",
    summary: Annotated[Path | None, typer.Option(help="Counts by flag; beside --out when not told.")] = None,
) -> None:
    """Compute red flags: what is flagged to --out, and for each flag how many are flagged, clear, not computable."""
    from vitrina.insight.engines import NoEngine, engine_of
    from vitrina.insight.flags.registry import UnknownFlag
    from vitrina.insight.flags.results import BadOut, write, write_summary
    from vitrina.insight.flags.settings import BadSettings
    from vitrina.insight.store import BadStore, Store

    wanted = [code.strip().upper() for code in codes.split(",") if code.strip()]
    if settings and not cardinal:
        _stop("--settings goes with --cardinal.")
    if out.suffix not in {".csv", ".parquet"}:
        _stop(f"{out}: the name must end in .csv or .parquet.")
    try:
        with Store(store).tables(engine_of(engine, master)) as t:
            table, lines = _cardinal(t, settings, wanted) if cardinal else _vitrina(t, wanted)
        write(table, out)
        write_summary(lines, summary or out.with_name(f"{out.stem}.summary.csv"))
    except UnknownFlag as error:
        _stop(f"There is no flag {error.args[0]}.")
    except (BadStore, BadSettings, BadOut, NoEngine, OSError) as error:
        _stop(str(error))
    _print(lines, table.num_rows, out)


def _cardinal(t: Tables, settings: Path | None, wanted: list[str]) -> tuple[pa.Table, list[Line]]:
    """Cardinal tells what is flagged, and nothing of the rest."""
    import pyarrow.compute as pc

    from vitrina.insight.flags import cardinal
    from vitrina.insight.flags.registry import CARDINAL, UnknownFlag
    from vitrina.insight.flags.settings import DEFAULT, load

    unknown = [code for code in wanted if code not in CARDINAL]
    if unknown:
        raise UnknownFlag(f"{', '.join(unknown)} in Cardinal")
    table = cardinal.run(t, load(settings) if settings else DEFAULT, wanted or None)
    counts = pc.value_counts(table["code"].combine_chunks()).to_pylist()
    return table, [(row["values"], row["counts"], None, None, "") for row in sorted(counts, key=lambda r: r["values"])]


def _vitrina(t: Tables, wanted: list[str]) -> tuple[pa.Table, list[Line]]:
    from vitrina.insight.flags import results
    from vitrina.insight.flags.registry import chosen
    from vitrina.insight.flags.run import run

    outcomes: list[Outcome] = run(t, chosen(wanted or None), tell=lambda flag: typer.echo(flag.code, err=True))
    return results.rows(outcomes), results.summary(outcomes)


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
