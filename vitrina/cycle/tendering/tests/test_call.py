# SPDX-License-Identifier: Apache-2.0
"""Publishing a call: what it makes, what the law asks of its dates, and what it refuses."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.worlds.base import local, reach_planning, world
from tests.worlds.once import built_once, rolled_back
from tests.worlds.research import reach_research
from tests.worlds.sending import entries_of, published
from tests.worlds.tendering import CLARIFICATION, OPENING, PUBLISHED, call, panel, reach_tendering
from vitrina.cycle.core.models import Process, StoredFile
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.tendering import commands as tendering
from vitrina.cycle.tendering import queries
from vitrina.cycle.tendering.models import Criterion, Lot, PanelMember, Tender
from vitrina.kernel.money import Money
from vitrina.parties import commands as parties
from vitrina.parties.roles import Role

whole = built_once(lambda: (w := world(), reach_research(w)))


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole[0]


@pytest.fixture
def process(w, whole):
    """A purchase whose market was looked into."""
    return Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)


def publish(w, process, at=PUBLISHED, actor=None, **changes):
    return tendering.publish_call(actor or w[Role.OFFICER], process.ocid, at=at, **call(w, **changes))


def test_the_hiv_reagent_of_2020(w):
    process = reach_tendering(w, lots=2)
    assert (process.number, process.law, process.rulebook) == (
        "LA-050GYR047-E1-2020",
        "LAASSP-2000",
        "mx/LAASSP-2000@2020-09-22",
    )
    assert datetime(2020, 10, 13, 16, tzinfo=UTC) == OPENING
    tender = queries.tender_of(process)
    assert (tender.state, tender.opening_at, tender.guarantee_share) == ("published", OPENING, Decimal("0.1"))
    assert queries.questions_until(tender) == CLARIFICATION - timedelta(hours=24)
    event = entries_of(process)[-1].event
    assert {r.key: (r.value, r.had) for r in event.rules} == {
        "term.publication_to_opening.min": ("15", "21"),
        "term.clarification_to_opening.min": ("6", "11"),
        "term.opening_to_award.max": ("20", "14"),
    }
    assert event.terms == queries.terms_of(tender)
    assert [(m.role, m.name) for m in event.panel][-2:] == [("oic", "Inés Olaiz"), ("witness", "Teo Zumárraga")]
    assert [lot.state for lot in queries.lots_of(process)] == ["open", "open"]


def test_its_release(w):
    process = reach_tendering(w, lots=2)
    tender = published(process)["tender"]
    assert tender["status"] == "active"
    assert (tender["procurementMethod"], tender["procurementMethodDetails"]) == ("open", "Licitación pública")
    assert tender["tenderPeriod"] == {"startDate": "2020-09-22T14:00:00Z", "endDate": "2020-10-13T16:00:00Z"}
    assert tender["enquiryPeriod"]["endDate"] == "2020-10-01T15:00:00Z"
    assert [lot["id"] for lot in tender["lots"]] == ["1", "2"]
    assert [i["relatedLot"] for i in tender["items"]] == ["1", "2"]
    assert tender["criteria"][0]["title"] == "Registro sanitario vigente"
    assert tender["procuringEntity"]["id"] == "050GYR047"


def test_bids_are_received_until_the_opening_hour_exactly(w):
    process = reach_tendering(w)
    assert queries.is_open_for_bids(process, PUBLISHED)
    assert queries.is_open_for_bids(process, OPENING - timedelta(microseconds=1))
    assert not queries.is_open_for_bids(process, OPENING)


@pytest.mark.parametrize(
    ("days", "reason", "code"),
    [
        (9, "", "term.breach"),
        (9, "Urgencia", "term.breach"),
        (10, "", "term.reduced"),
        (10, "Urgencia", ""),
        (14, "  ", "term.reduced"),
        (15, "", ""),
    ],
)
def test_fifteen_days_or_ten_with_a_reason(w, process, days, reason, code):
    opening = PUBLISHED + timedelta(days=days)
    dates = {
        "clarification_at": PUBLISHED + timedelta(days=2),
        "opening_at": opening,
        "award_by": opening + timedelta(days=5),
        "reduction_reason": reason,
        "contract_start": date(2020, 11, 3),
    }
    if code:
        with pytest.raises(Refused) as refused:
            publish(w, process, **dates)
        assert refused.value.codes == [code]
        assert refused.value.refusals[0].field in {"opening_at", "reduction_reason"}
        assert "15" in refused.value.refusals[0].message
    else:
        assert publish(w, process, **dates).event.rules[0].had == str(days)


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [
        ({"clarification_at": OPENING - timedelta(days=5)}, "term.breach", "clarification_at"),
        ({"award_by": OPENING + timedelta(days=21)}, "term.extended", "award_by"),
        ({"award_by": OPENING + timedelta(days=41)}, "term.breach", "award_by"),
        ({"award_by": OPENING}, "order", "award_by"),
        ({"clarification_at": PUBLISHED + timedelta(hours=24)}, "order", "clarification_at"),
        ({"opening_at": CLARIFICATION}, "order", "opening_at"),
        ({"criteria": []}, "criteria", "criteria"),
        ({"criteria": [{"title": "x", "kind": "taste"}]}, "criteria", "criteria"),
        ({"criteria": [{"title": "x", "kind": "legal", "lot": 2}]}, "criteria", "criteria"),
        ({"evaluation_method": "costo_beneficio"}, "costs", "criteria"),
        ({"evaluation_method": "sorteo"}, "method", "evaluation_method"),
        ({"guarantee_share": Decimal(1)}, "share", "guarantee_share"),
        ({"penalty_rate": Decimal("-0.1")}, "share", "penalty_rate"),
        ({"delivery_days": 0}, "delivery", "delivery_days"),
        ({"contract_start": date(2020, 10, 12)}, "contract", "contract_start"),
        ({"contract_end": date(2020, 11, 2)}, "contract", "contract_end"),
        ({"character": "Z"}, "law", ""),
    ],
)
def test_what_a_call_may_not_say(w, process, change, code, field):
    with pytest.raises(Refused) as refused:
        publish(w, process, **change)
    assert (refused.value.codes, refused.value.refusals[0].field) == ([code], field)
    process.refresh_from_db()
    assert (process.number, process.law, process.stage) == ("", "", "research")
    assert not Tender.objects.exists()
    assert not Lot.objects.exists() | Criterion.objects.exists() | PanelMember.objects.exists()


def test_every_broken_term_is_told_at_once(w, process):
    opening = PUBLISHED + timedelta(days=4)
    with pytest.raises(Refused) as refused:
        publish(
            w,
            process,
            opening_at=opening,
            clarification_at=opening - timedelta(days=1),
            award_by=opening + timedelta(days=50),
        )
    assert {r.field for r in refused.value.refusals} == {"opening_at", "clarification_at", "award_by"}


def test_the_panel(w, process):
    one, oic = panel(w)[0], panel(w)[3]
    outsider = parties.register_person(email="otra@vitrina.example", given_name="Ada", surname="Otra")
    other = parties.register_unit(at=PUBLISHED, key="051GYN001", name="Otro instituto", kind="institute")
    parties.appoint(at=local(2020, 1, 2), person=outsider, role=Role.EVALUATOR, unit=other)
    late = parties.register_person(email="tarde@vitrina.example", given_name="Eva", surname="Tarde")
    parties.appoint(at=PUBLISHED + timedelta(days=1), person=late, role=Role.EVALUATOR, unit=w.buyer)
    wrong = [
        [oic],
        [one, one],
        [one | {"role": "oic"}],
        [one | {"role": "supplier"}],
        [one | {"person_id": 999_999}],
        [one, {"person_id": outsider.pk, "role": "evaluator"}],
        [one, {"person_id": late.pk, "role": "evaluator"}],
    ]
    for members in wrong:
        with pytest.raises(Refused) as refused:
            publish(w, process, panel=members)
        assert refused.value.codes == ["panel"]
    publish(w, process, panel=[one, oic])
    assert [m.person_id for m in queries.panel_of(process, "evaluator")] == [one["person_id"]]


def test_a_very_large_purchase_needs_a_social_witness(w, process):
    plan = process.plan_line
    plan.budget_centavos = Money.parse("434400000.00").centavos  # 5,000,000 UMA of 86.88 pesos
    plan.save()
    without = panel(w)[:4]
    with pytest.raises(Refused) as refused:
        publish(w, process, panel=without)
    assert refused.value.codes == ["witness"]
    assert publish(w, process).event.rules[-1].key == "witness.threshold"


def test_not_before_money_and_research_nor_by_others_nor_twice(w):
    bare = reach_planning(w, funded=False)
    for process, code in ((bare, "budget"), (reach_planning(w), "research")):
        with pytest.raises(Refused) as refused:
            publish(w, process)
        assert refused.value.codes == [code]
    ready = reach_research(w)
    for role in set(Role) - {Role.OFFICER, Role.OPERATOR}:
        with pytest.raises(Refused) as refused:
            publish(w, ready, actor=w[role])
        assert refused.value.codes == ["role"]
    assert queries.tasks(ready, PUBLISHED)[0].command == "tendering.publish_call"
    publish(w, ready)
    with pytest.raises(Refused) as refused:
        publish(w, ready)
    assert refused.value.codes == ["state"]
    assert len(entries_of(ready)) == 5


def test_numbers_run_by_unit_and_year(w):
    first, second = reach_tendering(w), reach_tendering(w)
    assert (first.number, second.number) == ("LA-050GYR047-E1-2020", "LA-050GYR047-E2-2020")
    process = reach_research(w)
    at = local(2026, 1, 5)
    publish(
        w,
        process,
        at=at,
        clarification_at=local(2026, 1, 12),
        opening_at=local(2026, 1, 20, 11),
        award_by=local(2026, 1, 30),
        contract_start=date(2026, 2, 10),
        contract_end=date(2026, 12, 31),
    )
    process.refresh_from_db()
    assert (process.number, process.law) == ("LA-50-GYR-050GYR047-N-1-2026", "LAASSP-2025")


def test_documents_are_published_with_the_call(w, process, settings, tmp_path):
    settings.FILES_DIR = tmp_path
    pdf = SimpleUploadedFile("bases.pdf", b"%PDF-1.7 bases")
    publish(w, process, documents=[("Convocatoria", "biddingDocuments", pdf)])
    document = published(process)["tender"]["documents"][0]
    assert (document["id"], document["documentType"]) == ("call-1", "biddingDocuments")
    assert StoredFile.objects.get(sha256=document["url"].rsplit("/", 1)[1]).is_public
    false = SimpleUploadedFile("bases.pdf", b"MZ not a pdf")
    with pytest.raises(Refused) as refused:
        publish(w, reach_research(w), documents=[("Convocatoria", "biddingDocuments", false)])
    assert refused.value.codes == ["file-content"]
    assert Process.objects.exclude(ocid=process.ocid).get().number == ""
