# SPDX-License-Identifier: Apache-2.0
"""The forms of tendering: what they send, what they show, and the input that they refuse."""

from datetime import date
from decimal import Decimal

import pytest

from tests.worlds.base import world
from tests.worlds.research import reach_research
from tests.worlds.sending import ARABIC, HUGE, errors_of, form_of
from tests.worlds.tendering import CLARIFICATION, OPENING, PUBLISHED, reach_tendering
from vitrina.cycle.core import words
from vitrina.cycle.tendering import queries
from vitrina.parties.roles import Role

pytestmark = pytest.mark.django_db

CRITERIA = [{"title": "Registro sanitario", "description": "COFEPRIS", "kind": "technical", "lot": ""}]
GOOD = {
    "title_text": "Reactivo para VIH 1 y 2",
    "description": "Pruebas rápidas",
    "clarification_at": "2020-10-02T10:00",
    "opening_at": "2020-10-13T11:00",
    "award_by": "2020-10-27 12:00",
    "reduction_reason": "",
    "guarantee_share": "10",
    "penalty_rate": "0.5 %",
    "delivery_days": "30",
    "delivery_place": "Almacén central",
    "contract_start": "2020-11-03",
    "contract_end": "31/12/2020",
    "evaluation_method": "binario",
    "criteria": CRITERIA,
}


def publishing(w, process, **changes):
    people = {"evaluators": [str(p.pk) for p in w.evaluator_people], "oic": str(w.people[Role.OIC].pk), "witness": ""}
    return form_of("tendering.publish_call", w[Role.OFFICER], process, GOOD | people | changes, at=PUBLISHED)


def test_the_form_publishes_the_call_in_the_units_own_hours():
    w = world()
    process = reach_research(w)
    form = publishing(w, process)
    assert errors_of(form) == set()
    form.run()
    tender = queries.tender_of(process)
    assert (tender.clarification_at, tender.opening_at) == (CLARIFICATION, OPENING)
    assert (tender.guarantee_share, tender.penalty_rate) == (Decimal("0.1"), Decimal("0.005"))
    assert [(c.title, c.lot) for c in queries.criteria_of(process)] == [("Registro sanitario", None)]
    assert [m.role for m in queries.panel_of(process)] == ["evaluator"] * 3 + ["oic"]


def test_it_shows_each_limit_with_its_article():
    w = world()
    process = reach_research(w)
    form = publishing(w, process)
    shown = " ".join(value for _label, value in form.facts())
    assert "15" in shown
    assert "art. 32" in shown
    assert words.day(date(2020, 10, 7)) in shown, "22 September and 15 days"


def test_lots_are_named_when_there_are_several():
    w = world()
    process = reach_research(w, lots=2)
    assert errors_of(publishing(w, process)) == {"lot_1", "lot_2"}
    form = publishing(w, process, lot_1="Prueba rápida", lot_2="Prueba de laboratorio")
    assert errors_of(form) == set()
    form.run()
    assert [lot.title for lot in queries.lots_of(process)] == ["Prueba rápida", "Prueba de laboratorio"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title_text", ""),
        ("title_text", HUGE),
        ("description", HUGE),
        ("description", "a\x00b"),
        ("opening_at", "2020-13-01T10:00"),
        ("opening_at", "٢٠٢٠-١٠-١٣T11:00"),
        ("opening_at", HUGE),
        ("award_by", "mañana"),
        ("guarantee_share", "1e309"),
        ("guarantee_share", "100"),
        ("guarantee_share", ARABIC),
        ("penalty_rate", "-1"),
        ("penalty_rate", "NaN"),
        ("delivery_days", "0"),
        ("delivery_days", "3651"),
        ("delivery_days", ARABIC),
        ("delivery_days", "1e309"),
        ("delivery_days", HUGE),
        ("delivery_days", "3_0"),
        ("contract_start", "2020-02-30"),
        ("contract_end", "٢٠٢٠-١٢-٣١"),
        ("evaluators", ["999999"]),
        ("evaluators", ["x"]),
        ("oic", "999999"),
        ("witness", ARABIC),
    ],
    ids=lambda v: v[:12] if isinstance(v, str) else "list",
)
def test_the_call_form_refuses_bad_input(field, value):
    w = world()
    assert errors_of(publishing(w, reach_research(w), **{field: value})) == {field}


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", ""), ("title", HUGE), ("kind", "taste"), ("lot", "0"), ("lot", ARABIC), ("lot", "1.5")],
    ids=lambda v: v[:12],
)
def test_the_requirement_line_refuses_bad_input(field, value):
    w = world()
    form = publishing(w, reach_research(w), criteria=[CRITERIA[0] | {field: value}])
    assert errors_of(form) == {f"criteria.0.{field}"}


def test_the_amendment_form_begins_with_the_call_as_it_stands():
    w = world()
    process = reach_tendering(w)
    empty = form_of("tendering.amend_call", w[Role.OFFICER], process, {}, at=PUBLISHED)
    assert empty["opening_at"].initial == OPENING
    assert empty.row_initial("criteria")[0]["title"] == "Registro sanitario vigente"
    rows = [{k: v or "" for k, v in row.items()} for row in empty.row_initial("criteria")]
    rows.append({"title": "", "description": "", "kind": "technical", "lot": ""})  # an empty line is no line
    data = GOOD | {
        "criteria": rows,
        "reason": "Más plazo",
        "description": queries.tender_of(process).description,
        "penalty_rate": "1",
        "delivery_place": "Almacén central, Ciudad de México",
        "opening_at": "2020-10-14T11:00",
    }
    form = form_of("tendering.amend_call", w[Role.OFFICER], process, data, at=PUBLISHED)
    assert errors_of(form) == set()
    assert {c.field for c in form.run().event.changes} == {"opening_at"}
    bad = form_of("tendering.amend_call", w[Role.OFFICER], process, data | {"reason": ""}, at=PUBLISHED)
    assert errors_of(bad) == {"reason"}


def test_the_forms_of_suspension_and_cancellation():
    w = world()
    process = reach_tendering(w)
    oic, approver = w[Role.OIC], w[Role.APPROVER]
    for data in ({"authority": HUGE, "reason": HUGE}, {}):
        assert errors_of(form_of("tendering.suspend", oic, process, data, at=PUBLISHED)) == {"authority", "reason"}
        assert errors_of(form_of("tendering.cancel", approver, process, {"code": "x"}, at=PUBLISHED)) == {
            "code",
            "reason",
        }
    form = form_of("tendering.suspend", oic, process, {"authority": "OIC", "reason": "Inconformidad"}, at=PUBLISHED)
    assert errors_of(form) == set()
    form.run()
    bad = form_of("tendering.resume", oic, process, {"reason": "Sí", "opening_at": ARABIC}, at=PUBLISHED)
    assert errors_of(bad) == {"opening_at"}
    form = form_of("tendering.resume", oic, process, {"reason": "Resuelta"}, at=PUBLISHED)
    assert len(form.facts()) == 5  # the three hours, and the days of the contract
    assert errors_of(form) == set()
    form.run()
    form = form_of("tendering.cancel", approver, process, {"code": "need_ended", "reason": "Donación"}, at=PUBLISHED)
    assert errors_of(form) == set()
    form.run()
    process.refresh_from_db()
    assert process.halt == "cancelled"
