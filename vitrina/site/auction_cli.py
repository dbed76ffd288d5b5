# SPDX-License-Identifier: Apache-2.0
"""`vitrina auction`: an auction computed again from the ledger. Exit 0 it holds, 1 it does not, 2 undecidable."""

from __future__ import annotations

import json
from typing import Annotated, Any, NoReturn

import msgspec
import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from vitrina.cycle.auction import reading
from vitrina.cycle.auction.verifying import Report
from vitrina.cycle.auction.verifying import verify as recompute
from vitrina.kernel.money import Money
from vitrina.ledger.fetch import Unreachable

app = typer.Typer(no_args_is_help=True, help="Reverse auctions: order, turns, acceptance and winner, computed again.")
# what put the winner before the second
RULES = {
    "alone": "it is the only one",
    "score": "the best score",
    "instant": "equal scores, the earlier offer",
    "ledger": "equal scores at one instant, the earlier entry of the ledger",
    "public_draw": "equal scores, the draw from the digest of the close",
}
# what became of a price that was asked about
STATES = {
    "requested": "its bidder was asked to justify it and can still answer",
    "given": "justified, and not decided on yet",
    "lapsed": "its term passed without an answer, and it is not decided on yet",
    "accepted": "the evaluators accepted it",
    "rejected": "the evaluators rejected it",
}


@app.command()
def verify(
    ocid: Annotated[str, typer.Argument(help="The purchase.")],
    source: Annotated[
        str, typer.Option("--from", help="A web address, or a folder of `open dump`; else the own database.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Answer as JSON.")] = False,
) -> None:
    """Compute every auction of a purchase again and name the rule that decided it; exit 1 with what does not hold."""
    try:
        entries = _entries(source, ocid, quiet=as_json)
        reports = {lot: recompute(entries, lot=lot) for lot in reading.lots_of(entries)}
    except (Unreachable, OSError) as error:
        _stop(f"Not to be had: {error}", 2)
    except (ValueError, KeyError, msgspec.ValidationError) as error:
        _stop(f"What was read is not a ledger of auctions: {error}", 2)
    if not reports:
        _stop(f"No auction of {ocid} stands in this ledger.", 2)
    if as_json:
        typer.echo(json.dumps({str(lot): plain(report) for lot, report in reports.items()}, ensure_ascii=False))
    else:
        typer.echo("\n\n".join("\n".join(lines(lot, report)) for lot, report in reports.items()))
    raise typer.Exit(0 if all(report.holds for report in reports.values()) else 1)


def plain(report: Report) -> dict[str, Any]:
    """A report as JSON values."""
    told: dict[str, Any] = msgspec.to_builtins(report, builtin_types=())
    return {"holds": report.holds, **told}


def lines(lot: int, report: Report) -> list[str]:
    """A report as lines to read."""
    refused = [offer for offer in report.offers if offer.code]
    accepted = len(report.offers) - len(refused)
    found = [f"Lot {lot}: {report.phase}. {accepted} offers accepted, {len(refused)} refused."]
    if report.turn_order:
        found.append(f"Turns: {', '.join(report.turn_order)}.")
    last = {offer.alias: offer.centavos for offer in report.offers if not offer.code and offer.centavos}
    for place, alias in enumerate(report.order, start=1):
        bid, name = report.names.get(alias, ("", ""))
        amount = f", last offer {Money(last[alias])}" if alias in last else ", no offer"
        found.append(f"{place}. {alias}{f' = {name}, bid {bid}' if bid else ''}{amount}")
    if report.winner:
        rule = RULES.get(report.rule, f"equal scores, the size of the company ({report.rule})")
        found.append(f"Winner: {report.winner}. Rule: {rule}.")
    found += [
        f"Price of {price.alias}, abnormally low: {STATES[price.state]}.{_because(price.reasons)}"
        for price in report.prices.values()
    ]
    if report.prices:
        found.append(f"The lot goes to {report.award.winner or 'nobody'}.")
    found += [f"Does not hold: entry {f.seq}: {f.code}: {f.problem}." for f in report.findings]
    return found if report.findings else [*found, "Holds."]


def _because(reasons: tuple[str, ...]) -> str:
    return f" Reasons: {' '.join(reasons)}" if reasons else ""


def _entries(source: str, ocid: str, *, quiet: bool) -> list[Any]:
    columns = (SpinnerColumn(), TextColumn("{task.description} {task.completed}"), TimeElapsedColumn())
    if not source:
        return own_entries_of(ocid)
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=quiet) as bar:
        task = bar.add_task("entries", total=None)
        return list(reading.entries_of(source, ocid, lambda n: bar.update(task, completed=n)))


def own_entries_of(ocid: str) -> list[Any]:
    """The entries of a purchase from the own database, which is started for it."""
    from vitrina.site import embedded_db
    from vitrina.site.cli import set_up_django

    with embedded_db.running():
        set_up_django()
        return own_entries(ocid)


def own_entries(ocid: str) -> list[Any]:
    """The entries of a purchase as the feed of the own database gives them."""
    from vitrina.ledger import feed
    from vitrina.ledger.models import Position

    rows = Position.objects.filter(entry__stream=f"ocid:{ocid}").select_related("entry").order_by("entry__seq")
    return [feed.statement(row.position, row.entry) for row in rows if row.entry.is_public]


def _stop(text: str, code: int) -> NoReturn:
    typer.echo(text, err=True)
    raise typer.Exit(code)
