# SPDX-License-Identifier: Apache-2.0
"""`vitrina insight screens`: bid-rigging screens of a store, as tables and evidence cards."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Annotated

import typer


def screens(
    store: Annotated[Path, typer.Option(help="Folder of the store.")],
    out: Annotated[Path, typer.Option(help="Folder to write to.")],
    until: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Last day of the latest 36 months (the last day known)."),
    ] = None,
    unmerged: Annotated[bool, typer.Option(help="Firms that share an owner stay apart.")] = False,
    csv: Annotated[bool, typer.Option(help="Write CSV beside Parquet.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Tell what was written as JSON.")] = False,
) -> None:
    """Bid-rigging screens: prices, groups of firms, hours and files. A lead for a person to read, never proof."""
    from vitrina.insight.screens.run import run, write
    from vitrina.insight.store import BadStore, Store
    from vitrina.kernel import clock

    try:
        opened = Store(store)
    except BadStore as error:
        raise typer.BadParameter(str(error), param_hint="--store") from error
    with opened.tables() as t:
        found = run(t, merged=not unmerged, until=until.date() if until else None)
    wrote = write(found, out, csv=csv, run_on=clock.system().date())
    if as_json:
        typer.echo(json.dumps({"out": str(out), "rows": wrote}))
        return
    for name, rows in wrote.items():
        typer.echo(f"{rows:>10,}  {out / name}")
    typer.echo("Indicio, no prueba.")
