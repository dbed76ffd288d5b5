# SPDX-License-Identifier: Apache-2.0
"""The line of the annual programme: how a purchase begins, changes, is funded and withdrawn."""

from datetime import date
from decimal import Decimal

import pytest

from tests.worlds.base import local, reach_planning, world
from tests.worlds.sending import ARABIC, HUGE, entries_of, errors_of, form_of, published
from tests.worlds.tendering import reach_tendering
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.planning import commands as planning
from vitrina.cycle.planning import queries
from vitrina.kernel.money import Money
from vitrina.parties.roles import Role

pytestmark = pytest.mark.django_db

AT = local(2020, 2, 3, 10)
ITEM = {
    "lot": "1",
    "cucop": "25401-0012",
    "description": "Prueba rápida",
    "quantity": "412,000",
    "unit_name": "prueba",
}
GOOD = {
    "title_text": "Reactivo para VIH",
    "rationale": "Detección",
    "unit_key": "050GYR047",
    "fiscal_year": "2020",
    "budget": "27,000,000.00",
    "budget_key": "25401",
    "programme_key": "E012",
    "portfolio_key": "",
    "expected_on": "2020-09-22",
    "items": [ITEM],
}


def line(process, **changes):
    """What a change of the line sends: the line as it is, with some changes."""
    plan = process.plan_line
    names = ("rationale", "fiscal_year", "budget", "budget_key", "programme_key", "portfolio_key", "expected_on")
    columns = ("lot", "cucop", "description", "quantity", "unit_name")
    same = {name: getattr(plan, name) for name in names} | {"title": process.title, "reason": "Otra cantidad"}
    return same | {"items": list(process.items.values(*columns))} | changes


def refused_codes(run, *args, **arguments):
    with pytest.raises(Refused) as refused:
        run(*args, **arguments)
    return refused.value.codes


def test_a_funded_line_and_its_release():
    process = reach_planning(world(), lots=2)
    assert queries.is_funded(process)
    assert sorted(queries.lots_of(process)) == [1, 2]
    compiled = published(process)
    assert compiled["ocid"] == process.ocid
    assert compiled["planning"]["budget"]["amount"] == {"amount": 27000000, "currency": "MXN"}
    assert compiled["planning"]["milestones"][0]["status"] == "met"
    assert [(i["id"], i["classification"]["scheme"], i["relatedLot"]) for i in compiled["tender"]["items"]] == [
        ("1", "CUCOP", "1"),
        ("2", "CUCOP", "2"),
    ]
    assert compiled["buyer"]["id"] == "050GYR"


def test_a_changed_line_must_be_certified_again():
    w = world()
    process = reach_planning(w, lots=2)
    change = line(process)
    change["items"] = change["items"][:1]
    change["items"][0]["quantity"] = Decimal(5)
    planning.modify_line(w[Role.REQUESTER], process.ocid, at=AT, **change)
    assert not queries.is_funded(process)
    process = Process.objects.get(ocid=process.ocid)
    assert [t.command for t in queries.tasks(process, AT)] == ["planning.certify_budget"]
    items = published(process)["tender"]["items"]
    assert [(i["id"], i["quantity"]) for i in items] == [("1", 5), ("2", 0)]
    less = {"at": AT, "certificate": "DSP-1", "amount": Money.parse("26999999.99")}
    assert refused_codes(planning.certify_budget, w[Role.APPROVER], process.ocid, **less) == ["certificate"]
    enough = less | {"amount": Money.parse("27000000")}
    assert refused_codes(planning.certify_budget, w[Role.OFFICER], process.ocid, **enough) == ["role"]
    planning.certify_budget(w[Role.APPROVER], process.ocid, **enough)
    assert refused_codes(planning.certify_budget, w[Role.APPROVER], process.ocid, **enough) == ["state"]


def test_lines_and_units_that_are_refused():
    w = world()
    process = reach_planning(w)
    n = len(entries_of(process))
    gap = line(process)
    gap["items"].append(gap["items"][0] | {"lot": 3})
    assert refused_codes(planning.modify_line, w[Role.REQUESTER], process.ocid, at=AT, **gap) == ["lots"]
    none = line(process, items=[])
    assert refused_codes(planning.modify_line, w[Role.REQUESTER], process.ocid, at=AT, **none) == ["items"]
    fresh = {k: v for k, v in line(process).items() if k != "reason"}
    for unit in (w.hospital.key, w.buyer.key, "nothing"):
        assert refused_codes(planning.publish_line, w[Role.REQUESTER], at=AT, unit_key=unit, **fresh) == ["unit"]
    assert refused_codes(planning.publish_line, w[Role.SUPPLIER], at=AT, unit_key=w.unit.key, **fresh) == ["role"]
    assert len(entries_of(process)) == n
    assert Process.objects.count() == 1


def test_withdrawn_before_the_call_and_not_after():
    w = world()
    process = reach_planning(w)
    planning.cancel_line(w[Role.OFFICER], process.ocid, at=AT, reason="Sin necesidad")
    assert published(process)["tender"]["status"] == "cancelled"
    assert refused_codes(planning.modify_line, w[Role.OFFICER], process.ocid, at=AT, **line(process)) == ["over"]
    called = reach_tendering(w)
    assert refused_codes(planning.cancel_line, w[Role.OFFICER], called.ocid, at=AT, reason="x") == ["after-call"]
    assert refused_codes(planning.modify_line, w[Role.OFFICER], called.ocid, at=AT, **line(called)) == ["after-call"]


def test_the_form_of_a_change_keeps_the_lines_that_did_not_change():
    w = world()
    process = reach_planning(w, lots=2)
    empty = form_of("planning.modify_line", w[Role.OFFICER], process, {}, at=AT)
    rows = [{k: str(v) for k, v in row.items()} for row in empty.row_initial("items")]
    blank = {"lot": "1", "cucop": "", "description": "", "quantity": "", "unit_name": ""}
    data = GOOD | {"items": [*rows, blank], "reason": "Otro título"}
    form = form_of("planning.modify_line", w[Role.OFFICER], process, data, at=AT)
    assert errors_of(form) == set()
    assert [i.number for i in form.run().event.line.items] == [1, 2]


def test_the_form_begins_a_purchase():
    w = world()
    form = form_of("planning.publish_line", w[Role.REQUESTER], None, GOOD, at=AT)
    assert errors_of(form) == set()
    process = Process.objects.get(ocid=form.run().ocid)
    assert (process.plan_line.budget, process.plan_line.expected_on) == (Money.parse("27000000"), date(2020, 9, 22))
    certificate = {"certificate": "DSP-1", "amount": "27000000"}
    form = form_of("planning.certify_budget", w[Role.APPROVER], process, certificate, at=AT)
    assert errors_of(form) == set()
    form.run()
    assert queries.is_funded(process)
    bad = form_of(
        "planning.certify_budget", w[Role.APPROVER], process, {"certificate": HUGE, "amount": "1e309"}, at=AT
    )
    assert errors_of(bad) == {"certificate", "amount"}
    assert errors_of(form_of("planning.cancel_line", w[Role.OFFICER], process, {"reason": HUGE}, at=AT)) == {"reason"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title_text", ""),
        ("title_text", HUGE),
        ("rationale", "a\u202eb"),
        ("fiscal_year", "1e309"),
        ("fiscal_year", "1999"),
        ("fiscal_year", ARABIC),
        ("budget", "1e309"),
        ("budget", "-5"),
        ("budget", ARABIC),
        ("budget_key", "2540"),
        ("budget_key", "٢٥٤٠١"),
        ("expected_on", "2020-02-30"),
        ("expected_on", HUGE),
        ("unit_key", "050GYR101"),
    ],
    ids=lambda v: v[:12],
)
def test_the_line_form_refuses_bad_input(field, value):
    w = world()
    form = form_of("planning.publish_line", w[Role.REQUESTER], None, GOOD | {field: value}, at=AT)
    assert errors_of(form) == {field}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("lot", "0"),
        ("lot", ARABIC),
        ("lot", "201"),
        ("cucop", "٢٥٤٠١-٠٠١٢"),
        ("cucop", "25401"),
        ("quantity", "1e309"),
        ("quantity", "0"),
        ("quantity", "-1"),
        ("quantity", ARABIC),
        ("description", HUGE),
        ("unit_name", ""),
    ],
    ids=lambda v: v[:12],
)
def test_the_item_line_refuses_bad_input(field, value):
    w = world()
    data = GOOD | {"items": [ITEM | {field: value}]}
    assert errors_of(form_of("planning.publish_line", w[Role.REQUESTER], None, data, at=AT)) == {f"items.0.{field}"}
