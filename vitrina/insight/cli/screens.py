# SPDX-License-Identifier: Apache-2.0
"""`vitrina insight screens`: bid-rigging screens of a store, as tables and evidence cards."""

from __future__ import annotations

import datetime as dt
import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class Lang(StrEnum):
    """Languages."""

    ES = "es"
    EN = "en"


_NOTHING = {
    Lang.ES: "Ninguno de los {n:,} procesos trae dos proposiciones con precio: no hay nada que comparar.",
    Lang.EN: "None of the {n:,} processes has two bids with a price: there is nothing to compare.",
}
_READ = {Lang.ES: "Para leer:", Lang.EN: "To read:"}
_NOTICE = {Lang.ES: "Indicio, no prueba.", Lang.EN: "A lead, not proof."}


def screens(
    store: Annotated[Path, typer.Option(help="Folder of the store.")],
    out: Annotated[Path, typer.Option(help="Folder to write to.")],
    until: Annotated[
        dt.datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Last day of the latest 36 months (the last day known)."),
    ] = None,
    auctions: Annotated[
        Path | None, typer.Option(help="CSV of the steps of reverse auctions: ocid,lot,bidder,at,amount,decrement.")
    ] = None,
    unmerged: Annotated[bool, typer.Option(help="Firms that share an owner stay apart.")] = False,
    csv: Annotated[bool, typer.Option(help="Write CSV beside Parquet.")] = False,
    lang: Annotated[Lang, typer.Option(help="Language of the page.")] = Lang.ES,
    as_json: Annotated[bool, typer.Option("--json", help="Tell what was written as JSON.")] = False,
) -> None:
    """Bid-rigging screens: prices, groups of firms, hours and files. A lead for a person to read, never proof."""
    from vitrina.insight.screens.auctions import BadAuctions, read
    from vitrina.insight.screens.run import compared, run, write
    from vitrina.insight.store import BadStore, Store
    from vitrina.kernel import clock

    try:
        opened = Store(store)
        steps = read(auctions) if auctions else None
    except BadStore as error:
        raise typer.BadParameter(str(error), param_hint="--store") from error
    except (BadAuctions, OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(str(error), param_hint="--auctions") from error
    with opened.tables() as t:
        found = run(t, merged=not unmerged, until=until.date() if until else None, steps=steps)
    wrote = write(found, out, csv=csv, run_on=clock.system().date(), lang=lang.value)
    if as_json:
        typer.echo(json.dumps({"out": str(out), "rows": wrote}))
        return
    for name, rows in wrote.items():
        typer.echo(f"{rows:>10,}  {out / name}")
    if not compared(found):
        typer.echo(_NOTHING[lang].format(n=found.n_processes))
    typer.echo(f"{_READ[lang]} {out / 'cards.html'}")
    typer.echo(_NOTICE[lang])
