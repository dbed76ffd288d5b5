# SPDX-License-Identifier: Apache-2.0
"""A price that the rules mark: asked about with the certificate, answered, decided on, and the lot to who is first then."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.worlds.auction import CERTIFIED, JUSTIFIED, WEIGHED, announce, begin, certify, hold, justify, weigh
from tests.worlds.awarding import rule_on
from tests.worlds.base import world
from tests.worlds.browsing import signed_in
from tests.worlds.evaluation import reach_evaluation
from tests.worlds.once import built_once, rolled_back
from tests.worlds.placing import place_here
from tests.worlds.sending import published
from vitrina.cycle.auction import queries
from vitrina.cycle.auction.justifying import commands as prices
from vitrina.cycle.auction.justifying.queries import open_request
from vitrina.cycle.auction.models import PriceRequest
from vitrina.cycle.auction.queries import entries_of
from vitrina.cycle.auction.tests.auctions import forged
from vitrina.cycle.auction.verifying import verify
from vitrina.cycle.awarding import queries as awarding
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.kernel import clock
from vitrina.ledger.models import Entry
from vitrina.parties.roles import Role
from vitrina.site import auction_cli

OFFERS = ((30, 1, 4000), (75, 0, 2500))  # 37.5 % under the next one, which lies 30.7 % under its own next
NEXT = WEIGHED + timedelta(hours=2)
LATER = CERTIFIED + timedelta(days=1)


def held():
    w = world()
    process = reach_evaluation(w, terms={"auction": "open_clock"})
    announce(w, process)
    begin(w, process)
    hold(w, process, offers=OFFERS)
    certify(w, process)
    return w, process


whole = built_once(held)


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole[0]


@pytest.fixture
def process(w, whole):
    return Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)


def told(process):
    return [e.kind.removeprefix("justification.") for e in Entry.objects.filter(
        stream=process.stream, kind__startswith="justification.").order_by("seq")]  # fmt: skip


def refused(call, *args, **more):
    with pytest.raises(Refused) as error:
        call(*args, **more)
    return error.value.codes


def waits(process, at):
    return {(t.command, t.supplier_key) for t in queries.tasks(process, at) if not t.is_optional}


def test_a_marked_price_is_asked_about_and_the_ruling_waits_for_the_decision(w, process):
    asked = Entry.objects.get(stream=process.stream, kind="justification.requested").event
    assert [mark.name for mark in asked.marks] == ["mean40", "next30"]
    assert (asked.rules[0].key, asked.rules[0].certainty) == ("term.low_price_answer.max", "P")
    assert waits(process, w.when(CERTIFIED)) == {("auction.justify_price", w.suppliers[0].supplier_key)}
    assert awarding.tasks(process, w.when(CERTIFIED)) == []
    assert refused(rule_on, w, process) == ["low_price"]
    assert refused(weigh, w, process, [True] * 3, at=CERTIFIED) == ["early"]
    assert refused(justify, w, process, text=" ") == ["text"]
    assert refused(justify, w, process, costs=[("Reactivo", 1)]) == ["costs-sum"]
    assert refused(justify, w, process, costs=[]) == ["costs"]
    row = open_request(process)
    mine = {"text": "Es mío.", "costs": [("Todo", row.centavos)]}
    assert refused(prices.justify_price, w.suppliers[1], process.ocid, at=w.when(JUSTIFIED), lot=1, **mine) == [
        "not_asked"
    ]

    paper = SimpleUploadedFile("costos.txt", b"Reactivo en planta.", "text/plain")
    entry = justify(w, process, document=paper)
    assert entry.event.answer.costs[0].concept == "Reactivo"
    assert refused(justify, w, process) == ["state"]
    assert {t.person_id for t in queries.tasks(process, w.when(JUSTIFIED))} == {e.person_id for e in w.evaluators}
    weigh(w, process, [True, False, True])
    assert told(process) == ["requested", "given", "accepted"]
    report = verify(entries_of(process), lot=1)
    assert (report.findings, report.award.winner) == ((), report.winner)
    rule_on(w, process)
    assert awarding.active_awards(process)[0].supplier_id == w.suppliers[0].supplier_key
    milestone, document = _released(process)
    assert (milestone["status"], milestone["type"], document["title"]) == (
        "met", "assessment", "Justificación del precio",
    )  # fmt: skip


def _released(process):
    tender = published(process)["tender"]
    of_prices = [m for m in tender["milestones"] if m["id"].startswith("justification-")]
    return of_prices[0], next(d for d in tender["documents"] if d["id"].startswith("justification-"))


def test_a_rejected_price_leaves_the_lot_to_who_is_first_without_it(w, process):
    """Nobody answers: that is said, and the evaluators decide with reasons; the next one by the ranking gets the lot."""
    assert prices.tend(w.when(LATER)) == 0  # the working day of the answer is not over
    weighing = w.when(CERTIFIED + timedelta(days=2))
    assert prices.tend(weighing) == 1 == PriceRequest.objects.filter(state="lapsed").count()
    assert refused(justify_late, w, process, weighing) == ["late"]
    weigh(w, process, [False, True, False])
    assert told(process) == ["requested", "lapsed", "rejected", "requested"]  # who is first then is marked too
    assert refused(rule_on, w, process) == ["low_price"]
    settle_the_next(w, process)
    rule_on(w, process)

    assert awarding.active_awards(process)[0].supplier_id == w.suppliers[1].supplier_key
    first, *others = awarding.ruling_entry(process).event.lots[0].standings
    out = next(s for s in others if not s.is_solvent)
    assert (first.place, out.bidder.key, out.place) == (1, w.suppliers[0].supplier_key, None)
    assert out.reason == "No dice de dónde sale el precio."
    assert first.reason.startswith("Cumple todo al precio más bajo: $40.00 por prueba ($16,480,000.00")
    assert others[0].reason == "Quedó en segundo lugar, a $17.75 por prueba."
    report = verify(entries_of(process), lot=1)
    assert (report.findings, report.award.winner != report.winner) == ((), True)
    said = "\n".join(auction_cli.lines(1, report))
    assert f"Price of {report.winner}, abnormally low: the evaluators rejected it. Reasons: No dice" in said
    assert f"The lot goes to {report.award.winner}." in said
    assert "No dice de dónde" in awarding.explanation_for(process, w.suppliers[0].supplier_key).lots[0].reason


def settle_the_next(w, process):
    row = open_request(process)
    assert row.supplier_key == w.suppliers[1].supplier_key
    said = {"text": "Importamos sin intermediario.", "costs": [("Todo", row.centavos)]}
    prices.justify_price(w.suppliers[1], process.ocid, at=w.when(NEXT), lot=1, **said)
    weigh(w, process, [True, True, True], at=NEXT)


def justify_late(w, process, at):
    row = open_request(process)
    said = {"text": "Tarde.", "costs": [("Todo", row.centavos)]}
    prices.justify_price(w.suppliers[0], process.ocid, at=at, lot=1, **said)


def test_the_verifier_finds_what_does_not_follow(w, process):
    justify(w, process)
    weigh(w, process, [False, False, False])
    settle_the_next(w, process)
    rule_on(w, process)
    whole = entries_of(process)

    def codes(entries):
        return {f.code for f in verify(entries, lot=1).findings if f.code not in {"altered", "missing"}}

    def changed(kind, **more):
        return [forged(e, **more) if e["kind"] == kind else e for e in whole]

    def body(kind):
        return next(e["body"] for e in whole if e["kind"] == kind)

    assert codes(whole) == set()
    assert codes([e for e in whole if not e["kind"].startswith("justification.")]) == {"not_asked", "ruling"}
    assert codes([e for e in whole if e["kind"] != "justification.rejected"]) == {"asked", "undecided", "ruling"}
    assert codes(changed("justification.rejected", against=1)) == {"votes"}
    assert codes(changed("justification.rejected", reasons=[])) == {"reasons"}
    other = body("justification.rejected")["answer"] | {"text": "Otra cosa."}
    assert codes(changed("justification.rejected", answer=other)) == {"answer"}
    assert codes(changed("ruling.issued", lots=[3, {"lot": 1, "standings": 7}])) == {"ruling"}
    assert codes(changed("ruling.issued", lots=7)) == set()
    marks = [body("justification.requested")["marks"][0] | {"below": "1/2"}]
    assert codes(changed("justification.requested", marks=marks)) == {"marks"}


def test_where_the_rulebook_says_so_an_answer_is_public_with_the_decision_only(w, process, monkeypatch):
    """The rule's other value: until then a digest binds it, and no file comes with it."""
    monkeypatch.setattr(prices, "is_public_at_once", lambda *_: False)
    paper = SimpleUploadedFile("costos.txt", b"Reactivo.", "text/plain")
    assert refused(justify, w, process, document=paper) == ["document"]
    event = justify(w, process).event
    assert (event.answer, len(event.commitment)) == (None, 64)
    weigh(w, process, [True, True, False])
    decided = Entry.objects.get(stream=process.stream, kind="justification.accepted").event
    assert "en planta" in decided.answer.text
    assert (decided.reasons, decided.dissent) == (("Sus costos lo explican.",), ("No dice de dónde sale el precio.",))
    assert verify(entries_of(process), lot=1).findings == ()


def test_the_bidder_answers_and_the_evaluators_decide_on_their_pages(w, process, client):
    """The whole path by the desk, in Spanish: found in the inbox, reviewed, sent; the room tells it to everybody."""
    row = open_request(process)
    with clock.frozen(w.when(JUSTIFIED)):
        bidder = signed_in(w.suppliers[0])
        assert "Justifique su precio" in bidder.get("/mi-espacio/").content.decode()
        address = f"/mi-espacio/compra/{process.ocid}/auction.justify_price/?key=1"
        page = bidder.get(address).content.decode()
        assert "Todos leen su respuesta en cuanto la envía" in page
        sent = _fill(page) | {
            "text": "Fabricamos el reactivo.", "costs-0-concept": "Todo", "costs-0-amount": str(row.centavos / 100),
        }  # fmt: skip
        _send(bidder, address, sent)
        assert told(process) == ["requested", "given"]
        for evaluator in w.evaluators:
            desk = signed_in(evaluator)
            address = f"/mi-espacio/compra/{process.ocid}/auction.weigh_price/?key=1"
            page = desk.get(address).content.decode()
            assert "Fabricamos el reactivo." in page
            _send(desk, address, _fill(page) | {"keep": "yes", "reason": "Fabrica lo que vende."})
        assert told(process) == ["requested", "given", "accepted"]
        place_here()
        room = client.get(f"/live/{process.ocid}").content.decode()
        assert "Los evaluadores aceptaron el precio" in room
        assert "Emita el fallo" in signed_in(w[Role.APPROVER]).get("/mi-espacio/").content.decode()


def _fill(page):
    return dict(re.findall(r'<input type="hidden" name="([\w-]+)" value="([^"]*)"', page))


def _send(browser, address, sent):
    """Review, then send."""
    page = browser.post(address, sent)
    if page.status_code == 200:
        page = browser.post(address, _fill(page.content.decode()) | {"confirm": "1"})
    assert page.status_code == 302, page.content.decode()


def test_the_room_and_the_purchase_show_first_whom_the_ruling_awards(w, process):
    """Whoever is first without the rejected price is first on every page; what was rejected says so."""
    weigh(w, process, [False] * 3, at=LATER + timedelta(days=1))
    place_here()
    report = verify(entries_of(process), lot=1)
    names = {alias: name for alias, (_bid, name) in report.names.items()}
    first, out = names[report.award.winner], names[report.order[0]]
    assert first != out
    browser = Client()
    room = browser.get(f"/live/{process.ocid}?acto=auction-1").content.decode()
    heading = re.search(r"<h1[^>]*>(.*?)</h1>", room, re.DOTALL)[1]
    assert first in heading
    assert out not in heading
    assert f"{out}: precio desechado" in room
    page = browser.get(f"/p/{process.ocid}/").content.decode()
    rows = dict(re.findall(r"/s/([a-z-]+)/.*?data-l=\"Resultado\">\s*(.*?)\s*</td>", page, re.DOTALL))
    by_name = {s.supplier_name: rows[s.supplier_key] for s in w.suppliers}
    assert "Primera en la subasta" in by_name[first]
    assert "Precio desechado" in by_name[out]
