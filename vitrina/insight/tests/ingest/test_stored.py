# SPDX-License-Identifier: Apache-2.0
"""What a release becomes in the store."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from .stores import balance, lines, rows, stored

FULL = {
    "ocid": "ocds-x-1",
    "id": "1",
    "date": "2026-03-02T10:00:00-06:00",
    "tag": ["compiled"],
    "publisher": {"name": "Tesorería"},
    "parties": [
        {
            "id": "MX-UC-1",
            "name": "Unidad de Compras",
            "roles": ["buyer", "contractingUnit"],
            "address": {"region": "Sonora"},
            "details": {"govLevel": "state"},
        },
        {
            "id": "s-77",
            "name": "Aceros Ñandú, S.A.",
            "identifier": {"scheme": "MX-RFC", "id": "AAA010101AA1"},
            "roles": ["supplier", "tenderer"],
            "contactPoint": {"name": "R. Poder", "type": "attorney", "telephone": "662"},
            "details": {"scale": "sme"},
            "beneficialOwners": [{"id": "o1", "name": "Persona Uno", "birthDate": "1970-01-02"}],
            "shareholders": [{"id": "h1", "shareholder": {"id": "o1", "name": "Persona Uno"}, "shareholding": 0.3}],
        },
    ],
    "buyer": {"id": "MX-UC-1", "name": "Unidad de Compras"},
    "planning": {"budget": {"projectID": "L-9", "amount": {"amount": 900, "currency": "MXN"}}, "rationale": "falta"},
    "tender": {
        "id": "t",
        "status": "complete",
        "procurementMethod": "direct",
        "procurementMethodDetails": "Adjudicación directa art.54-II",
        "numberOfTenderers": 2,
        "tenderPeriod": {"startDate": "2026-01-31T23:30:00-06:00", "endDate": "2026-02-10"},
        "bidOpening": {"date": "2026-02-11T10:00:00-06:00"},
        "clarificationMeetings": [{"date": "2026-02-05T09:00:00-06:00"}, {"date": "2026-02-06T09:00:00-06:00"}],
        "participationFees": [
            {"value": {"amount": 10, "currency": "MXN"}},
            {"value": {"amount": 5, "currency": "MXN"}},
        ],
        "tenderers": [{"id": "s-77", "name": "Aceros Ñandú, S.A."}],
        "enquiries": [{"date": "2026-02-01T00:00:00Z", "author": {"id": "s-77"}, "answer": "sí"}],
        "items": [{"id": "1", "classification": {"scheme": "CUCOP", "id": "21101"}, "unit": {"name": "pieza"}}],
        "criteria": [{"id": "c", "title": "Capital", "requirementGroups": [{"requirements": [{"id": "r1"}]}]}],
        "value": {"amount": 1160.5, "currency": "MXN", "netAmount": 1000},
    },
    "bids": {
        "details": [
            {
                "id": "b1",
                "status": "valid",
                "date": "2026-02-09T18:00:00-06:00",
                "value": {"amount": 950.25, "currency": "MXN"},
                "tenderers": [{"id": "s-77"}],
                "relatedLots": ["1", "2"],
                "items": [{"id": "1", "quantity": 3, "unit": {"value": {"amount": 316.75, "currency": "MXN"}}}],
                "requirementResponses": [{"value": True, "requirement": {"id": "r1"}}],
            }
        ],
        "statistics": [{"measure": "bids", "value": 4}],
    },
    "awards": [
        {
            "id": "a1",
            "status": "active",
            "date": "2026-02-20T00:00:00-06:00",
            "value": {"amount": 950.25, "currency": "MXN"},
            "suppliers": [{"id": "s-77", "name": "Aceros Ñandú, S.A."}],
            "hasSubcontracting": True,
            "subcontracting": {"minimumPercentage": 55, "subcontractors": [{"id": "q-1234", "name": "Otra"}]},
            "relatedBid": "b1",
        }
    ],
    "contracts": [
        {
            "id": "k1",
            "awardID": "a1",
            "status": "terminated",
            "dateSigned": "2026-03-01T20:00:00-06:00",
            "value": {"amount": 950.25, "currency": "MXN"},
            "contractDetails": {"minValue": {"amount": 400}, "maxValue": {"amount": 1000}},
            "amendments": [
                {"date": "2026-03-05T00:00:00Z", "changes": [{"property": "value.amount", "former_value": 900}]}
            ],
            "implementation": {
                "transactions": [{"value": {"amount": 1}, "payee": {"id": "s-77"}, "payer": {"id": "MX-UC-1"}}],
                "milestones": [{"type": "delivery", "dueDate": "2026-04-01", "status": "met"}],
                "finalValue": {"amount": 990},
            },
            "relatedProcesses": [{"relationship": ["subContract"], "identifier": "ocds-x-9"}],
        }
    ],
    "complaints": [{"date": "2026-02-25T00:00:00Z", "status": "fundada"}],
}


def test_every_part_of_a_release_is_kept(tmp_path: Path) -> None:
    store, report = stored(tmp_path, lines(FULL))
    (release,) = rows(store, "release")

    assert balance(report)
    assert report.repairs == 0
    assert release["publisher"] == "Tesorería"
    assert (release["buyer_id"], release["region"], release["government"]) == ("MX-UC-1", "Sonora", "state")
    assert (release["plan_line"], release["budget"], release["exception_article"]) == ("L-9", 900.0, "54-II")
    assert (release["value"], release["value_centavos"], release["vat_basis"]) == (1160.5, 116050, "with_tax")
    assert (release["fee"], release["fee_currency"], release["n_bids_said"]) == (15.0, "MXN", 4)
    assert release["main_class"] == "21101"
    assert {row["relationship"] for row in rows(store, "related_process")} == {"subContract"}
    assert rows(store, "complaint")[0]["is_founded"] is True
    assert rows(store, "enquiry")[0]["has_answer"] is True
    assert rows(store, "milestone")[0]["section"] == "implementation"


def test_instants_are_utc_and_days_are_local(tmp_path: Path) -> None:
    store, _ = stored(tmp_path, lines(FULL))
    (release,) = rows(store, "release")

    assert release["tender_start"] == datetime(2026, 2, 1, 5, 30)  # noqa: DTZ001 - the store's instants are UTC
    assert release["tender_start_day"] == date(2026, 1, 31)
    assert release["tender_end"] == datetime(2026, 2, 10, 6, 0)  # noqa: DTZ001 - local midnight
    assert release["tender_end_day"] == date(2026, 2, 10)
    assert release["clarification"] == datetime(2026, 2, 6, 15, 0)  # noqa: DTZ001 - the last meeting
    assert release["start_s"] == "2026-01-31T23:30:00-06:00"


def test_bids_awards_and_contracts_keep_their_order_and_links(tmp_path: Path) -> None:
    store, _ = stored(tmp_path, lines(FULL))
    (bid,) = rows(store, "bid")
    (award,) = rows(store, "award")
    (contract,) = rows(store, "contract")

    assert (bid["amount"], bid["centavos"], bid["n_tenderers"], bid["lot"]) == (950.25, 95025, 1, "1;2")
    assert rows(store, "bid_line")[0]["unit_price"] == 316.75
    assert rows(store, "criterion_result") == [
        {"rid": 0, "award_no": None, "bid_no": 0, "criterion_pos": 0, "passed": True, "score": None}
    ]
    assert (award["related_bid"], award["subcontracted_share"], award["n_suppliers"]) == ("b1", 0.55, 1)
    assert (contract["award_no"], contract["min_centavos"], contract["final_centavos"]) == (0, 40000, 99000)
    assert rows(store, "amendment")[0]["amount_before"] == 900.0


def test_an_organisation_is_one_row_whoever_names_it(tmp_path: Path) -> None:
    store, _ = stored(tmp_path, lines(FULL, FULL | {"ocid": "ocds-x-2"}))
    orgs = {row["id"]: row for row in rows(store, "org")}
    firm = orgs["s-77"]

    assert set(orgs) == {"MX-UC-1", "s-77", "q-1234"}
    assert (firm["rfc"], firm["kind"], firm["name_norm"]) == ("AAA010101AA1", "company", "ACEROS NIANDU S A")
    assert (firm["representative"], firm["size"]) == ("R. Poder", "sme")
    for table in ("bid_tenderer", "award_supplier", "tenderer"):
        assert {row["oid"] for row in rows(store, table)} == {firm["oid"]}
    assert {row["kind"] for row in rows(store, "owner")} == {"beneficial", "shareholder"}


def test_what_a_later_file_tells_of_an_organisation_is_filled_in(tmp_path: Path) -> None:
    short = {"ocid": "a", "buyer": {"id": "AAA010101AA1", "name": "Aceros"}}
    stored(tmp_path, lines(short))
    store, _ = stored(tmp_path, lines(FULL), "b.jsonl")
    (firm,) = [row for row in rows(store, "org") if row["rfc"] == "AAA010101AA1"]

    assert (firm["name"], firm["size"], firm["phone"]) == ("Aceros", "sme", "662")
