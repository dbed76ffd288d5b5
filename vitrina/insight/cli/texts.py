# SPDX-License-Identifier: Apache-2.0
"""`vitrina insight texts`: how alike the texts of bids are, into a store. Exit 0 done, 2 wrong use."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Annotated

import typer


def texts(
    folder: Annotated[Path, typer.Argument(help="OCID/BID.txt, and OCID/tender.txt: what the buyer published.")],
    store: Annotated[Path, typer.Option(help="Folder of the store.")],
    out: Annotated[Path | None, typer.Option(help="FILE.csv: the pairs, most alike first.")] = None,
) -> None:
    """Compare the texts of the bids of each process and keep how alike they are, for R041 to judge."""
    from vitrina.insight.screens.texts import BadTexts, fill
    from vitrina.insight.store import BadStore, Store
    from vitrina.kernel.text import plain_cell

    try:
        report = fill(Store(store), folder)
        if out:
            with out.open("w", encoding="utf-8", newline="") as file:
                rows = csv.writer(file, lineterminator="\n")
                rows.writerow(("rid", "bid_no", "other_no", "jaccard", "shingles", "rare"))
                rows.writerows(
                    (x.rid, x.bid_no, x.other_no, f"{x.jaccard:.6f}", x.n, plain_cell(" ".join(x.rare)))
                    for x in report.compared
                )
    except (BadTexts, BadStore, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    typer.echo(f"{len(report.compared):,} pairs of bids compared")
    for n, what in (
        (report.no_tender, "processes without tender.txt: what all bidders copy is not known, nothing was compared"),
        (report.no_process, "folders that name no process of the store"),
        (report.no_bid, "texts that name no bid of their process"),
        (report.short, "texts too short to tell anything"),
    ):
        if n:
            typer.echo(f"  {n:,} {what}")
