# SPDX-License-Identifier: Apache-2.0
"""An administrator cheats by SQL and on the disk: the act does not follow, or the audit finds it.

The five cheats of the audit: drop, late insertion, hidden leaf, "that was a decoy", changed ciphertext; and what else
somebody with the database in hand could try. Specification: sealed bids, sections 1 (promises 4 and 5) and 9.
"""

import base64
import json
import shutil
from datetime import timedelta

import pytest
from django.db import connection

from tests.worlds.base import world
from tests.worlds.bidding import RECEIVED, bid, reach_bidding, withdraw
from tests.worlds.once import built_once, rolled_back
from tests.worlds.opening import CLOSED, KEYS, OPENED
from tests.worlds.sealing import event_of, events_of, give, rows_of, states_of
from tests.worlds.tendering import OPENING
from vitrina.cycle.bidding import commands as bidding
from vitrina.cycle.bidding import envelope, vault
from vitrina.cycle.bidding.events import EnvelopeLogged
from vitrina.cycle.bidding.models import Decoy, Envelope
from vitrina.cycle.bidding.queries import opened_bids
from vitrina.cycle.core.models import Process
from vitrina.cycle.opening import commands as opening
from vitrina.cycle.opening.auditing import leaves_of, result_of
from vitrina.cycle.tendering.openers import panel_for_seal
from vitrina.cycle.tendering.queries import openers_of
from vitrina.kernel import ids
from vitrina.kernel.canonical import canonical
from vitrina.ledger.append import append
from vitrina.ledger.models import Entry
from vitrina.ledger.sequencer import catch_up
from vitrina.ledger.verify import verify
from vitrina.parties.roles import Role
from vitrina.sealed import custody, objects
from vitrina.sealed.audit import Revealed, audit
from vitrina.sealed.opening import decrypt_share
from vitrina.sealed.signature import verify_record
from vitrina.site.demo.keys import identity_of

whole = built_once(lambda: (w := world(), reach_bidding(w, offers={0: "54.90", 1: "51.30", 2: "57.75"})))
MONTH_AFTER = "2020-12"  # the envelopes must be explained by November


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole[0]


@pytest.fixture
def process(w, whole, settings, tmp_path):
    """The purchase; what it has on the disk lies where this test alone writes."""
    here = tmp_path / "sealed"
    logged = set(Envelope.objects.values_list("c", flat=True))
    for sealed in (s for s in w.kept.values() if s.c in logged):
        for file in sealed.manifest.files:
            source = vault.path_of(file.sha256)
            (here / file.sha256[:2]).mkdir(parents=True, exist_ok=True)
            shutil.copy(source, here / file.sha256[:2] / file.sha256)
    settings.SEALED_DIR = here
    return Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)


def bid_of(w, process, who):
    rfc = w.supplier_rows[who].rfc
    return next(s for s in w.kept.values() if (s.manifest.ocid, s.manifest.supplier) == (process.ocid, rfc))


def start(w, process):
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)


def reveal(w, process):
    for role in (Role.OIC, Role.WITNESS):
        give(w, process, role, "custody")


def finish(w, process, *, bids=True):
    if bids:
        for role in (Role.OIC, Role.WITNESS):
            give(w, process, role, "bids")
    opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENED)
    opening.close(w[Role.OFFICER], process.ocid, at=CLOSED)


def found_in_the_act(process):
    """The findings that the act itself wrote down, in public."""
    return set(event_of(process, "envelopes.audited").findings)


def found_by_the_audit(process, month=MONTH_AFTER):
    """(code, digest) of every finding of the audit that anybody runs once the month is over."""
    return {(f.code, f.c) for f in result_of(process, month).findings}


def sql(text, arguments=()):
    with connection.cursor() as cursor:
        cursor.execute(text, arguments)
        return cursor.rowcount


def test_an_honest_act_has_no_finding(w, process):
    start(w, process)
    reveal(w, process)
    finish(w, process)
    assert found_in_the_act(process) == set()
    assert found_by_the_audit(process) == set()
    # the same from the public ledger alone, as an outsider runs it
    shown = {e.event.c: e.event for e in Entry.objects.filter(kind="envelope.revealed")}
    leaves = leaves_of(process)
    reveals = {i: Revealed(json.loads(shown[leaf["c"]].object), shown[leaf["c"]].signature) for i, leaf in leaves}
    opened = [e.c for e in events_of(process, "bid.opened")]
    deadline = Entry.objects.get(stream=process.stream, kind="reception.closed").pk

    def holds(found, record):
        return verify_record(record, objects.PAYLOAD_TYPES[found["type"]], canonical(dict(found)))

    assert audit(leaves, reveals, deadline, opened, holds, ocid=process.ocid, month=MONTH_AFTER) == []


# drop


def test_dropped_an_envelope_whose_row_is_deleted_stays_in_the_log_unexplained(w, process):
    victim = bid_of(w, process, 1)
    sql("DELETE FROM bidding_envelope WHERE c = %s", [victim.c])
    start(w, process)
    reveal(w, process)
    finish(w, process)
    assert len(opened_bids(process)) == 2
    assert event_of(process, "envelopes.audited").n_waiting == 1  # told at once, though its month is not over
    assert found_by_the_audit(process) == {("unexplained_leaf", victim.c)}


@pytest.mark.parametrize("state", ["superseded", "withdrawn", "late", "notice", "unopenable"])
def test_dropped_a_bid_that_stands_and_is_told_as_another_state(w, process, state):
    victim = bid_of(w, process, 1)
    start(w, process)
    reveal(w, process)
    assert sql("UPDATE bidding_envelope SET state = %s WHERE c = %s", [state, victim.c]) == 1
    finish(w, process)
    assert victim.c[:26] not in {b.bid_id for b in opened_bids(process)}
    assert f"bid_not_opened {victim.c}" in found_in_the_act(process)
    assert found_by_the_audit(process) == {("bid_not_opened", victim.c)}


def test_dropped_from_the_ledger_itself(w, process):
    catch_up()
    victim = bid_of(w, process, 1)
    entry = Entry.objects.get(kind="envelope.logged", body__contains=victim.c)
    assert verify().finding is None
    sql("DELETE FROM bidding_envelope WHERE c = %s", [victim.c])
    sql("SET LOCAL session_replication_role = replica")  # no trigger guards the ledger any more
    sql("DELETE FROM ledger_position WHERE entry_id = %s", [entry.pk])
    sql("DELETE FROM ledger_outbox WHERE entry_id = %s", [entry.pk])
    sql("DELETE FROM ledger_entry WHERE id = %s", [entry.pk])
    sql("SET LOCAL session_replication_role = DEFAULT")
    assert verify().finding is not None


# late insertion


def late_bid(w, process):
    start(w, process)
    return bid(w, process, 0, "1.00", at=OPENING)


def test_a_late_bid_that_is_told_as_one_that_stands(w, process):
    late = late_bid(w, process)
    reveal(w, process)
    assert states_of(process)[-1] == "late"
    sql("UPDATE bidding_envelope SET state = 'live' WHERE c = %s", [late.c])
    finish(w, process)
    assert late.c[:26] in {b.bid_id for b in opened_bids(process)}
    assert f"opened_not_eligible {late.c}" in found_in_the_act(process)
    assert found_by_the_audit(process) == {("opened_not_eligible", late.c)}


def test_a_late_bid_moved_to_the_place_of_a_decoy_that_came_in_time(w, process):
    bidding.tend(RECEIVED)
    bidding.tend(OPENING - timedelta(seconds=1))
    decoy = Decoy.objects.exclude(entry=None).first()
    late = late_bid(w, process)
    sql("UPDATE bidding_envelope SET entry_id = %s WHERE c = %s", [decoy.entry_id, late.c])
    reveal(w, process)
    finish(w, process)
    assert f"opened_not_eligible {late.c}" in found_in_the_act(process)


def test_a_second_deadline_that_nobody_called_for(w, process):
    """The reception is closed once more, behind the late bid: what counts is the first, and the ledger holds both."""
    late = late_bid(w, process)
    closing = Entry.objects.get(stream=process.stream, kind="reception.closed")
    append(process.stream, closing.event, actor=w[Role.OFFICER].signer, at=OPENING)
    reveal(w, process)
    finish(w, process)
    assert [e.deadline for e in events_of(process, "reception.closed")] == [OPENING, OPENING]
    states = {row.c: row.state for row in rows_of(process)}
    assert states[late.c] == "late"


@pytest.mark.parametrize("state", ["superseded", "withdrawn"])
def test_a_bid_that_was_replaced_or_withdrawn_is_not_revived(w, process, state):
    former = bid_of(w, process, 0)
    if state == "superseded":
        bid(w, process, 0, "60.00", at=RECEIVED + timedelta(hours=1), replaces=former)
    else:
        withdraw(w, process, 0, former, at=RECEIVED + timedelta(hours=1))
    start(w, process)
    reveal(w, process)
    sql("UPDATE bidding_envelope SET state = 'live' WHERE c = %s AND state = %s", [former.c, state])
    finish(w, process)
    assert f"opened_not_eligible {former.c}" in found_in_the_act(process)


# hidden leaf


def test_a_leaf_that_is_laid_to_be_explained_later_at_choice(w, process):
    c = ids.token(32)
    append(
        "sobre:oculto",
        EnvelopeLogged(c=c, reveal_by="2020-11"),
        actor=w[Role.OFFICER].signer,
        at=RECEIVED,
    )
    start(w, process)
    reveal(w, process)
    finish(w, process)
    assert event_of(process, "envelopes.audited").n_waiting == 1
    assert found_by_the_audit(process) == {("unexplained_leaf", c)}


@pytest.mark.parametrize("damage", ["blob", "shares", "commit", "other", "no json"])
def test_a_custody_that_is_damaged_hides_nothing_and_does_not_stop_the_act(w, process, damage):
    victim = bid_of(w, process, 1)
    row = Envelope.objects.get(c=victim.c)
    locked = json.loads(json.dumps(row.locked))
    if damage == "blob":
        raw = bytearray(base64.b64decode(locked["blob"]))
        raw[-1] ^= 1
        locked["blob"] = base64.b64encode(raw).decode()
    elif damage == "shares":
        locked["shares"][1]["age"] = locked["shares"][0]["age"]
        locked["shares"][2]["age"] = locked["shares"][0]["age"]
        locked["shares"][0]["age"] = base64.b64encode(b"no age file").decode()
    elif damage == "commit":
        locked["key_commit"] = "0" * 64
    elif damage == "other":
        locked = Envelope.objects.get(c=bid_of(w, process, 2).c).locked
    else:
        panel = panel_for_seal(process)
        locked = custody.lock(b'{"object":{}}', ocid=process.ocid, panel=panel, k=2)
    Envelope.objects.filter(pk=row.pk).update(locked=locked)
    start(w, process)
    for role in (Role.OFFICER, Role.OIC, Role.WITNESS):
        _give_what_can_be_read(w, process, role, "custody")
    # whose envelope stands cannot be known before all are read: every opener was heard, and the act goes on
    opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENED)
    assert f"unexplained_leaf {victim.c}" in found_in_the_act(process)
    assert ("unexplained_leaf", victim.c) in found_by_the_audit(process)


def _give_what_can_be_read(w, process, role, round_name):
    opener = next(o for o in openers_of(process) if o.person_id == w[role].person_id)
    shares = {}
    for wanted in envelope.wanted_of(opener, round_name):
        try:
            shares[wanted.c] = decrypt_share(identity_of(w[role]), wanted.age)
        except ValueError:
            shares[wanted.c] = b""
    if shares:
        opening.give_shares(w[role], process.ocid, at=KEYS, round=round_name, shares=shares)


# that was a decoy


def test_an_envelope_that_is_told_as_a_decoy(w, process):
    victim = bid_of(w, process, 1)
    row = Envelope.objects.get(c=victim.c)
    entry = row.entry
    row.delete()
    Decoy.objects.create(
        c=victim.c, process=process, reveal_by="2020-11", salt=ids.token(32), due_at=RECEIVED, entry=entry,
        is_revealed=True,
    )  # fmt: skip
    start(w, process)
    reveal(w, process)
    finish(w, process)
    assert f"false_reveal {victim.c}" in found_in_the_act(process)
    assert found_by_the_audit(process) == {("false_reveal", victim.c)}


def test_what_the_platform_lays_open_as_a_decoy_must_have_the_digest_of_the_leaf(w, process):
    victim = bid_of(w, process, 1)
    entry = Envelope.objects.get(c=victim.c).entry
    Envelope.objects.filter(c=victim.c).delete()
    Decoy.objects.create(
        c=victim.c, process=process, reveal_by="2020-11", salt=ids.token(32), due_at=RECEIVED, entry=entry
    )
    bidding.tend(CLOSED + timedelta(days=60))
    (text,) = Entry.objects.get(kind="decoys.revealed").event.objects
    assert objects.reveal_digest(text.encode()) != victim.c  # anybody sees it
    assert ("false_reveal", victim.c) in found_by_the_audit(process)


# changed ciphertext
