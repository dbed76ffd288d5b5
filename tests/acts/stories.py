# SPDX-License-Identifier: Apache-2.0
"""Purchases as they go and as they go wrong, each by the commands that people use."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.worlds.auction import BEGINS, SECOND, announce, begin, certify, hold, justify
from tests.worlds.awarding import reach_awarding, rule_on
from tests.worlds.base import World, local, reach_planning
from tests.worlds.bidding import RECEIVED, bid, reach_bidding, withdraw
from tests.worlds.clarifying import ask_and_answer, reach_clarifying
from tests.worlds.contracting import GUARANTEED, SIGNED, bond, draft, reach_contracting, sign
from tests.worlds.delivery import arrive, deliver_all, reach_delivery
from tests.worlds.evaluation import DECLARED, SCORED, conclude, judge, reach_evaluation, verdicts
from tests.worlds.opening import KEYS, give_keys, give_shares, hold_act, reach_opening
from tests.worlds.payment import approve, invoice, pay, reach_payment
from tests.worlds.research import reach_research, record_sources
from tests.worlds.sealing import asked as shares_of
from tests.worlds.sealing import flipped, give
from tests.worlds.tendering import CLARIFICATION, OPENING, reach_tendering
from vitrina.cycle.auction import commands as auction
from vitrina.cycle.auction.folding import room_of
from vitrina.cycle.auction.queries import auctions_of
from vitrina.cycle.clarifying import commands as clarifying
from vitrina.cycle.contracting import commands as contracting
from vitrina.cycle.contracting.queries import contracts_of, digest_of_contract, without_contract
from vitrina.cycle.core.models import Process
from vitrina.cycle.delivery import commands as delivery
from vitrina.cycle.delivery.queries import pending
from vitrina.cycle.evaluation import commands as evaluation
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


def prices_found(w: World) -> Process:
    process = reach_planning(w)
    record_sources(w, process)
    return process


def asked(w: World) -> Process:
    """Two questions of one company, and a hundred copies of the first of another."""
    process = reach_tendering(w)
    for text in ("¿Basta copia simple?", "¿Hay visita?"):
        clarifying.ask(w.suppliers[0], process.ocid, at=local(2020, 9, 28), topic="legal", text=text)
    rows = "\n".join(f"legal,Pregunta {n}: ¿basta copia simple?" for n in range(100))
    sheet = SimpleUploadedFile("preguntas.csv", f"tema,pregunta\n{rows}\n".encode())
    clarifying.ask_many(w.suppliers[1], process.ocid, at=local(2020, 9, 28, 1), file=sheet)
    return process


def act_begun(w: World) -> Process:
    process = reach_bidding(w)
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    return process


def keys_given(w: World) -> Process:
    """One opener gave the first key: who bid is still locked."""
    process = act_begun(w)
    give_shares(w[Role.OIC], process, "custody", at=KEYS)
    return process


def bidders_revealed(w: World) -> Process:
    """Two gave the first key and one the second: it is known who bid, and not what."""
    process = keys_given(w)
    give_shares(w[Role.WITNESS], process, "custody", at=KEYS)
    give_shares(w[Role.OIC], process, "bids", at=KEYS)
    return process


def keys_in(w: World) -> Process:
    """All keys that are needed were given; nobody has opened yet."""
    process = bidders_revealed(w)
    give_shares(w[Role.WITNESS], process, "bids", at=KEYS)
    return process


def envelopes_opened(w: World) -> Process:
    return hold_act(w, reach_bidding(w), close=False)


def one_declared(w: World) -> Process:
    process = reach_opening(w)
    evaluation.declare(w.evaluators[0], process.ocid, at=DECLARED, has_conflict=False)
    return process


def one_judged(w: World) -> Process:
    process = one_declared(w)
    evaluation.score(w.evaluators[0], process.ocid, at=SCORED, verdicts=verdicts(w, process, 0, {}))
    return process


def all_judged(w: World) -> Process:
    process = reach_opening(w)
    judge(w, process)
    return process


def drafted(w: World) -> Process:
    process = reach_awarding(w)
    draft(w, process, without_contract(process)[0].key)
    return process


def signed_by_supplier(w: World) -> Process:
    process = drafted(w)
    contract = contracts_of(process)[0]
    supplier = next(s for s in w.suppliers if s.supplier_key == contract.supplier_id)
    digest = digest_of_contract(contract)
    contracting.sign_supplier(supplier, process.ocid, at=SIGNED, contract_id=contract.id, digest=digest)
    return process


def not_guaranteed(w: World) -> Process:
    return reach_contracting(w, guaranteed=False)


def arrived(w: World) -> Process:
    process = reach_contracting(w)
    contract = contracts_of(process)[0]
    delivery_, left = pending(contract)[0]
    arrive(w, contract, {delivery_.number: left})
    return process


def invoiced(w: World) -> Process:
    process = reach_delivery(w)
    invoice(w, contracts_of(process)[0])
    return process


def verified(w: World) -> Process:
    process = reach_delivery(w)
    approve(w, invoice(w, contracts_of(process)[0]))
    return process


def to_be_auctioned(w: World) -> Process:
    return reach_evaluation(w, lots=2, offers=TWO_WINNERS, terms={"auction": "open_clock"})


def one_lot_auctioned(w: World) -> Process:
    """The auction of the first lot is over and waits for its certificate; that of the second is not announced."""
    process = to_be_auctioned(w)
    announce(w, process)
    begin(w, process)
    hold(w, process, offers=())
    return process


def auction_running(w: World) -> Process:
    """The auction of the first lot runs; that of the second is announced."""
    process = to_be_auctioned(w)
    announce(w, process)
    announce(w, process, 2)
    begin(w, process)
    return process


def auction_paused(w: World) -> Process:
    process = auction_running(w)
    auction.pause(w[Role.OFFICER], process.ocid, at=BEGINS + SECOND, lot=1, cause="force_majeure", reason="Sin luz.")
    return process


def offer_hidden(w: World) -> Process:
    """In the first turn of an auction in turns: its bidder has offered, and nobody else knows what."""
    process = reach_evaluation(w, terms={"auction": "turns"})
    announce(w, process)
    begin(w, process)
    row, at = auctions_of(process)[1], BEGINS
    while (room := room_of(row)).segment.part != "turn":
        at += 10 * SECOND
        auction.tend_lot(process.ocid, 1, at)
    alias = room.segment.aliases[0]
    key = row.entrants.get(alias=alias).supplier_key
    supplier = next(s for s in w.suppliers if s.supplier_key == key)
    centavos = room.bids[alias].amount * 98 // 100 // room.multiple * room.multiple
    auction.offer(supplier, process.ocid, at=at, lot=1, centavos=centavos)
    return process


def low_price_asked(w: World) -> Process:
    """The price of the first of an auction is so low that its bidder is asked to justify it."""
    process = reach_evaluation(w, terms={"auction": "open_clock"})
    announce(w, process)
    begin(w, process)
    hold(w, process, offers=((30, 1, 4000), (75, 0, 2500)))
    certify(w, process)
    return process


def low_price_justified(w: World) -> Process:
    process = low_price_asked(w)
    justify(w, process)
    return process


def answered(w: World) -> Process:
    """Every question is answered; the meeting is to come."""
    process = reach_tendering(w)
    ask_and_answer(w, process)
    return process


def answers_given(w: World) -> Process:
    """The answers were given in the meeting, and bidders may ask about them."""
    process = answered(w)
    clarifying.give_answers(w[Role.OFFICER], process.ocid, at=CLARIFICATION, hours=24)
    return process


# where a purchase also stands still for a while; of interest to those who work on it, not to the record
STOPS: dict[str, Callable[[World], Process]] = {
    "one lot auctioned": one_lot_auctioned,
    "auction running": auction_running,
    "auction paused": auction_paused,
    "offer hidden": offer_hidden,
    "low price asked about": low_price_asked,
    "low price justified": low_price_justified,
    "prices found": prices_found,
    "asked": asked,
    "answered": answered,
    "answers given": answers_given,
    "act begun": act_begun,
    "keys given": keys_given,
    "bidders revealed": bidders_revealed,
    "keys in": keys_in,
    "envelopes opened": envelopes_opened,
    "one declared": one_declared,
    "one judged": one_judged,
    "all judged": all_judged,
    "drafted": drafted,
    "signed by the supplier": signed_by_supplier,
    "not guaranteed": not_guaranteed,
    "arrived": arrived,
    "invoiced": invoiced,
    "verified": verified,
}
