# SPDX-License-Identifier: Apache-2.0
"""R01 to R37: each passes, fails and is undefined on a release made for it."""

from __future__ import annotations

import json

import pytest

from vitrina.insight.quality.declare import State, judge
from vitrina.insight.quality.stream import RECORD_CHECKS, Found

CHECKS = {check.code: check for check in RECORD_CHECKS}
PARTY = {"id": "P", "name": "Papelería", "roles": ["supplier"]}
EARLY, LATE = "2026-01-05T10:00:00-06:00", "2026-02-05T10:00:00-06:00"


def tender(**more):
    return {"tender": more}


def award(**more):
    return {"awards": [{"id": "a", **more}]}


def contract(**more):
    return {"contracts": [{"id": "c", "awardID": "a", **more}]}


def worth(amount, currency="MXN"):
    return {"value": {"amount": amount, "currency": currency}}


def paid(amount, **more):
    return {"implementation": {"transactions": [{**worth(amount), **more}]}}


def supplier(**more):
    return award(suppliers=[{"id": "P", "name": "Papelería", **more}])


def everywhere(role: str, **more):
    """A reference to P in a role."""
    it = {"id": "P", "name": "Papelería", **more}
    return {
        "buyer": {"buyer": it},
        "procuringEntity": tender(procuringEntity=it),
        "tenderer": tender(tenderers=[it]),
        "supplier": award(suppliers=[it]),
        "payer": contract(implementation={"transactions": [{"payer": it}]}),
        "payee": contract(implementation={"transactions": [{"payee": it}]}),
    }[role]


CASES = {  # code -> (passes, fails, undefined)
    "R01": (
        tender(tenderPeriod={"startDate": EARLY, "endDate": LATE}),
        tender(tenderPeriod={"startDate": LATE, "endDate": EARLY}),
        tender(tenderPeriod={"startDate": EARLY}),
    ),
    "R02": (
        tender(procurementMethod="direct", numberOfTenderers=1),
        tender(procurementMethod="direct", numberOfTenderers=2),
        tender(procurementMethod="open", numberOfTenderers=9),
    ),
    "R03": (tender(status="active"), {**tender(status="active"), **award()}, tender(status="complete")),
    "R04": (
        award(status="cancelled"),
        {**award(status="cancelled"), **contract()},
        {**award(status="active"), **contract()},
    ),
    "R05": (contract(status="pending"), contract(status="cancelled", **paid(1)), contract(status="active", **paid(1))),
    "R06": (
        tender(milestones=[{"status": "scheduled"}]),
        tender(milestones=[{"status": "notMet", "dateMet": LATE}]),
        tender(milestones=[{"status": "met", "dateMet": LATE}]),
    ),
    "R07": (award(**worth(5e9, "USD")), award(**worth(-6e9, "USD")), award(**worth(6e12, "XTS"))),
    "R08": (
        {**award(date=EARLY), **contract(dateSigned=LATE)},
        {**award(date=LATE), **contract(dateSigned=EARLY)},
        award(date=EARLY),
    ),
    "R09": ({"date": LATE, **award(date=EARLY)}, {"date": EARLY, **award(date=LATE)}, award(date=LATE)),
    "R10": (
        {"date": LATE, **tender(milestones=[{"dateMet": EARLY}])},
        {"date": EARLY, **tender(milestones=[{"dateMet": LATE}])},
        {"date": EARLY},
    ),
    "R11": (
        contract(dateSigned=EARLY, amendments=[{"date": LATE}]),
        contract(dateSigned=LATE, amendments=[{"date": EARLY}]),
        contract(amendments=[{"date": EARLY}]),
    ),
    "R12": (
        tender(documents=[{"datePublished": EARLY, "dateModified": LATE}]),
        tender(documents=[{"datePublished": LATE, "dateModified": EARLY}]),
        tender(documents=[{"datePublished": LATE}]),
    ),
    "R13": (
        tender(numberOfTenderers=1, tenderers=[{"id": "P"}]),
        tender(numberOfTenderers=2, tenderers=[{"id": "P"}]),
        tender(numberOfTenderers=2),
    ),
    "R14": (
        {"planning": {"budget": {"amount": worth(150)["value"]}}, **tender(**worth(100))},
        {"planning": {"budget": {"amount": worth(151)["value"]}}, **tender(**worth(100))},
        {"planning": {"budget": {"amount": worth(151, "USD")["value"]}}, **tender(**worth(100))},
    ),
    "R15": (
        {**award(**worth(100)), **contract(**worth(50))},
        {**award(**worth(100)), **contract(**worth(49))},
        {**award(**worth(100)), **contract(**worth(0))},
    ),
    "R16": (contract(**worth(10), **paid(10)), contract(**worth(10), **paid(11)), contract(**worth(10))),
    "R17": (
        {"parties": [PARTY], **supplier()},
        {"parties": [PARTY]},
        {"parties": [{"id": "B", "roles": ["buyer"]}]},
    ),
    "R18": (
        contract(period={"startDate": "2026-01-01", "endDate": "2026-01-31", "durationInDays": 30}),
        contract(period={"startDate": "2026-01-01", "endDate": "2026-01-31", "durationInDays": 31}),
        contract(period={"startDate": "2026-01-01", "endDate": "2026-01-31"}),
    ),
    "R37": (
        {**award(), **contract()},
        {**award(), "contracts": [{"awardID": "other"}]},
        {**award(), "contracts": [{"id": "c"}]},
    ),
}
ROLES = ("buyer", "supplier", "tenderer", "procuringEntity", "payer", "payee")
for n, role in enumerate(ROLES):
    has = {"parties": [{**PARTY, "roles": [role]}], **everywhere(role)}
    CASES[f"R{19 + n}"] = (has, {**has, "parties": [{**PARTY, "roles": ["funder"]}]}, everywhere(role))
for n, role in enumerate(sorted(ROLES)):
    has = {"parties": [PARTY], **everywhere(role)}
    CASES[f"R{25 + n}"] = (has, {"parties": [PARTY], **everywhere(role, name="Otra")}, everywhere(role))
    CASES[f"R{31 + n}"] = (has, {"parties": [PARTY, PARTY], **everywhere(role)}, {"parties": [PARTY]})


def test_there_are_37_checks_and_a_case_for_each() -> None:
    assert sorted(CHECKS) == [f"R{n:02}" for n in range(1, 38)] == sorted(CASES)


@pytest.mark.parametrize("code", sorted(CASES))
def test_passes_fails_and_is_undefined(code) -> None:
    rule = CHECKS[code].run
    assert [judge(rule, release)[0] for release in CASES[code]] == [State.PASS, State.FAIL, State.UNDEFINED]


def test_seven_lines_that_fail_exactly_four_and_tell_the_rest() -> None:
    release = json.loads("""{
        "ocid": "ocds-abc123-7", "date": "2026-03-01T00:00:00Z",
        "tender": {"numberOfTenderers": 3, "tenderers": [{"id": "P"}],
                   "tenderPeriod": {"startDate": "2026-01-20", "endDate": "2026-01-10", "durationInDays": 10}},
        "parties": [{"id": "P", "roles": ["tenderer"]}],
        "contracts": [{"id": "c", "awardID": "none"}]
    }""")
    states = {code: judge(check.run, release)[0] for code, check in CHECKS.items()}
    assert [code for code, state in sorted(states.items()) if state is State.FAIL] == ["R01", "R13", "R18", "R37"]
    assert [code for code, state in sorted(states.items()) if state is State.PASS] == ["R17", "R21", "R36"]
    assert sum(state is State.UNDEFINED for state in states.values()) == 37 - 4 - 3


def test_nothing_that_a_file_may_hold_stops_a_check() -> None:
    odd = [None, 7, "x", [], [7, None], {}, {"id": []}, True, [[{}]]]
    keys = ("tender", "awards", "contracts", "parties", "buyer", "planning", "date", "ocid")
    found = Found()
    for value in odd:
        found.add(dict.fromkeys(keys, value))
        found.add(
            {
                "tender": dict.fromkeys(
                    ("tenderers", "tenderPeriod", "value", "numberOfTenderers", "status", "documents", "milestones"),
                    value,
                )
            }
        )
        found.add(
            {
                "contracts": [
                    dict.fromkeys(("period", "value", "implementation", "awardID", "amendments", "status"), value)
                ]
            }
        )
    assert found.releases == 27


def test_a_date_without_a_time_never_proves_that_something_is_late() -> None:
    rule = CHECKS["R09"].run
    assert judge(rule, {"date": "2026-01-05T08:00:00-06:00", **award(date="2026-01-05")})[0] is State.PASS
    assert judge(rule, {"date": "2026-01-05", **award(date="2026-01-05T23:00:00-06:00")})[0] is State.PASS
    assert judge(rule, {"date": "2026-01-04", **award(date="2026-01-05T01:00:00-06:00")})[0] is State.FAIL
