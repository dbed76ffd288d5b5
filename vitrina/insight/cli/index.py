# SPDX-License-Identifier: Apache-2.0
"""`vitrina insight index`: the corruption-risk index of the buying units of a store."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Annotated

import typer


def index(
    store: Annotated[Path, typer.Option(help="Folder of the store.")],
    out: Annotated[Path, typer.Option(help="Folder to write to.")],
    weights: Annotated[Path | None, typer.Option(help="JSON file of weights (those of the package).")] = None,
    reference: Annotated[
        str | None, typer.Option(metavar="YEAR..YEAR", help="Years of the reference (all but the last).")
    ] = None,
    draws: Annotated[int, typer.Option(min=0, help="Redraws for the intervals; 0: none.")] = 100,
    as_json: Annotated[bool, typer.Option("--json", help="Tell what was written as JSON.")] = False,
) -> None:
    """Corruption-risk index by buying unit, type and year: 0 = no sign of risk, 100 = most. A reason to look."""
    from vitrina.insight.index.run import run, write
    from vitrina.insight.index.weights import BadWeights, load
    from vitrina.insight.store import BadStore, Store

    span = None
    if reference is not None:
        told = re.fullmatch(r"(\d{4})\.\.(\d{4})", reference)
        if not told or told[1] > told[2]:
            raise typer.BadParameter("two years as 2019..2023, the earlier first", param_hint="--reference")
        span = (int(told[1]), int(told[2]))
    try:
        opened, chosen = Store(store), load(weights)
    except BadStore as error:
        raise typer.BadParameter(str(error), param_hint="--store") from error
    except BadWeights as error:
        raise typer.BadParameter(str(error), param_hint="--weights") from error
    with opened.tables() as t:
        found = run(t, chosen, years=span, draws=draws)
    wrote = write(found, out, weights)
    if as_json:
        typer.echo(json.dumps({"out": str(out), "reference": list(found.years), "rows": wrote}))
        return
    for name, rows in wrote.items():
        typer.echo(f"{rows:>10,}  {out / name}")
    typer.echo("Un motivo para mirar, no una acusación.")
