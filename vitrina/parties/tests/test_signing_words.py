# SPDX-License-Identifier: Apache-2.0
"""What is published of a signature: enough to verify it, and nothing personal."""

from __future__ import annotations

import base64
import json

import pytest
from django.utils import translation

from tests.fixtures.authority import AT, authority, make_cert, write_store
from vitrina.kernel.canonical import canonical
from vitrina.parties import signing
from vitrina.sealed.signature import verify_record
from vitrina.site.demo.authority import demo_claim, demo_efirma
from vitrina.site.demo.people import local, world

from .signing_world import BODY, COMPANY, OFFICIAL, TYPE, WITH_TILDE, accept, official, supplier


@pytest.fixture(scope="module")
def by():
    return authority("A.C. de pruebas Vitrina")


@pytest.fixture(autouse=True)
def trust(settings, tmp_path, by):
    settings.SIGNING_TRUST = [write_store(tmp_path / "trust", by)]


def hidden_in(view, *texts: str) -> list[str]:
    """Which of the texts stand in the view, plain or inside anything in base64."""
    flat = canonical(view)
    inside = b"".join(
        base64.b64decode(v)
        for v in json.loads(flat).values()
        if isinstance(v, str)
        and len(v) % 4 == 0
        and v.isascii()
        and " " not in v
        and ":" not in v
        and "/v1" not in v
        and "-" not in v
        and "." not in v
    )
    return [t for t in texts if t.encode() in flat + inside or t.encode("latin-1") in flat + inside]


def test_of_a_company_the_name_the_rfc_and_the_number(db, by):
    record = accept(make_cert(by, COMPANY), supplier(COMPANY, "empresa"))
    assert hidden_in(record, COMPANY.rep_rfc, COMPANY.rep_curp, COMPANY.email) == [
        COMPANY.rep_rfc,
        COMPANY.rep_curp,
        COMPANY.email,
    ]

    view = signing.public_view(record)
    assert hidden_in(view, COMPANY.rep_rfc, COMPANY.rep_curp, COMPANY.email, record["cert"]) == []
    assert (view["rfc"], view["name"], view["cert_number"]) == (COMPANY.rfc, COMPANY.name, record["cert_number"])
    assert verify_record(record, TYPE, BODY) and verify_record(view, TYPE, BODY)
    assert signing.public_view(view) == view
    said = signing.in_words(view).replace("\xa0", " ")
    assert said.startswith(
        f"Firmó con e.firma {COMPANY.name}, RFC {COMPANY.rfc}, certificado {record['cert_number']}, vigente el 21 de noviembre de 2026."
    )
    with translation.override("en"):
        assert "signed with e.firma" in signing.in_words(view)


@pytest.mark.parametrize("who", ["a person who sells", "an official"])
def test_of_a_person_only_the_name_that_the_ledger_has(db, by, who):
    if who == "an official":
        holder, actor, act = OFFICIAL, official(OFFICIAL, "Óscar", "Ibáñez", "Luna", rfc=OFFICIAL.rfc), "opener.key"
    else:
        holder, actor, act = WITH_TILDE, supplier(WITH_TILDE, "persona"), "bid"
    record = accept(make_cert(by, holder), actor, act=act)
    view = signing.public_view(record)

    assert hidden_in(view, holder.rfc, holder.curp, holder.email, record["cert"], record["cert_number"]) == []
    assert verify_record(view, TYPE, BODY) and not verify_record(view, TYPE, BODY + b"\n")
    assert actor.signer.name in signing.in_words(view)
    assert holder.rfc not in signing.in_words(record)


def test_the_authority_s_answer_is_published_as_its_digest(db, by, settings, tmp_path):
    from tests.fixtures.authority import responder

    with responder(by):
        settings.SIGNING_TRUST = [write_store(tmp_path / "asked", by)]
        record = accept(make_cert(by, COMPANY), supplier(COMPANY, "empresa"))
    by.ocsp = ""
    told = signing.public_view(record)["revocation"]
    assert told["status"] == "good" and "response" not in told and len(told["response_sha256"]) == 64


def test_the_demonstration_signs_for_all_its_people_and_says_what_it_is(db, settings):
    settings.SIGNING_TRUST = [settings.DEMO_AUTHORITY / "trust"]
    w, at = world(), local(2020, 10, 13)
    for row, actor in zip(w.supplier_rows, w.suppliers, strict=True):
        record = signing.accept(
            demo_claim(row, TYPE, BODY, at), payload_type=TYPE, body=BODY, actor=actor, act="bid", at=at
        )
        assert record["rfc"] == row.rfc and record["test"] is True
        assert "nadie real" in signing.in_words(signing.public_view(record))
    for role, person in w.people.items():
        if person.rfc:
            claim = demo_claim(person.rfc, TYPE, BODY, at)
            assert (
                signing.accept(claim, payload_type=TYPE, body=BODY, actor=w[role], act="opener.key", at=at)["verdict"]
                == "OK"
            )
    assert len({p.rfc for p in w.people.values() if p.rfc}) >= 9


def test_the_demonstration_s_e_firma_holds_at_every_hour_of_its_calendar(db, settings):
    settings.SIGNING_TRUST = [settings.DEMO_AUTHORITY / "trust"]
    w = world()
    cers = set()
    for year in (2019, 2020, 2023, 2024, 2026, 2031):
        at = local(year, 12, 31)
        claim = demo_claim(w.supplier_rows[0], TYPE, BODY, at)
        assert (
            signing.accept(claim, payload_type=TYPE, body=BODY, actor=w.suppliers[0], act="bid", at=at)["verdict"]
            == "OK"
        )
        cers.add(demo_efirma(w.supplier_rows[0], at)[0])
    assert len(cers) == 4
    assert demo_efirma(w.supplier_rows[0], local(2020, 1, 2)) == demo_efirma(w.supplier_rows[0].rfc, local(2023, 1, 2))
    with pytest.raises(LookupError):
        demo_efirma("ZZZ010101ZZ9", AT)


def test_there_is_no_such_authority_outside_a_demonstration(db, settings):
    from django.core.exceptions import ImproperlyConfigured

    w = world()
    settings.VITRINA_DEMO = False
    with pytest.raises(ImproperlyConfigured):
        demo_efirma(w.supplier_rows[0], AT)
