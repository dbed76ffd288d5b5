# SPDX-License-Identifier: Apache-2.0
"""What the ledger alone says of a purchase, and what the rows say: two readings that must be one.

`told` replays the entries of a purchase over the state tables and fails where one could not have followed: a state
that the table does not reach, an act by an office or a party that may not do it, a bid that was opened too early.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from typing import Any

from django.db.models import Q

from tests.properties.envelopes import EnvelopesTold
from tests.properties.offices import ALLOWED, BY_ITSELF, LEFT_BY, OF_NOBODY
from vitrina.cycle import STAGES
from vitrina.cycle.auction import states as auction
from vitrina.cycle.auction.acts import ACTS
from vitrina.cycle.auction.justifying.bodies import KINDS as PRICES
from vitrina.cycle.auction.models import Auction, PriceRequest
from vitrina.cycle.awarding import states as awarding
from vitrina.cycle.awarding.models import Award, Ruling
from vitrina.cycle.bidding import states as bidding
from vitrina.cycle.bidding.models import Envelope
from vitrina.cycle.clarifying import states as clarifying
from vitrina.cycle.clarifying.models import Meeting
from vitrina.cycle.contracting import states as contracting
from vitrina.cycle.contracting.models import Contract
from vitrina.cycle.core.models import Process
from vitrina.cycle.delivery import states as delivery
from vitrina.cycle.delivery.models import Receipt
from vitrina.cycle.evaluation import states as evaluation
from vitrina.cycle.evaluation.models import Declaration, Evaluation
from vitrina.cycle.opening import states as opening
from vitrina.cycle.opening.models import Act
from vitrina.cycle.payment import states as payment
from vitrina.cycle.payment.models import Invoice
from vitrina.cycle.planning import states as planning
from vitrina.cycle.planning.models import PlanLine
from vitrina.cycle.research import states as research
from vitrina.cycle.research.models import Research
from vitrina.cycle.tendering import states as tendering
from vitrina.cycle.tendering.models import Lot, Tender
from vitrina.kernel.money import Money, total
from vitrina.ledger.models import Entry
from vitrina.parties.models import Unit

OVER = {"cancelled", "deserted", "complete"}
AFTERWARDS = {"shares.given", "share.false", "envelope.revealed", "envelopes.audited"}  # of envelopes that stay closed
States = dict[tuple[str, Any], str]
TABLES = {
    "plan": planning.TABLE, "research": research.TABLE, "tender": tendering.TABLE, "meeting": clarifying.TABLE,
    "envelope": bidding.TABLE, "act": opening.TABLE, "evaluation": evaluation.TABLE, "sheet": evaluation.SHEET,
    "auction": auction.TABLE, "price": auction.JUSTIFICATION, "ruling": awarding.TABLE, "award": awarding.AWARD, "contract": contracting.TABLE, "receipt": delivery.TABLE,
    "invoice": payment.TABLE,
}  # fmt: skip


def entries_of(process: Process) -> list[Entry]:
    """Every entry about a purchase, blinded ones too, in the order in which they were written."""
    own = Q(stream=process.stream) | Q(pk__in=Envelope.objects.filter(process=process).values("entry"))
    return list(Entry.objects.filter(own | Q(body__contains=f'"ocid":"{process.ocid}"')).order_by("id"))


def told(process: Process, entries: list[Entry] | None = None) -> States:
    """(object, key) -> state after the entries of a purchase; `AssertionError` where one could not follow."""
    story = Story(process)
    for entry in entries_of(process) if entries is None else entries:
        story.read(entry)
    return story.states | {("halt", ""): story.halt, ("stage", ""): story.stage}


def stored(process: Process) -> States:
    """(object, key) -> state as the rows of a purchase hold it."""
    one = {
        "plan": PlanLine, "research": Research, "tender": Tender, "meeting": Meeting, "act": Act,
        "evaluation": Evaluation, "ruling": Ruling,
    }  # fmt: skip
    many = {
        "lot": (Lot, "process", "number"), "auction": (Auction, "process", "lot"), "award": (Award, "process", "lot"), "envelope": (Envelope, "process", "c"),
        "sheet": (Declaration, "process", "person_id"), "contract": (Contract, "process", "id"),
        "receipt": (Receipt, "contract__process", "id"), "invoice": (Invoice, "contract__process", "id"),
    }  # fmt: skip
    found: States = {}
    for name, model in one.items():
        found |= {(name, ""): s for s in model.objects.filter(process=process).values_list("state", flat=True)}
    for name, (model, owner, key) in many.items():
        found |= {(name, k): s for k, s in model.objects.filter(**{owner: process}).values_list(key, "state")}
    for row in PriceRequest.objects.filter(auction__process=process).select_related("auction"):
        found["price", (row.auction.lot, row.alias)] = row.state
    halt, stage = Process.objects.values_list("halt", "stage").get(ocid=process.ocid)
    return found | {("halt", ""): halt, ("stage", ""): stage}


class Story(EnvelopesTold):
    """The purchase as its entries tell it, one after another."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.states: States = {}
        self.halt, self.stage = "", STAGES[0]
        self.terms: Any = None
        self.asked_until: Any = None  # re-questions
        self.evaluators: set[str] = set()
        self.begin_envelopes()
        self.supplier_of: dict[str, str] = {}  # contract, receipt or invoice -> supplier
        self.winners: dict[int, str] = {}
        self.digests: dict[str, str] = {}
        self.due: dict[str, dict[int, Decimal]] = {}
        self.accepted: dict[str, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        self.invoices: dict[str, Any] = {}
        self.billed: set[str] = set()
        self.paid: dict[str, Money] = {}

    def read(self, entry: Entry) -> None:
        """Take one entry, or fail."""
        event = entry.event
        self.entry = entry
        self._was_allowed()
        if (
            entry.ocid and entry.kind not in AFTERWARDS and event.stage in STAGES
        ):  # secret acts do not show in the stage
            self.stage = max(self.stage, event.stage, key=STAGES.index)
        if entry.kind in ACTS:
            self.move("auction", ACTS[entry.kind][1], event.lot)
        if entry.kind in PRICES:
            self.move("price", PRICES[entry.kind][1], (event.lot, event.alias))
        name = entry.kind.replace(".", "_")
        getattr(self, f"on_{name}", self._nothing)(event, entry)

    def _was_allowed(self) -> None:
        entry = self.entry
        role, name, party = (entry.actor[key] for key in ("role", "name", "party"))
        is_owed = entry.kind in AFTERWARDS | {"purchase.completed"}
        assert self.halt not in OVER or is_owed, f"{entry.kind} after {self.halt}"
        if entry.kind in OF_NOBODY | BY_ITSELF:
            assert self.halt != "suspended", f"{entry.kind} while suspended"
            assert (role, name, party) == (("", "", "") if entry.kind in OF_NOBODY else ("operator", "Vitrina", ""))
            return
        command = next((c for c in LEFT_BY[entry.kind].split() if c in ALLOWED[role]), "")
        assert command, f"{entry.kind} by {role}"
        if role != "supplier":
            unit = self.process.unit
            ours = {unit.key, unit.parent_id, unit.root_id}
            if command.startswith("delivery."):  # goods are received where they arrive
                ours |= set(Unit.objects.filter(root=self.process.buyer).values_list("key", flat=True))
            assert party in ours, f"{entry.kind} by an official of {party}"
        if self.halt == "suspended":
            assert command in {"tendering.resume", "tendering.cancel"}, f"{entry.kind} while suspended"

    def _nothing(self, event: Any, entry: Entry) -> None:
        pass

    def move(self, name: str, command: str, key: Any = "") -> str:
        """Move an object over its table; fail when the table has no such row."""
        before = self.states.get((name, key), "")
        assert (before, command) in TABLES[name], f"{self.entry.kind}: {command} of {name} {key} in state {before!r}"
        after = str(TABLES[name][before, command])
        self.states[name, key] = after
        return after

    def at(self, name: str, key: Any = "") -> str:
        return self.states.get((name, key), "")

    def before_call(self) -> None:
        assert not self.at("tender"), f"{self.entry.kind} after the call"

    # planning and research

    def on_plan_line_published(self, event: Any, entry: Entry) -> None:
        self.move("plan", "publish_line")

    def on_plan_line_modified(self, event: Any, entry: Entry) -> None:
        self.before_call()
        self.move("plan", "modify_line")

    def on_budget_certified(self, event: Any, entry: Entry) -> None:
        self.move("plan", "certify_budget")

    def on_plan_line_cancelled(self, event: Any, entry: Entry) -> None:
        self.before_call()
        self.move("plan", "cancel_line")
        self.halt = "cancelled"

    def on_quotes_requested(self, event: Any, entry: Entry) -> None:
        self.before_call()
        self.move("research", "request_quotes")

    def on_price_source_recorded(self, event: Any, entry: Entry) -> None:
        self.before_call()
        self.move("research", "record_source")

    def on_research_concluded(self, event: Any, entry: Entry) -> None:
        self.before_call()
        self.move("research", "conclude")

    # the call

    def on_call_published(self, event: Any, entry: Entry) -> None:
        assert self.at("plan") == "funded", "a call without money"
        assert self.at("research") == "concluded", "a call without research"
        self.move("tender", "publish_call")
        self.states |= {("lot", lot.number): "open" for lot in event.lots}
        self.evaluators = {m.name for m in event.panel if m.role == "evaluator"}
        assert self.evaluators, "a call without evaluators"
        self.called(event)
        self._dated(event.terms)

    def _dated(self, terms: Any) -> None:
        assert terms.clarification_at < terms.opening_at < terms.award_by
        self.terms = terms

    def on_call_amended(self, event: Any, entry: Entry) -> None:
        assert not self.at("act"), "a call that changed after the act began"
        self.move("tender", "amend_call")
        assert event.terms.opening_at >= self.terms.opening_at, "an opening that came nearer"
        self._dated(event.terms)

    def on_tender_suspended(self, event: Any, entry: Entry) -> None:
        self.move("tender", "suspend")
        self.halt = "suspended"

    def on_tender_resumed(self, event: Any, entry: Entry) -> None:
        assert self.halt == "suspended", "a resumption without suspension"
        self.move("tender", "resume")
        self._dated(event.terms)
        self.halt = ""

    def on_tender_cancelled(self, event: Any, entry: Entry) -> None:
        assert not self.at("ruling"), "cancelled after the ruling"
        self.move("tender", "cancel")
        self.halt = "cancelled"
        self.cancelled = None if self.at("act") in {"bids_opened", "closed"} else entry

    # clarification, bids, act

    def on_question_asked(self, event: Any, entry: Entry) -> None:
        assert self.at("tender") == "published"
        if event.about:
            assert self.asked_until is not None, "asked about an answer that was not given"
            assert entry.at <= self.asked_until, "asked again after the term"
            self.move("meeting", "ask_again")
            return
        assert entry.at < self.terms.clarification_at, "asked after the meeting began"
        self.move("meeting", "ask")

    def on_question_answered(self, event: Any, entry: Entry) -> None:
        self.move("meeting", "answer")

    def on_questions_sent(self, event: Any, entry: Entry) -> None:
        assert event.taken > 0, "a sheet of which nothing was taken"  # each of its questions told itself

    def on_questions_answered(self, event: Any, entry: Entry) -> None:
        self.move("meeting", "answer")

    def on_questions_regrouped(self, event: Any, entry: Entry) -> None:
        self.move("meeting", "regroup")

    def on_flood_noted(self, event: Any, entry: Entry) -> None:
        self.move("meeting", "note_flood")

    def on_answers_given(self, event: Any, entry: Entry) -> None:
        assert entry.at >= self.terms.clarification_at, "a meeting before its hour"
        assert all(a.answer for a in event.answers), "a question without answer"
        self.asked_until = event.until
        self.move("meeting", "give_answers")

    def on_clarification_closed(self, event: Any, entry: Entry) -> None:
        assert entry.at >= self.terms.clarification_at, "a meeting before its hour"
        assert self.asked_until is None or entry.at > self.asked_until, "closed while re-questions were received"
        assert all(a.answer for a in event.answers), "a question without answer"
        self.move("meeting", "close_meeting")

    def on_opening_started(self, event: Any, entry: Entry) -> None:
        assert entry.at >= self.terms.opening_at, "the act began early"
        assert self.at("meeting") == "closed", "the act before the meeting"
        assert self.deadline and self.deadline.event.deadline == self.terms.opening_at, (
            "the act while envelopes come in"
        )
        self.move("act", "start")

    def on_attendance_noted(self, event: Any, entry: Entry) -> None:
        self.move("act", "attend")

    def on_opening_closed(self, event: Any, entry: Entry) -> None:
        self.move("act", "close")

    # evaluation and ruling

    def on_conflict_stated(self, event: Any, entry: Entry) -> None:
        assert self.at("act") == "closed", "an evaluation before the act's end"
        assert entry.actor["name"] in self.evaluators, "a stranger in the panel"
        self.move("evaluation", "declare")
        self.move("sheet", "excuse" if event.has_conflict else "declare", event.person_id)

    def on_scores_recorded(self, event: Any, entry: Entry) -> None:
        self.move("evaluation", "score")
        self.move("sheet", "score", event.person_id)

    def on_scores_locked(self, event: Any, entry: Entry) -> None:
        self.move("evaluation", "lock")
        self.move("sheet", "lock", event.person_id)

    def on_evaluation_concluded(self, event: Any, entry: Entry) -> None:
        sheets = [s for (n, _k), s in self.states.items() if n == "sheet"]
        assert "declared" not in sheets, "concluded while one still judges"
        assert len(sheets) == len(self.evaluators), "concluded before all have declared"
        assert "locked" in sheets, "concluded by nobody"
        self.move("evaluation", "conclude")

    def on_ruling_issued(self, event: Any, entry: Entry) -> None:
        has_bids = "opened" in {s for (n, _k), s in self.states.items() if n == "envelope"}
        assert self.at("act") == "closed", "a ruling before the act"
        assert not has_bids or self.at("evaluation") == "concluded", "a ruling without evaluation"
        self.move("ruling", "issue_ruling")
        for lot in event.lots:
            assert all(s.reason for s in lot.standings) and lot.reason, "a ruling without reasons"
            after = self.move("award", "award" if lot.winner else "declare_deserted", lot.lot)
            self.states["lot", lot.lot] = "awarded" if after == "active" else "deserted"
            if lot.winner:
                self.winners[lot.lot] = self.supplier_of[lot.winner]
        if not self.winners:
            self.halt = "deserted"

    # contract, deliveries, invoices

    def on_contract_drafted(self, event: Any, entry: Entry) -> None:
        assert event.supplier.key in self.winners.values(), "a contract for one who did not win"
        self.supplier_of[event.contract], self.digests[event.contract] = event.supplier.key, event.digest
        self.move("contract", "draft", event.contract)

    def on_contract_signed_by_supplier(self, event: Any, entry: Entry) -> None:
        assert entry.actor["party"] == self.supplier_of[event.contract], "signed by another supplier"
        assert event.digest == self.digests[event.contract], "signed another text"
        self.move("contract", "sign_supplier", event.contract)

    def on_contract_signed(self, event: Any, entry: Entry) -> None:
        assert event.digest == self.digests[event.contract.id], "signed another text"
        self.move("contract", "sign_buyer", event.contract.id)
        self._scheduled(event.contract)

    def on_guarantee_registered(self, event: Any, entry: Entry) -> None:
        self.move("contract", "register_guarantee", event.contract)

    def on_contract_amended(self, event: Any, entry: Entry) -> None:
        self.move("contract", "amend", event.contract.id)
        self._scheduled(event.contract)

    def _scheduled(self, contract: Any) -> None:
        assert contract.value == total([line.amount for line in contract.lines]), (
            "lines and value of a contract differ"
        )
        self.due[contract.id] = {d.number: d.quantity for d in contract.schedule}

    def on_contract_terminated(self, event: Any, entry: Entry) -> None:
        self.move("contract", "terminate", event.contract)

    def on_goods_received(self, event: Any, entry: Entry) -> None:
        assert self.at("contract", event.contract) == "active", "goods without contract"
        self.move("receipt", "receive", event.receipt)
        self.supplier_of[event.receipt] = self.supplier_of[event.contract]

    def on_goods_accepted(self, event: Any, entry: Entry) -> None:
        self.move("receipt", "accept", event.receipt)
        for line in event.lines:
            self.accepted[event.contract][line.delivery] += line.quantity
            had, due = self.accepted[event.contract][line.delivery], self.due[event.contract][line.delivery]
            assert had <= due, "more accepted than was due"

    def on_goods_rejected(self, event: Any, entry: Entry) -> None:
        self.move("receipt", "reject", event.receipt)

    def on_progress_reported(self, event: Any, entry: Entry) -> None:
        assert self.at("contract", event.contract) == "active" and event.authorised <= event.value

    def on_invoice_received(self, event: Any, entry: Entry) -> None:
        assert entry.actor["party"] == self.supplier_of[event.contract], "an invoice in another's name"
        assert {self.at("receipt", r) for r in event.receipts} == {"accepted"}, "goods billed that nobody accepted"
        assert not self.billed & set(event.receipts), "goods billed twice"
        self.billed |= set(event.receipts)
        self.invoices[event.invoice] = event
        self.move("invoice", "submit_invoice", event.invoice)

    def on_invoice_returned(self, event: Any, entry: Entry) -> None:
        self.move("invoice", "return_invoice", event.invoice)
        self.billed -= set(self.invoices[event.invoice].receipts)

    def on_invoice_approved(self, event: Any, entry: Entry) -> None:
        self.move("invoice", "approve_invoice", event.invoice)

    def on_payment_made(self, event: Any, entry: Entry) -> None:
        self.move("invoice", "pay", event.invoice)
        assert event.amount == self.invoices[event.invoice].payable, "another amount was paid"
        self.paid[event.invoice] = event.amount

    def on_purchase_completed(self, event: Any, entry: Entry) -> None:
        assert event.paid == total(list(self.paid.values())), "the sum of the payments is another"
        self.halt = "complete"
