# SPDX-License-Identifier: Apache-2.0
"""An auction recomputed from the public ledger alone: every act is asked for again and compared with what was written.

    report = verify(entries, lot=1)      # entries of the purchase as the feed gives them, in order
    report.findings                      # nothing, or each thing that does not hold
    report.winner, report.rule           # who, and which rule put it first
    report.prices, report.award          # prices that were asked about, and who gets the lot after that

Of the entries themselves it checks that each has the text of its digest and names the digest before it. That they are
those of the public log is checked apart, with the log's own proofs. What is believed: that `received_at` is the true
reading of the server, and until when the platform was alive before a pause by the system.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from vitrina.kernel.canonical import canonical, digest, digest_of
from vitrina.kernel.states import NoMove

from . import acts, compared
from .acts import Told
from .checks import CHECKS, Finding
from .engine import owed_by_floors, ranked
from .justifying import bodies
from .justifying.award import Award
from .justifying.bodies import Price
from .justifying.checks import Case, unasked
from .justifying.checks import walk as walk_prices
from .result import Result, result
from .room import Room, Secrets, apply

HEADER = ("v", "stream", "seq", "kind", "visibility", "at", "actor", "previous", "release")

NO_AWARD = Award()
OPENED, RULED = compared.OPENED, "ruling.issued"
IMPOSSIBLE = (NoMove, ValueError, ArithmeticError, LookupError)  # what no room does with an act that could follow


@dataclass(frozen=True, slots=True)
class Decided:
    """An offer of the auction and the rule that decided it: `code` is empty when it was accepted."""

    seq: int
    at: datetime
    alias: str
    centavos: int | None
    code: str
    leads: bool


@dataclass(frozen=True, slots=True)
class Report:
    """What the ledger says of an auction when it is computed again. Aliases; `order` and `ranking` best first.

    `rule`: what put the winner before the second (`result.Result`). `names`: alias -> (bid, name). `turn_order`: an
    alias per turn. `phase`: where it stands; a result is final from `revealed` on. `prices`: alias -> what became of
    a price that was asked about. `award`: who gets the lot after that, and the ranking of those that are left.
    """

    phase: str
    order: tuple[str, ...]
    ranking: tuple[acts.Ranked, ...]
    winner: str
    rule: str
    result: Result | None
    names: Mapping[str, tuple[str, str]]
    turn_order: tuple[str, ...]
    offers: tuple[Decided, ...]
    findings: tuple[Finding, ...]
    prices: Mapping[str, Price] = field(default_factory=dict)
    award: Award = NO_AWARD

    @property
    def open_price(self) -> Price | None:
        """The price that was asked about and that nobody has decided on yet."""
        return next((price for price in self.prices.values() if price.is_open), None)

    @property
    def holds(self) -> bool:
        """Whether everything that was written is what the rules give."""
        return not self.findings


def verify(entries: Iterable[Mapping[str, Any]], *, lot: int) -> Report:
    """Recompute the auction of a lot from the entries of its purchase, in order; entries of others are left out.

    Errors: `msgspec.ValidationError` for a body that cannot be read.
    """
    entries = list(entries)
    told = acts.told_of(entries, lot)
    room, walked = walk(told)
    findings = [*_chain(entries), *walked, *_entered(entries, told), *compared.entered(entries, told, room)]
    seed = _seed(entries, lot)
    outcome = _outcome(room, seed)
    entrants = room.secrets.entrants
    prices, award, of_prices = _prices(entries, told, room, seed, lot) if outcome else ({}, Award(), [])
    return Report(
        phase=room.phase,
        order=tuple(offer.bidder for _, offer in room.ranking) if room.bids else (),
        ranking=ranked(room) if room.bids else (),
        winner=outcome.winner if outcome else "",
        rule=outcome.rule if outcome else "",
        result=outcome,
        names={e.alias: (e.bid, e.name) for e in entrants},
        turn_order=tuple(one.act.alias for one in told if isinstance(one.act, acts.TurnBegun)),
        offers=tuple(_decided(told)),
        findings=tuple(findings + _floors(told, room) + _certificate(told, outcome, seed) + of_prices),
        prices=prices,
        award=award,
    )


def walk(told: Sequence[Told]) -> tuple[Room, list[Finding]]:
    """The room after every act, with what does not hold of each; stops at an act that could not follow at all."""
    room, findings = Room(secrets_of(told)), list[Finding]()
    for one in told:
        body = acts.body_of(one.act)
        if room.at is not None and (one.seq <= room.seq or one.at < room.at):
            findings.append(Finding(one.seq, "order", "it stands before the act that it follows"))
        if (owed := owed_by_floors(room)) and not getattr(one.act, "answers", ""):
            findings.append(Finding(one.seq, "floor_not_served", f"{owed[0]} had left a floor that reaches further"))
        try:
            after = apply(room, one)
            if after.bids:
                _ = after.ranking  # scores that cannot be computed are found here, by the act that brought them
            findings += [Finding(one.seq, *found) for found in CHECKS.get(body, _nothing)(room, after, one)]
        except IMPOSSIBLE as error:
            findings.append(Finding(one.seq, "state", str(error)))
            break
        room = after
    return room, findings


def secrets_of(told: Sequence[Told]) -> Secrets:
    """What the acts lay open at the end, by which their beginning can be computed; nothing before that."""
    for one in reversed(told):
        act = one.act
        if isinstance(act, acts.Revealed):
            commitments = {t.seq: t.act.commitment for t in told if isinstance(t.act, acts.FloorCommitted)}
            shown = {commitments[f.seq]: f.floor.centavos for f in act.floors if f.seq in commitments}
            return Secrets(act.entrants, shown)
    return Secrets()


def is_altered(entry: Mapping[str, Any]) -> bool:
    """Whether an entry of the feed has another text than the one that its digest vouches for. Without one: no."""
    if "digest" not in entry:
        return False
    try:
        return bool(digest_of(_header(entry)) != entry["digest"])
    except (ValueError, TypeError):  # a text that no entry can have
        return True


def _header(entry: Mapping[str, Any]) -> dict[str, Any]:
    """What the digest covers. Of a withdrawn text the feed gives digest and size in its place."""
    body = entry.get("body")
    if "withdrawn" not in entry:
        text = canonical(body)
        body = {"sha256": digest(text), "size": len(text)}
    return {name: entry.get(name) for name in HEADER} | {"body": body}


def _nothing(_room: Room, _after: Room, _told: Told) -> list[tuple[str, str]]:
    return []


def _chain(entries: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """From the first act of an auction to the last: no entry with another text, none left out of the stream."""
    kinds = acts.ACTS.keys() | bodies.KINDS.keys()
    numbers = [int(entry["seq"]) for entry in entries if entry.get("kind") in kinds]
    first, last, before = min(numbers, default=0), max(numbers, default=0), None
    for entry in entries:
        if "seq" not in entry or not first <= int(entry["seq"]) <= last:
            continue
        kind = entry.get("kind")
        if is_altered(entry):
            yield Finding(int(entry["seq"]), "altered", f"{kind} is not what its digest vouches for")
        if kind in kinds and "withdrawn" in entry:
            yield Finding(int(entry["seq"]), "withdrawn", f"the text of {kind} was withdrawn: it cannot be recomputed")
        if before is not None and entry.get("previous", "") != before.get("digest", ""):
            yield Finding(int(entry["seq"]), "missing", "it does not name the digest of the entry before it")
        before = entry


def _entered(entries: Sequence[Mapping[str, Any]], told: Sequence[Told]) -> Iterator[Finding]:
    """Each bidder entered with the bid that the opening published: price for the lot, hour, place, name and size.

    Nothing where the entries of the opening are not among those given.
    """
    opened = {row["body"].get("bid"): row["body"] for row in entries if _is_opening(row)}
    for one in told:
        act = one.act
        if not isinstance(act, acts.Revealed) or not opened:
            continue
        for entrant in act.entrants:
            found = opened.get(entrant.bid)
            if found is None or _published(found, act.lot) != acts.plain(_claimed(entrant)):
                problem = f"{entrant.alias} did not enter with what the opening published of {entrant.bid}"
                yield Finding(one.seq, "entered", problem)


def _is_opening(entry: Mapping[str, Any]) -> bool:
    return entry.get("kind") == OPENED and isinstance(entry.get("body"), Mapping)


def _claimed(entrant: acts.Entrant) -> dict[str, Any]:
    bidder = {"key": entrant.key, "name": entrant.name, "size": entrant.size}
    return {"amount": entrant.amount, "at": str(entrant.at), "order": entrant.order, **bidder}


def _published(opened: Mapping[str, Any], lot: int) -> dict[str, Any]:
    """The same of a `bid.opened` entry; a text that lacks something matches nothing."""
    try:
        bidder = opened["bidder"]
        return {
            "amount": next(total["amount"] for total in opened["totals"] if total["lot"] == lot),
            "at": str(datetime.fromisoformat(opened["received_at"]).astimezone(UTC)),
            "order": opened["order"],
            **{name: bidder[name] for name in ("key", "name", "size")},
        }
    except (LookupError, TypeError, ValueError, StopIteration):
        return {}


def _seed(entries: Sequence[Mapping[str, Any]], lot: int) -> str:
    """The seed of a draw: the digest of the close, which nobody knew while there were offers."""
    for entry in entries:
        found = acts.told(entry)
        if found is not None and isinstance(found.act, acts.Closed) and found.act.lot == lot:
            return str(entry.get("digest", ""))
    return ""


def _outcome(room: Room, seed: str) -> Result | None:
    """The result of an auction whose bidders are known and whose time is over."""
    entrants = room.secrets.entrants
    if not entrants or not room.bids:
        return None
    try:
        return result(room, {e.alias: e.size for e in entrants}, seed=seed)
    except ValueError:
        return None


def _decided(told: Sequence[Told]) -> Iterable[Decided]:
    for one in told:
        act = one.act
        if isinstance(act, acts.OfferMade | acts.OfferRefused):
            centavos = act.amount.centavos if act.amount else None
            leads = isinstance(act, acts.OfferMade) and act.leads
            yield Decided(one.seq, one.at, act.alias, centavos, getattr(act, "code", ""), leads)
        elif isinstance(act, acts.OffersPublished):
            for a in act.attempts:
                yield Decided(one.seq, one.at, a.alias, a.amount.centavos if a.amount else None, a.code, leads=False)


def _floors(told: Sequence[Told], room: Room) -> list[Finding]:
    """Every floor that was left is laid open, and is the one that was left.

    But those that the platform said that it had lost: their bidders were asked to leave them again.
    """
    reveal = next((one.act for one in told if isinstance(one.act, acts.Revealed)), None)
    if reveal is None:
        return []
    shown = {floor.seq: floor for floor in reveal.floors}
    lost = max((one.seq for one in told if isinstance(one.act, acts.Paused) and one.act.floors_lost), default=0)
    found = []
    for one in told:
        act = one.act
        if not isinstance(act, acts.FloorCommitted):
            continue
        floor = shown.get(one.seq)
        if floor is None and one.seq < lost:
            continue
        if floor is None:
            found.append(Finding(one.seq, "floor_hidden", f"the floor of {act.alias} was never laid open"))
        elif acts.floor_commitment(room.auction, act.alias, floor.floor.centavos, floor.salt) != act.commitment:
            found.append(Finding(one.seq, "floor_differs", f"{act.alias} had left another floor"))
    return found


def _certificate(told: Sequence[Told], outcome: Result | None, seed: str) -> list[Finding]:
    """What the certificate says against what the log gives."""
    found = []
    for one in told:
        act = one.act
        if not isinstance(act, acts.Certified):
            continue
        if outcome is None or (act.winner, act.tie) != (outcome.winner, outcome.tie):
            found.append(Finding(one.seq, "winner", f"the log gives {outcome.winner if outcome else 'nobody'}"))
        if act.tie is not None and act.tie.seed not in {"", seed}:
            found.append(Finding(one.seq, "seed", "the draw has another seed than the digest of the close"))
    return found


def _prices(
    entries: Sequence[Mapping[str, Any]], told: Sequence[Told], room: Room, seed: str, lot: int
) -> tuple[dict[str, Price], Award, list[Finding]]:
    """What became of the prices that were asked about, who gets the lot after it, and what does not hold of that.

    A marked price has to be asked about with the certificate; the ruling waits for the decision and follows it.
    """
    case = Case(room, {e.alias: e.size for e in room.secrets.entrants}, seed)
    prices, found = walk_prices(case, bodies.told_prices(entries, lot))
    certified = next((one.seq for one in told if isinstance(one.act, acts.Certified)), 0)
    award = case.award(prices)
    if certified and (alias := unasked(case, prices)):
        found.append(
            Finding(certified, "not_asked", f"the price of {alias} is marked and its bidder was not asked why")
        )
    for entry in entries:
        if certified and entry.get("kind") == RULED and isinstance(entry.get("body"), Mapping):
            found += _ruled(entry, lot, room, prices, award)
    return prices, award, found


def _ruled(
    entry: Mapping[str, Any], lot: int, room: Room, prices: Mapping[str, Price], award: Award
) -> Iterator[Finding]:
    """The ruling gives the lot to whom the auction and the decisions on prices give it."""
    bids = {e.alias: e.bid for e in room.secrets.entrants}
    seq, ruled = int(entry["seq"]), compared.structs(entry["body"].get("lots"))
    if any(price.is_open for price in prices.values()):
        yield Finding(seq, "undecided", "it was ruled while a price that was asked about was not decided on")
    winners = [one.get("winner", "") for one in ruled if one.get("lot") == lot]
    if winners and winners != [bids.get(award.winner, "")]:
        yield Finding(
            seq, "ruling", f"the ruling gives the lot to another bid than that of {award.winner or 'nobody'}"
        )
    standings = [s for one in ruled if one.get("lot") == lot for s in compared.structs(one.get("standings"))]
    by_bid = {str(s.get("bid")): s for s in standings}
    yield from compared.pointed(seq, by_bid, room, award)
    yield from compared.costed(seq, by_bid, room, award)
