# SPDX-License-Identifier: Apache-2.0
"""R046: debarred, or definitive in the 69-B list, on the day of a bid or an award."""

from __future__ import annotations

from datetime import date, timedelta

from vitrina.insight.tests.firms import CUT, DAY, SOUND, listed, together, won
from vitrina.insight.tests.tables import ids, judged

FIRM = {"id": "A", "rfc": SOUND[0], "name_norm": "AVIOS DEL MAR S A DE C V"}
NOBODY = {"rfc": "ZZZ010101ZZ1", "name_norm": "OTRA"}


def debarred(start: date, end: date, **who):
    return {"start": start, "end": end, "is_derived": False, **who}


def judge(*lists, firm=FIRM, day: date = DAY, params=None):
    return judged("R046", params, **together(won(firm, day=day), *lists))


def tax(**row):
    return listed("tax", [{"rfc": SOUND[0], "name_norm": "X", "presumed": date(2019, 1, 1), **row}])


NO_TAX, NO_SANCTIONS = listed("tax", [NOBODY]), listed("sanction", [])


def test_a_debarment_flags_from_its_first_day_to_its_last() -> None:
    spans = {"DAY": (0, 0), "LAST": (-90, 0), "FIRST": (0, 90), "OVER": (-90, -1), "NOT YET": (1, 90)}
    rows = [
        debarred(DAY + timedelta(a), DAY + timedelta(b), rfc=name, name_norm="X") for name, (a, b) in spans.items()
    ]
    firms = [{"id": name, "rfc": name} for name in spans]
    outcome = judged("R046", **together(won(*firms), listed("sanction", rows), NO_TAX))
    assert ids(outcome) == ["DAY", "FIRST", "LAST"]
    assert set(outcome.rows.column("basis").to_pylist()) == {"debarred:rfc"}
    assert set(outcome.rows.column("value").to_pylist()) == {1.0}
    assert outcome.clear == 2


def test_a_name_alone_is_possible_and_tells_so() -> None:
    row = debarred(DAY, DAY, name_norm="AVIOS DEL MAR SA DE CV")
    outcome = judge(NO_TAX, listed("sanction", [row]))
    assert ids(outcome) == ["A"]
    assert outcome.rows.column("basis").to_pylist() == ["debarred:name_only"]
    assert outcome.rows.column("value").to_pylist() == [0.5]


def test_a_firm_told_twice_under_one_id_is_one_unit() -> None:
    twice = won({"id": "A", "name_norm": "AVIOS"}, {"id": "A", "rfc": SOUND[0]})
    outcome = judged("R046", **together(twice, NO_TAX, listed("sanction", [debarred(DAY, DAY, rfc=SOUND[0])])))
    assert ids(outcome) == ["A"]
    assert outcome.clear == 0


def test_the_same_name_with_another_rfc_is_somebody_else() -> None:
    row = debarred(DAY, DAY, rfc="ZZZ010101ZZ1", name_norm=FIRM["name_norm"])
    assert judge(NO_TAX, listed("sanction", [row])).flagged == 0


def test_a_person_is_found_with_surnames_first_or_last() -> None:
    row = debarred(DAY, DAY, name_norm="ROBLES PINO ANA")
    outcome = judge(NO_TAX, listed("sanction", [row]), firm={"id": "P", "name_norm": "ANA ROBLES PINO"})
    assert ids(outcome) == ["P"]


STAGES = {
    "ON": {"stage": "definitive", "definitive": DAY},
    "AFTER": {"stage": "definitive", "definitive": DAY + timedelta(1)},
    "NOT PUBLISHED": {"stage": "definitive", "definitive": None},
    "RULED ON": {"stage": "definitive", "definitive": date(2020, 1, 1), "favourable": DAY},
    "RULED AFTER": {"stage": "definitive", "definitive": date(2020, 1, 1), "favourable": DAY + timedelta(1)},
    "WON": {"stage": "favourable", "definitive": date(2020, 1, 1)},
    "CLEARED": {"stage": "cleared", "definitive": date(2020, 1, 1)},
    "PRESUMED": {"stage": "presumed"},
}


def test_69b_flags_who_was_definitive_on_that_day_and_clears_the_others() -> None:
    rows = [{"rfc": name, "name_norm": "X", "presumed": date(2019, 1, 1), **row} for name, row in STAGES.items()]
    firms = [{"id": name, "rfc": name} for name in STAGES]
    outcome = judged("R046", **together(won(*firms), listed("tax", rows), NO_SANCTIONS))
    assert ids(outcome) == ["ON", "RULED AFTER"]
    assert set(outcome.rows.column("basis").to_pylist()) == {"tax_definitive:rfc"}
    assert outcome.clear == 6


def test_the_newest_list_tells_the_stage() -> None:
    old = listed("tax", [{"rfc": "A", "stage": "definitive", "presumed": DAY, "definitive": DAY}], date(2025, 1, 1))
    new = listed("tax", [{"rfc": "A", "stage": "favourable"}])
    assert judge(old, new, NO_SANCTIONS, firm={"id": "A", "rfc": "A"}).clear == 1


def test_presumed_is_a_weaker_reason_that_flags_only_when_asked() -> None:
    outcome = judge(tax(stage="presumed"), NO_SANCTIONS, params={"presumed": True})
    assert outcome.rows.column("basis").to_pylist() == ["tax_presumed:rfc"]
    assert outcome.rows.column("value").to_pylist() == [0.25]


def test_several_reasons_are_all_told() -> None:
    row = debarred(DAY, DAY, name_norm=FIRM["name_norm"])
    outcome = judge(tax(stage="definitive", definitive=DAY), listed("sanction", [row | {"is_derived": True}]))
    told = outcome.rows.column("basis").to_pylist()
    assert told == ["tax_definitive:rfc|debarred:name_only|end_derived_from_term"]


def test_a_list_without_days_proves_nothing_before_the_day_it_was_made() -> None:
    short = listed("tax", [{"rfc": SOUND[0], "name_norm": "X", "stage": "definitive"}])
    before = judge(short, NO_SANCTIONS, day=CUT - timedelta(1))
    assert (before.flagged, before.missing) == (0, {"lists.tax.definitive": 1})
    assert judge(short, NO_SANCTIONS, day=CUT).flagged == 1


def test_without_a_list_or_with_an_old_one_nobody_is_clear() -> None:
    assert judge().missing == {"lists.sanction|lists.tax": 1}
    assert judge(NO_SANCTIONS).missing == {"lists.tax": 1}
    assert judge(NO_TAX, NO_SANCTIONS, day=CUT + timedelta(30)).clear == 1
    assert judge(NO_TAX, NO_SANCTIONS, day=CUT + timedelta(31)).missing == {"lists.cut": 1}


def test_an_old_list_still_flags_and_its_age_is_told() -> None:
    late = CUT + timedelta(60)
    outcome = judge(NO_TAX, listed("sanction", [debarred(DAY, late, rfc=SOUND[0], name_norm="X")]), day=late)
    assert outcome.rows.column("basis").to_pylist() == ["debarred:rfc|list_older_than_30_days"]
