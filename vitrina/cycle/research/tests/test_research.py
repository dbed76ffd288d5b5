# SPDX-License-Identifier: Apache-2.0
"""The market research: what it computes, what it keeps secret, and what it refuses."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.worlds.base import local, reach_planning, world
from tests.worlds.research import SOURCES, reach_research, record_sources
from tests.worlds.sending import ARABIC, HUGE, entries_of, errors_of, form_of, published
from tests.worlds.tendering import reach_tendering
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.planning import commands as planning
from vitrina.cycle.planning.queries import item_refs
from vitrina.cycle.research import commands as research
from vitrina.cycle.research import queries
from vitrina.cycle.research.reference import commitment, mean, median
from vitrina.kernel.canonical import canonical
from vitrina.kernel.money import Money
from vitrina.ledger.models import Entry
from vitrina.ledger.releases import build
from vitrina.parties.roles import Role

AT = local(2020, 3, 23, 10)


def source(w, process, **changes):
    given_ = {
        "kind": "quote",
        "item_number": 1,
        "price": Money.parse("60.00"),
        "origin": "Cotización de Ocotal",
        "observed_on": date(2020, 3, 20),
    } | changes
    return research.record_source(changes.pop("actor", w[Role.OFFICER]), process.ocid, at=AT, **given_)


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=9))
def test_statistics_are_exact_and_lie_within_the_prices(prices):
    for statistic in (mean, median):
        assert min(prices) <= statistic(prices).centavos <= max(prices)
    assert abs(Fraction(sum(prices), len(prices)) - mean(prices).centavos) <= Fraction(1, 2)
    assert sum(p <= median(prices).centavos for p in prices) * 2 >= len(prices)


@pytest.mark.django_db
def test_the_median_is_sealed_and_the_revelation_opens_the_seal():
    process = reach_research(world(), lots=2)
    assert queries.is_concluded(process)
    assert queries.reference_prices(process) == {1: Money(5850), 2: Money(5850)}
    event = entries_of(process)[-1].event
    assert (event.statistic, event.n_sources, event.n_requests) == ("median", 6, 1)
    shown = queries.revelation(process)
    for sealed, opened in zip(event.commitments, shown["prices"], strict=True):
        price = Money.parse(opened["unit_price"])
        assert sealed.sha256 == commitment(process.ocid, opened["item_number"], price, opened["salt"])
        assert sealed.sha256 != commitment(process.ocid, opened["item_number"], price + Money(1), opened["salt"])
    assert {s["unit_price"] for s in shown["sources"]} == {price for _kind, _origin, price in SOURCES}
    assert canonical(shown)
    compiled = published(process)
    assert compiled["planning"]["hasQuotes"] is True
    assert compiled["planning"]["requestsForQuotes"][0]["period"]["endDate"] == "2020-03-21T00:00:00Z"


@pytest.mark.django_db
def test_no_price_and_no_company_is_public_before_the_opening():
    process = reach_research(world())
    public = [e for e in Entry.objects.all() if e.is_public]
    text = "".join(e.body for e in public if e.kind.startswith(("quotes", "price", "research")))
    text += "".join(str(build(e)) for e in public)
    for secret in ("57.2", "5720", "58.5", "5850", "C-2019-000731", "Cotización de", "Tres Lunas"):
        assert secret not in text
    blinded = Entry.objects.filter(kind="price_source.recorded")
    assert blinded.count() == 3
    assert not any(e.is_public for e in blinded)
    assert [e.seq for e in entries_of(process)] == [1, 2, 3, 4], "a gap would tell how many prices there are"


@pytest.mark.django_db
def test_two_prices_of_one_source_are_one_source():
    w = world()
    process = reach_planning(w)
    source(w, process)
    source(w, process, origin="COTIZACIÓN de ocotal", price=Money.parse("61.00"))
    with pytest.raises(Refused) as refused:
        research.conclude(w[Role.OFFICER], process.ocid, at=AT)
    assert refused.value.codes == ["sources"]
    source(w, process, origin="Otro proveedor")
    event = research.conclude(w[Role.OFFICER], process.ocid, at=AT).event
    assert (event.rules[0].key, event.rules[0].value, event.rules[0].had) == ("research.sources.min", "2", "2")


@pytest.mark.django_db
def test_a_changed_line_needs_its_prices_again():
    w = world()
    process = reach_research(w)
    lines = [
        {
            "lot": i.lot,
            "cucop": i.cucop,
            "description": "Otra prueba",
            "quantity": i.quantity,
            "unit_name": i.unit_name,
        }
        for i in item_refs(process)
    ]
    plan = process.plan_line
    same = {
        name: getattr(plan, name)
        for name in (
            "rationale",
            "fiscal_year",
            "budget",
            "budget_key",
            "programme_key",
            "portfolio_key",
            "expected_on",
        )
    }
    planning.modify_line(w[Role.REQUESTER], process.ocid, at=AT, reason="Cambio", items=lines, title="T", **same)
    process.refresh_from_db()
    assert not queries.is_concluded(process)
    with pytest.raises(Refused) as refused:
        research.conclude(w[Role.OFFICER], process.ocid, at=AT)
    assert refused.value.codes == ["sources"], "prices of the earlier line do not count for the new one"
    record_sources(w, process)
    research.conclude(w[Role.OFFICER], process.ocid, at=local(2020, 4, 7))
    assert queries.is_concluded(process)


@pytest.mark.django_db
def test_refusals_change_nothing():
    w = world()
    process = reach_planning(w)
    cases = {
        "item": {"item_number": 2},
        "future": {"observed_on": date(2020, 3, 24)},
        "kind": {"kind": "rumour"},
        "price": {"price": Money(0)},
    }
    for code, change in cases.items():
        with pytest.raises(Refused) as refused:
            source(w, process, **change)
        assert refused.value.codes == [code]
    for role in (Role.REQUESTER, Role.SUPPLIER, Role.OIC, Role.EVALUATOR):
        with pytest.raises(Refused) as refused:
            research.conclude(w[role], process.ocid, at=AT)
        assert refused.value.codes == ["role"]
    with pytest.raises(Refused) as refused:
        research.conclude(w[Role.OFFICER], process.ocid, at=AT)
    assert refused.value.codes == ["sources"]
    for companies, due, code in (([" ", ""], local(2020, 4, 1), "companies"), (["A"], AT, "past")):
        with pytest.raises(Refused) as refused:
            research.request_quotes(w[Role.OFFICER], process.ocid, at=AT, companies=companies, due_at=due, text="x")
        assert refused.value.codes == [code]
    assert queries.research_of(process) is None
    assert len(entries_of(process)) == 2


@pytest.mark.django_db
def test_concluded_once_and_closed_after_the_call():
    w = world()
    process = reach_research(w)
    with pytest.raises(Refused) as refused:
        research.conclude(w[Role.OFFICER], process.ocid, at=AT)
    assert refused.value.codes == ["state"]
    source(w, process, origin="Tarde")
    assert not queries.is_concluded(process)
    assert queries.reference_prices(process) == {}
    research.conclude(w[Role.OFFICER], process.ocid, at=AT)
    called = reach_tendering(w)
    with pytest.raises(Refused) as refused:
        source(w, called)
    assert refused.value.codes == ["after-call"]


@pytest.mark.django_db
def test_tasks_follow_the_research():
    w = world()
    process = reach_planning(w)
    assert [t.command for t in queries.tasks(process, AT)] == ["research.record_source", "research.request_quotes"]
    record_sources(w, process)
    process.refresh_from_db()
    assert queries.tasks(process, AT)[0].command == "research.conclude"
    research.conclude(w[Role.OFFICER], process.ocid, at=AT)
    assert queries.tasks(process, AT) == []


GOOD = {"item_number": "1", "kind": "quote", "origin": "Ocotal", "price": "58.50", "observed_on": "2020-03-20"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price", "1e309"),
        ("price", "-1"),
        ("price", "0"),
        ("price", "1.234"),
        ("price", ARABIC),
        ("price", HUGE),
        ("item_number", "9"),
        ("item_number", ARABIC),
        ("item_number", "x"),
        ("kind", "rumour"),
        ("origin", HUGE),
        ("origin", "a\u202eb"),
        ("observed_on", "2020-02-31"),
        ("observed_on", "٢٠٢٠-٠٣-٢٠"),
        ("observed_on", HUGE),
    ],
    ids=lambda v: v[:12] if isinstance(v, str) else v,
)
def test_the_price_form_refuses_bad_input(field, value):
    w = world()
    process = reach_planning(w)
    form = form_of("research.record_source", w[Role.OFFICER], process, GOOD | {field: value}, at=AT)
    assert errors_of(form) == {field}


@pytest.mark.django_db
def test_the_forms_send_their_commands():
    w = world()
    process = reach_planning(w)
    asked = {"companies": "Uno, S.A.\nDos, S.A.\n", "text": "¿Cuánto?", "due_at": "2020-03-30T18:00"}
    form = form_of("research.request_quotes", w[Role.OFFICER], process, asked, at=AT)
    assert errors_of(form) == set()
    assert form.run().event.n_companies == 2
    bad = asked | {"due_at": "30 de marzo", "companies": HUGE}
    form = form_of("research.request_quotes", w[Role.OFFICER], process, bad, at=AT)
    assert errors_of(form) == {"due_at", "companies"}
    for origin in ("Uno", "Dos"):
        form = form_of("research.record_source", w[Role.OFFICER], process, GOOD | {"origin": origin}, at=AT)
        assert errors_of(form) == set()
        assert form.run().event.price == Money(5850)
    form = form_of("research.conclude", w[Role.OFFICER], process, {}, at=AT)
    assert [value for _label, value in form.facts()] == ["$58.50", "$58.50"]
    assert errors_of(form) == set()
    form.run()
    assert queries.is_concluded(process)
