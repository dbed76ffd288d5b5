# SPDX-License-Identifier: Apache-2.0
"""`vitrina ruling`: a ruling computed again from the ledger. Exit 0 it holds, 1 it does not, 2 undecidable."""

from __future__ import annotations

from typing import Annotated, Any, NoReturn

import msgspec
import typer

from vitrina.cycle.auction import reading
from vitrina.ledger.fetch import Unreachable

from .auction_cli import own_entries_of

app = typer.Typer(no_args_is_help=True, help="Rulings: who is solvent, ranking, tie and award, computed again.")


@app.command()
def verify(
    ocid: Annotated[str, typer.Argument(help="The purchase.")],
    source: Annotated[
        str, typer.Option("--from", help="A web address, or a folder of `open dump`; else the own database.")
    ] = "",
) -> None:
    """Compute the ruling of a purchase again, by price, points or life-cycle cost; exit 1 with what does not hold."""
    from vitrina.site.cli import set_up_django

    set_up_django()  # the entries of a ruling are read with the types of their stages; no database is asked
    from vitrina.cycle.awarding.recomputing import recompute

    try:
        entries: list[Any] = list(reading.entries_of(source, ocid)) if source else own_entries_of(ocid)
        found = recompute(entries)
    except (Unreachable, FileNotFoundError) as error:
        _stop(f"Not to be had: {error}", 2)
    except (ValueError, LookupError, TypeError, msgspec.ValidationError) as error:
        _stop(f"What was read is not the ledger of a ruling: {error}", 2)
    if found is None:
        _stop(f"No ruling of {ocid} stands in this ledger.", 2)
    for lot in found.auctioned:
        typer.echo(f"Lot {lot} was auctioned: vitrina auction verify {ocid}")
    for lot in found.lots:
        typer.echo(f"Lot {lot}: computed again.")
    for finding in found.findings:
        typer.echo(f"Does not hold: lot {finding.lot}: {finding.code}: {finding.problem}.")
    typer.echo("Holds." if not found.findings else f"{len(found.findings)} findings.")
    raise typer.Exit(1 if found.findings else 0)


def _stop(text: str, code: int) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(code)
