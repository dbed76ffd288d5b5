# SPDX-License-Identifier: Apache-2.0
"""`vitrina insight indicators`: numbers of a store, as a whole and compared."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

BY = (
    "Compare by these, together: buyer, unit, market, method, detail, category, region, law, month, year, supplier."
    " Repeat it for another comparison."
)


def indicators(
    store: Annotated[Path, typer.Option(help="The folder of the store.")],
    out: Annotated[Path, typer.Option(help="The file to write: .csv, .parquet or .jsonl.")],
    codes: Annotated[str, typer.Option(help="Only these, with commas: U015,A05,U059.median.")] = "",
    by: Annotated[list[str] | None, typer.Option(help=BY)] = None,
    public: Annotated[bool, typer.Option(help="Hide shares of fewer than five facts.")] = False,
    json: Annotated[bool, typer.Option("--json", help="Tell the outcome as JSON.")] = False,
) -> None:
    """Compute the indicators of a store: value, numerator, denominator, what was left out and why."""
    import msgspec

    from vitrina.insight.indicators import report
    from vitrina.insight.indicators.dims import UnknownDimension
    from vitrina.insight.indicators.registry import UnknownIndicator, chosen
    from vitrina.insight.indicators.run import run
    from vitrina.insight.store import BadStore, Store

    try:
        wanted = chosen([code.strip() for code in codes.split(",") if code.strip()])
        with Store(store).tables() as t:
            table = run(t, wanted, report.groupings(by or []))
        rows = report.write(table, out, is_public=public)
    except (BadStore, UnknownDimension, UnknownIndicator, report.UnknownKind) as error:
        typer.echo(f"{type(error).__name__}: {error.args[0]}", err=True)
        raise typer.Exit(2) from None
    told: dict[str, Any] = {"rows": rows, "indicators": len(wanted), "out": str(out), "states": report.states(table)}
    if json:
        typer.echo(msgspec.json.encode(told).decode())
        return
    counts = told["states"]
    typer.echo(f"{len(wanted)} indicators, {rows} rows in {out}")
    typer.echo(f"of the whole: {counts['ok']} computed, {counts['few']} of few facts, {counts['nc']} not computable")
