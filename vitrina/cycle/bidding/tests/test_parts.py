# SPDX-License-Identifier: Apache-2.0
"""The files of an envelope follow in parts: only those that it promised, byte for byte, in any order, until the grace.

Specification: sealed bids, section 5, step 6.
"""

from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.worlds.base import world
from tests.worlds.bidding import RECEIVED, bid
from tests.worlds.clarifying import reach_clarifying
from tests.worlds.once import built_once, rolled_back
from tests.worlds.opening import give_keys, hold_act
from tests.worlds.sealing import events_of, rows_of, sealed_by, states_of, submit
from tests.worlds.tendering import OPENING
from vitrina.cycle.bidding import commands as bidding
from vitrina.cycle.bidding import vault
from vitrina.cycle.bidding.queries import grace_end, opened_bids, upload_until
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.opening import commands as opening
from vitrina.parties.roles import Role

whole = built_once(lambda: (w := world(), reach_clarifying(w)))
GRACE = timedelta(minutes=30)
LARGE = ("planos.pdf", "application/pdf", b"%PDF-1.7\n" + bytes(9 * 1024 * 1024))  # two parts


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.SEALED_DIR = tmp_path / "sealed"
    return settings.SEALED_DIR


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole[0]


@pytest.fixture
def process(w, whole):
    return Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)


@pytest.fixture
def sealed(w, process, tmp_path):
    """A bid that is logged, its files not sent yet."""
    found = sealed_by(w, process, 0, out=tmp_path / "own", documents=[LARGE])
    submit(w, process, 0, found.manifest_bytes)
    return found


def parts_of(sealed):
    """Digest -> bytes of every part that an envelope promised, in order."""
    found = {}
    for file, path in zip(sealed.manifest.files, sealed.files, strict=True):
        data = path.read_bytes()
        found |= {p: data[n * vault.PART_BYTES : (n + 1) * vault.PART_BYTES] for n, p in enumerate(file.parts)}
    return found


def send(sealed, sha256, data, at=RECEIVED):
    return bidding.receive_part(sealed.c, sha256, BytesIO(data), at=at)


def refusal(*arguments, **more):
    with pytest.raises(Refused) as refused:
        send(*arguments, **more)
    return refused.value.codes


def test_it_is_complete_when_the_last_of_its_parts_has_come_in_any_order(process, sealed):
    parts = parts_of(sealed)
    assert len(parts) == 4  # index, answers, two of the document
    left = set(parts)
    for sha256, data in reversed(parts.items()):
        left.discard(sha256)
        assert set(send(sealed, sha256, data)) == left
    assert vault.missing(rows_of(process)[0].files) == []


def test_it_goes_on_where_it_was_cut(process, sealed, folder):
    parts = parts_of(sealed)
    first, *rest = parts
    send(sealed, first, parts[first])
    assert refusal(sealed, rest[0], parts[rest[0]][:-1]) == ["bytes"]  # the line was cut
    assert vault.missing(rows_of(process)[0].files) == rest
    for sha256 in rest:
        send(sealed, sha256, parts[sha256])
    assert vault.missing(rows_of(process)[0].files) == []
    assert {p.name for p in folder.rglob("*") if p.is_file()} == set(parts)  # nothing half-written stays


def test_a_part_sent_again_changes_nothing(sealed):
    sha256, data = next(iter(parts_of(sealed).items()))
    send(sealed, sha256, data)
    kept = vault.path_of(sha256).stat()
    assert send(sealed, sha256, b"other bytes, which nobody reads") == send(sealed, sha256, data)
    assert vault.path_of(sha256).stat() == kept


@pytest.mark.parametrize("wrong", ["a byte changed", "a byte more", "nothing", "more than a part", "another part"])
def test_other_bytes_are_refused_and_leave_no_file(sealed, folder, wrong):
    parts = parts_of(sealed)
    sha256 = sealed.manifest.files[2].parts[0]
    data = parts[sha256]
    assert len(data) == vault.PART_BYTES
    other = {
        "a byte changed": data[:100] + bytes([data[100] ^ 1]) + data[101:],
        "a byte more": data + b"x",
        "nothing": b"",
        "more than a part": data * 2,
        "another part": parts[sealed.manifest.files[2].parts[1]],
    }[wrong]
    assert refusal(sealed, sha256, other) == ["bytes"]
    assert [p for p in folder.rglob("*") if p.is_file()] == []


def test_a_part_that_was_not_promised_is_refused_and_not_even_read(w, process, sealed, tmp_path, folder):
    class Unread:
        def read(self, _n):
            raise AssertionError("it was read")

    other = sealed_by(w, process, 1, out=tmp_path / "b")
    not_logged = other.manifest.files[0].parts[0]
    for c, sha256 in ((sealed.c, not_logged), (other.c, not_logged), (sealed.c, "0" * 64), ("0" * 64, not_logged),
                      (sealed.c, "../../../etc/passwd"), (sealed.c, "")):  # fmt: skip
        with pytest.raises(Refused) as refused:
            bidding.receive_part(c, sha256, Unread(), at=RECEIVED)
        assert refused.value.codes == ["part"]
    assert not folder.exists() or [p for p in folder.rglob("*") if p.is_file()] == []
    # a part of one envelope is not one of another, though both are logged
    submit(w, process, 1, other.manifest_bytes)
    assert refusal(sealed, not_logged, other.files[0].read_bytes()) == ["part"]


def test_receiving_a_part_writes_no_row(sealed):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        for sha256, data in parts_of(sealed).items():
            send(sealed, sha256, data)
    assert queries and all(q["sql"].startswith("SELECT") for q in queries)
    assert not any("FOR UPDATE" in q["sql"] or "FOR SHARE" in q["sql"] for q in queries)


def test_the_rule_gives_half_an_hour(process):
    assert grace_end(process) == OPENING + GRACE
    assert upload_until(process) is None  # before the act begins


@pytest.mark.parametrize(
    ("begins", "until"),
    [(timedelta(0), GRACE), (timedelta(minutes=10), GRACE), (timedelta(hours=5), timedelta(hours=5))],
)
def test_files_are_taken_until_the_grace_is_over_and_the_act_has_begun(w, process, sealed, begins, until):
    *early, (last, data) = parts_of(sealed).items()
    send(sealed, *early[0], at=OPENING + timedelta(minutes=29))
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING + begins)
    assert upload_until(process) == OPENING + until
    if begins < GRACE:
        send(sealed, *early[1], at=OPENING + until - timedelta(microseconds=1))
    assert refusal(sealed, last, data, at=OPENING + until) == ["late"]
    assert not vault.has(last)
    # what is there already may be named again, and changes nothing
    assert refusal(sealed, early[0][0], early[0][1], at=OPENING + until) == ["late"]


def test_before_the_grace_is_over_the_act_waits_for_files_and_after_it_goes_on(w, process, sealed):
    received = bid(w, process, 1, "51.30", at=RECEIVED)
    officer = w[Role.OFFICER]
    opening.start(officer, process.ocid, at=OPENING)
    give_keys(w, process, at=OPENING + timedelta(minutes=7))
    with pytest.raises(Refused) as refused:
        opening.open_bids(officer, process.ocid, at=OPENING + timedelta(minutes=29))
    assert refused.value.codes == ["keys"]
    assert "11:30" in refused.value.refusals[0].message

    opening.open_bids(officer, process.ocid, at=OPENING + GRACE)
    assert states_of(process) == ["unopenable", "opened"]
    assert [e.reason for e in events_of(process, "bid.unopenable")] == ["not_received"]
    assert [b.bid_id for b in opened_bids(process)] == [received.c[:26]]


def test_files_that_come_within_the_grace_though_the_keys_were_given_are_opened(w, process, sealed):
    officer = w[Role.OFFICER]
    opening.start(officer, process.ocid, at=OPENING)
    give_keys(w, process, at=OPENING + timedelta(minutes=7))
    for sha256, data in parts_of(sealed).items():
        send(sealed, sha256, data, at=OPENING + timedelta(minutes=20))
    opening.open_bids(officer, process.ocid, at=OPENING + timedelta(minutes=21))
    assert states_of(process) == ["opened"]
    (document,) = opened_bids(process)[0].documents
    assert document.size == len(LARGE[2])


def test_a_large_file_opens_to_what_was_sealed_and_leaves_no_plain_copy(w, process, sealed, folder):
    for sha256, data in parts_of(sealed).items():
        send(sealed, sha256, data)
    hold_act(w, process)
    assert states_of(process) == ["opened"]
    inside = {p.name for p in folder.rglob("*") if p.is_file()}
    assert inside == set(parts_of(sealed)) | {sealed.manifest.files[2].sha256}
    assert not any(b"%PDF" in Path(p).read_bytes()[:8] for p in folder.rglob("*") if p.is_file())
