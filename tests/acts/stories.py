# SPDX-License-Identifier: Apache-2.0
"""Purchases as they go and as they go wrong, each by the commands that people use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from tests.worlds.awarding import reach_awarding, rule_on
from tests.worlds.base import World, local, reach_planning
from tests.worlds.bidding import RECEIVED, bid, reach_bidding, withdraw
from tests.worlds.clarifying import ask_and_answer, reach_clarifying
from tests.worlds.contracting import GUARANTEED, bond, draft, reach_contracting, sign
from tests.worlds.costs import BY_COST, REJECTED, UNREADABLE
from tests.worlds.delivery import arrive, deliver_all, reach_delivery
from tests.worlds.evaluation import conclude, judge, reach_evaluation
from tests.worlds.opening import KEYS, give_keys, hold_act, reach_opening
from tests.worlds.payment import approve, invoice, pay, reach_payment
from tests.worlds.research import reach_research
from tests.worlds.sealing import asked as shares_of
from tests.worlds.sealing import flipped, give
from tests.worlds.tendering import CLARIFICATION, OPENING, reach_tendering
from vitrina.cycle.clarifying import commands as clarifying
from vitrina.cycle.contracting import commands as contracting
from vitrina.cycle.contracting.queries import contracts_of, without_contract
from vitrina.cycle.core.models import Process
from vitrina.cycle.delivery import commands as delivery
from vitrina.cycle.delivery.queries import pending
from vitrina.cycle.opening import commands as opening
from vitrina.cycle.payment import commands as payment
from vitrina.cycle.planning import commands as planning
from vitrina.cycle.tendering import commands as tendering
from vitrina.integrity.questions import commands as questions
from vitrina.kernel.money import Money
from vitrina.parties.roles import Role

TWO_WINNERS = {0: {1: "54.90", 2: "30.00"}, 1: {1: "51.30", 2: "33.00"}, 2: "57.75"}
ONLY_FIRST_LOT = {0: {1: "54.90"}, 1: {1: "51.30"}}


def from_the_bids_on(w: World, process: Process) -> Process:
    """The act, the evaluation, the ruling, the contracts, the goods and the money."""
    hold_act(w, process)
    judge(w, process)
    conclude(w, process)
    rule_on(w, process)
    for supplier in without_contract(process):
        contract = draft(w, process, supplier.key)
        sign(w, contract)
        contracting.register_guarantee(w[Role.OFFICER], process.ocid, at=GUARANTEED, **bond(contract))
    deliver_all(w, process)
    for contract in contracts_of(process):
        pay(w, approve(w, invoice(w, contract)))
    return Process.objects.get(ocid=process.ocid)


def line_changed(w: World) -> Process:
    """A line whose budget key, amount and lots change; then it is bought."""
    process = reach_planning(w, lots=2)
    planning.modify_line(
        w[Role.REQUESTER], process.ocid, at=local(2020, 2, 12, 12), reason="Cambió la partida.", title="Reactivo para VIH",
        rationale="Detección de VIH.", fiscal_year=2020, budget=Money.parse("20000000.00"), budget_key="25901",
        programme_key="E012", portfolio_key="", expected_on=date(2020, 9, 22),
        items=[{"lot": 1, "cucop": "25401-0011", "description": "Reactivo", "quantity": Decimal("1500.5"), "unit_name": "caja"}],
    )  # fmt: skip
    planning.certify_budget(
        w[Role.APPROVER], process.ocid, at=local(2020, 2, 14), certificate="DSP-2", amount=Money.parse("20000000.00")
    )
    return process


def asked_by_the_public(w: World) -> Process:
    """The meeting was held, and somebody asks the social witness."""
    process = reach_clarifying(w)
    questions.ask(process.ocid, at=CLARIFICATION, text="¿Por qué se piden tres requisitos?")
    return process


def line_withdrawn(w: World) -> Process:
    process = reach_planning(w)
    planning.cancel_line(w[Role.OFFICER], process.ocid, at=local(2020, 2, 20), reason="Se recibió en donación.")
    return process


def cancelled(w: World) -> Process:
    """With its bids in their envelopes, which nobody will ever open."""
    process = reach_bidding(w)
    tendering.cancel(w[Role.APPROVER], process.ocid, at=RECEIVED, code="need_ended", reason="Ya no hace falta.")
    return process


def suspended(w: World) -> Process:
    process = reach_tendering(w)
    tendering.suspend(
        w[Role.OIC], process.ocid, at=local(2020, 9, 23), authority="Secretaría", reason="Inconformidad."
    )
    return process


def resumed(w: World) -> Process:
    process = suspended(w)
    tendering.resume(w[Role.OIC], process.ocid, at=local(2020, 9, 24), reason="Se declaró infundada.")
    ask_and_answer(w, process)
    clarifying.close_meeting(w[Role.OFFICER], process.ocid, at=CLARIFICATION)
    for who, price in ((0, "54.90"), (1, "51.30")):
        bid(w, process, who, price, at=RECEIVED)
    return from_the_bids_on(w, process)


def unopenable_and_late(w: World) -> Process:
    """One bid's files never come, an opener gives a false key, and somebody comes late; the rest goes on."""
    process = reach_bidding(w, offers={0: "54.90", 1: "51.30"})
    bid(w, process, 2, "40.00", at=RECEIVED + timedelta(hours=1), upload=False)
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    bid(w, process, 2, "30.00", at=OPENING)
    true = shares_of(w, process, Role.WITNESS, "custody")
    give(w, process, Role.WITNESS, "custody", {c: flipped(share) for c, share in true.items()})
    give_keys(w, process, at=KEYS, roles=(Role.OFFICER, Role.OIC))
    later = OPENING + timedelta(minutes=31)
    opening.open_bids(w[Role.OFFICER], process.ocid, at=later)
    opening.close(w[Role.OFFICER], process.ocid, at=later)
    return Process.objects.get(ocid=process.ocid)


def resumed_later(w: World) -> Process:
    """Suspended until after the hour of its opening; resumed with later dates."""
    process = reach_bidding(w)
    later = timedelta(days=28)
    tendering.suspend(w[Role.OIC], process.ocid, at=RECEIVED, authority="Secretaría", reason="Inconformidad.")
    tendering.resume(
        w[Role.APPROVER], process.ocid, at=local(2020, 10, 20), reason="Se levantó.", opening_at=OPENING + later,
        award_by=local(2020, 11, 24, 12), contract_start=date(2020, 12, 1), contract_end=date(2021, 1, 31),
    )  # fmt: skip
    return process


def amended(w: World) -> Process:
    process = reach_tendering(w)
    tendering.amend_call(
        w[Role.OFFICER], process.ocid, at=local(2020, 9, 25), reason="Se precisa el lugar.", delivery_days=20,
        delivery_place="Almacén norte",
        criteria=[{"title": "Registro sanitario vigente", "description": "De COFEPRIS.", "kind": "technical"}],
    )  # fmt: skip
    return process


def withdrawn_and_late(w: World) -> Process:
    """One supplier replaces a bid, another withdraws one and then comes late."""
    process = reach_bidding(w, offers={1: "51.30"})
    first, gone = (bid(w, process, who, price, at=RECEIVED) for who, price in ((0, "54.90"), (2, "57.75")))
    bid(w, process, 0, "50.10", at=RECEIVED + timedelta(hours=1), replaces=first)
    withdraw(w, process, 2, gone, at=RECEIVED + timedelta(hours=2))
    bid(w, process, 2, "49.00", at=OPENING)
    return from_the_bids_on(w, process)


def contract_amended(w: World) -> Process:
    """More is bought at the price signed; it arrives, it is invoiced, and it is paid."""
    process = reach_contracting(w)
    contract = contracts_of(process)[0]
    contracting.amend(
        w[Role.APPROVER], process.ocid, at=local(2020, 11, 16), contract_id=contract.id, reason="Más pruebas.",
        added=[{"item_number": 1, "unit_key": w.hospital.key, "quantity": Decimal(2000), "due_on": date(2020, 12, 4)}],
    )  # fmt: skip
    deliver_all(w, process)
    pay(w, approve(w, invoice(w, contract)))
    return Process.objects.get(ocid=process.ocid)


def contract_ended(w: World) -> Process:
    """Half of the goods are accepted; then the contract ends by agreement, and the half is paid."""
    process = reach_contracting(w)
    contract = contracts_of(process)[0]
    first = pending(contract)[0]
    receipt = arrive(w, contract, {first[0].number: first[1]})
    delivery.accept(w[Role.WAREHOUSE], process.ocid, at=receipt.recorded_at, receipt_id=receipt.id)
    contracting.terminate(
        w[Role.APPROVER],
        process.ocid,
        at=local(2020, 11, 30),
        contract_id=contract.id,
        ground="agreed",
        reason="Convenio.",
    )
    pay(w, approve(w, invoice(w, contract)))
    return Process.objects.get(ocid=process.ocid)


def goods_and_invoice_sent_back(w: World) -> Process:
    """Goods are rejected and come again; an invoice is returned and comes again."""
    process = reach_contracting(w)
    contract = contracts_of(process)[0]
    first = pending(contract)[0]
    receipt = arrive(w, contract, {first[0].number: first[1]})
    delivery.reject(
        w[Role.WAREHOUSE], process.ocid, at=receipt.recorded_at, receipt_id=receipt.id, reason="Llegó abierto."
    )
    deliver_all(w, process)
    sent = invoice(w, contract)
    payment.return_invoice(
        w[Role.TREASURY], process.ocid, at=local(2020, 12, 16), invoice_id=sent.id, reason="Falta el desglose."
    )
    pay(w, approve(w, invoice(w, contract, at=local(2020, 12, 17)), at=local(2020, 12, 18)))
    return Process.objects.get(ocid=process.ocid)


STORIES: dict[str, Callable[[World], Process]] = {
    "planned": lambda w: reach_planning(w, funded=False),
    "researched": reach_research,
    "called": reach_tendering,
    "clarified": asked_by_the_public,
    "bid for": reach_bidding,
    "opened": reach_opening,
    "evaluated": reach_evaluation,
    "awarded": reach_awarding,
    "contracted": reach_contracting,
    "delivered": lambda w: reach_delivery(w, late=True),
    "paid": reach_payment,
    "paid in two lots, half of it late": lambda w: reach_payment(w, lots=2, offers=TWO_WINNERS, late=True),
    "one lot deserted": lambda w: reach_payment(w, lots=2, offers=ONLY_FIRST_LOT),
    "deserted": lambda w: reach_awarding(w, offers={}),
    "nobody solvent": lambda w: reach_awarding(w, fails={(n, s, 1): "Vencido." for n in range(3) for s in range(3)}),
    "an evaluator excused": lambda w: reach_awarding(w, conflicted={2}, fails={(0, 1, 2): "No llega."}),
    "by life-cycle cost": lambda w: reach_awarding(w, terms=BY_COST, costs=UNREADABLE, fails=REJECTED),
    "line changed": line_changed,
    "line withdrawn": line_withdrawn,
    "cancelled": cancelled,
    "suspended": suspended,
    "suspended and resumed": resumed,
    "resumed with later dates": resumed_later,
    "call amended": amended,
    "bid withdrawn, another late": withdrawn_and_late,
    "one not opened": unopenable_and_late,
    "contract amended": contract_amended,
    "contract ended": contract_ended,
    "goods and invoice sent back": goods_and_invoice_sent_back,
}
