# SPDX-License-Identifier: Apache-2.0
"""Whose signature counts, who may send, and when: the reception's other doors."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.fixtures.authority import KINDS
from tests.worlds.base import reach_planning, world
from tests.worlds.bidding import RECEIVED, bid, pdf, signed, withdraw
from tests.worlds.clarifying import reach_clarifying
from tests.worlds.once import built_once, rolled_back
from tests.worlds.opening import hold_act
from tests.worlds.sealing import changed, rows_of, sealed_by, signed_as, submit
from tests.worlds.tendering import OPENING, call, reach_tendering
from vitrina.cycle.bidding import commands as bidding
from vitrina.cycle.bidding.models import Envelope
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.tendering import commands as tendering
from vitrina.ledger.models import Entry
from vitrina.parties.models import Supplier
from vitrina.parties.roles import Role
from vitrina.sealed import objects
from vitrina.sealed.signature import sign_efirma
from vitrina.site.demo import authority, issuing

whole = built_once(lambda: (w := world(), reach_clarifying(w)))


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole[0]


@pytest.fixture
def process(w, whole):
    return Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)


@pytest.fixture
def sealed(w, process, tmp_path):
    return sealed_by(w, process, 0, out=tmp_path)


def refusal(send, *arguments, **more):
    """The one refusal of an act, after checking that it left no entry and no envelope."""
    before = Entry.objects.count(), Envelope.objects.count()
    with pytest.raises(Refused) as refused:
        send(*arguments, **more)
    assert (Entry.objects.count(), Envelope.objects.count()) == before
    (only,) = refused.value.refusals
    assert only.message and "%(" not in only.message
    return only


def csd(rfc):
    """A seal for invoices that the demonstration's own authority issued."""
    key = rsa.generate_private_key(65537, 2048)
    holder = issuing.Holder("BIOMÉDICA TRES LUNAS", rfc, rep_rfc="LARX800101AB1")
    return key, issuing.certificate(
        subject=issuing.sat_name(holder, branch="Matriz"), key=key.public_key(), issuer=authority._issuer(),
        number=issuing.number_for("csd"), since=authority.SINCE, until=authority.UNTIL, extensions=KINDS["csd"](),
    )  # fmt: skip


def claims(w, sealed):
    """Name -> (claim, code)."""
    data = sealed.manifest_bytes
    good = signed(w.suppliers[0], data, RECEIVED)
    other = signed(w.suppliers[0], changed(data, salt="2" * 64), RECEIVED)
    value = base64.b64decode(good["value"])
    kind = objects.PAYLOAD_TYPES["sobre/v1"]
    expired = authority.demo_claim("BTL100203AB1", kind, data, RECEIVED - timedelta(days=4 * 366))
    wrong_type = authority.demo_claim("BTL100203AB1", "vitrina/sobre/v1/retiro", data, RECEIVED)
    return {
        "none": (None, "signature"),
        "empty": ({}, "signature"),
        "no value": ({k: v for k, v in good.items() if k != "value"}, "CLAIM_MALFORMED"),
        "a bit changed": (good | {"value": base64.b64encode(bytes([value[0] ^ 1]) + value[1:]).decode()}, "SIG_BAD"),
        "of another manifest": (other, "SIG_PAYLOAD_MISMATCH"),
        "as another type": (wrong_type, "SIG_PAYLOAD_MISMATCH"),
        "another type, told as this": (wrong_type | {"payload_type": kind}, "SIG_PAYLOAD_MISMATCH"),
        "of another company": (signed_as(w.suppliers[1], data, RECEIVED), "CERT_RFC_MISMATCH"),
        "with a seal for invoices": (sign_efirma(*csd("BTL100203AB1"), kind, data, RECEIVED), "CERT_KIND_CSD"),
        "expired": (expired, "CERT_EXPIRED"),
        "a passkey that nobody has": (
            {"kind": "passkey", "payload_type": kind, "credential_id": "AAAA", "authenticator_data": "AAAA",
             "client_data": "e30=", "value": "AAAA", "signed_at_client": "2020-10-12T15:00:00Z"}, "PASSKEY_UNKNOWN",
        ),
    }  # fmt: skip


def test_a_signature_that_does_not_count_is_refused(w, process, sealed):
    said = {}
    for name, (claim, code) in claims(w, sealed).items():
        with pytest.raises(Refused) as refused:
            bidding.submit(w.suppliers[0], process.ocid, at=RECEIVED, data=sealed.manifest_bytes, claim=claim)
        assert refused.value.codes == [code], name
        said[code] = refused.value.refusals[0].message
    assert len(set(said.values())) == len(said)
    assert "CSD" in said["CERT_KIND_CSD"]
    assert not Envelope.objects.exists()


def test_an_efirma_of_an_authority_of_tests_signs_nothing_outside_the_demonstration(w, process, sealed, settings):
    claim = signed(w.suppliers[0], sealed.manifest_bytes, RECEIVED)
    settings.SIGNING_ALLOW_TEST_ROOTS = False
    assert refusal(submit, w, process, 0, sealed.manifest_bytes, claim=claim).code == "CHAIN_TEST_ROOT"


# when and by whom


@pytest.mark.parametrize("role", [r for r in Role if r not in {Role.SUPPLIER, Role.OPERATOR}])
@pytest.mark.parametrize("name", ["submit", "withdraw", "redeal"])
def test_only_suppliers_send_envelopes(w, process, sealed, role, name):
    run = getattr(bidding, name)
    found = refusal(run, w[role], process.ocid, at=RECEIVED, data=sealed.manifest_bytes, claim={}, previous=None)
    assert found.code == "role"


def test_there_is_nothing_to_bid_for_before_the_call(w, process, sealed):
    planned = reach_planning(w)
    assert refusal(submit, w, planned, 0, sealed.manifest_bytes).code == "not-called"


def test_a_suspended_purchase_and_one_that_is_over_receive_nothing(w, process, sealed):
    oic, approver = w[Role.OIC], w[Role.APPROVER]
    tendering.suspend(oic, process.ocid, at=RECEIVED, authority="OIC", reason="Denuncia")
    assert refusal(submit, w, process, 0, sealed.manifest_bytes).code == "suspended"
    tendering.cancel(approver, process.ocid, at=RECEIVED, code="need_ended", reason="Ya no hace falta.")
    assert refusal(submit, w, process, 0, sealed.manifest_bytes).code == "over"


def test_after_the_minutes_nothing_is_received(w, process, sealed):
    hold_act(w, process)
    found = refusal(submit, w, process, 0, sealed.manifest_bytes, at=OPENING + timedelta(hours=3))
    assert found.code == "closed"


def test_it_may_be_sent_as_soon_as_the_call_is_published(w, tmp_path):
    process = reach_tendering(w)
    found = sealed_by(w, process, 0, out=tmp_path)
    assert submit(w, process, 0, found.manifest_bytes, at=OPENING - timedelta(days=20)).kind == "envelope.logged"


def test_when_a_bid_names_the_year_after(w, tmp_path):
    from tests.worlds.research import reach_research

    process = reach_research(w)
    opening_at = OPENING.replace(month=12, day=15)
    terms = {"opening_at": opening_at, "award_by": opening_at + timedelta(days=7)}
    tendering.publish_call(w[Role.OFFICER], process.ocid, at=OPENING, **call(w, **terms | {
        "clarification_at": OPENING + timedelta(days=20), "contract_start": (opening_at + timedelta(days=14)).date(),
        "contract_end": (opening_at + timedelta(days=60)).date()}))  # fmt: skip
    process = Process.objects.get(ocid=process.ocid)
    found = sealed_by(w, process, 0, out=tmp_path)
    assert found.manifest.reveal_by == "2021-01"
    assert submit(w, process, 0, found.manifest_bytes).event.reveal_by == "2021-01"


def test_a_withdrawal_with_its_receipt_is_logged(w, process):
    mine = bid(w, process, 0, "54.90", at=RECEIVED, documents=[("Ficha", pdf())])
    entry = withdraw(w, process, 0, mine, at=RECEIVED + timedelta(hours=1))
    assert entry.kind == "envelope.logged"
    assert [row.state for row in rows_of(process)] == ["closed", "closed"]
    assert rows_of(process)[1].files == []
    assert Supplier.objects.get(key=w.suppliers[0].supplier_key).rfc not in str(rows_of(process)[1].locked)
