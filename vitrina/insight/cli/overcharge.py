# SPDX-License-Identifier: Apache-2.0
"""`vitrina insight overcharge`: what tenders cost more without the newcomer than with it. Exit 0 done, 2 wrong use."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from vitrina.insight.screens.overcharge import Estimates
    from vitrina.insight.store import Store

KINDS = {"paid": "lowest bid", "offered": "mean of the bids"}
NOBODY = "No community with a newcomer after whom prices fell, and enough tenders with and without it."


def overcharge(
    store: Annotated[Path, typer.Option(help="Folder of the store.")],
    twin: Annotated[
        Path | None, typer.Option(help="A store of the same tenders without a cartel, where data are made up.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the estimates as JSON.")] = False,
) -> None:
    """How much dearer firms that bid together are where a newcomer does not bid. An estimate, never proof."""
    from vitrina.insight.screens.overcharge import run
    from vitrina.insight.store import BadStore, Store

    try:
        opened, beside = Store(store), Store(twin) if twin else None
    except BadStore as error:
        raise typer.BadParameter(str(error)) from error
    with opened.tables() as t:
        made = run(t)
    rows = _rows(made, beside)
    if as_json:
        typer.echo(json.dumps(rows))
        return
    for row in rows:
        typer.echo(f"{row['item']}: {row['n_alone']} tenders without the newcomer, {row['n_reference']} with it")
        for price, name in KINDS.items():
            typer.echo(f"  {name:22} {_told(row, price)}")
            if f"twin_{price}_over" in row:
                typer.echo(f"  {'  beside the twin':22} {_told(row, f'twin_{price}')}")
        if "twin_posture_over" in row:
            typer.echo(f"  {'lowest over its mean':22} {_told(row, 'twin_posture')}")
    typer.echo("Indicio, no prueba." if rows else NOBODY)


def _rows(made: Estimates, beside: Store | None) -> list[dict[str, Any]]:
    from vitrina.insight.screens.lots import read
    from vitrina.insight.screens.overcharge import beside as compare
    from vitrina.insight.screens.overcharge import told

    rows = [one.row() for one in made.found]
    if beside:
        with beside.tables() as t:
            other = read(t)
        for row, one in zip(rows, made.found, strict=True):
            for price, of in compare(made.tenders.lots, one, other).items():
                row.update(told(f"twin_{price}", of))
    return rows


def _told(row: dict[str, Any], price: str) -> str:
    over, low, high = (100 * row[f"{price}_{end}"] for end in ("over", "low", "high"))
    share = 100 * row[f"{price}_share"]
    return f"{over:+.1f} % [{low:+.1f}, {high:+.1f}] over the reference; {share:.1f} % of the price"
