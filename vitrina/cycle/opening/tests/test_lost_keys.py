# SPDX-License-Identifier: Apache-2.0
"""Lost keys: too few openers can give theirs, and the bidder's own backup opens the same envelope, proven to be it.

Specification: sealed bids, sections 1 (promise 3), 8 and 10.
"""

from datetime import date, timedelta

import pytest

from tests.worlds.base import local, world
from tests.worlds.bidding import RECEIVED, bid, reach_bidding, signed, withdraw
from tests.worlds.once import built_once, rolled_back
from tests.worlds.opening import CLOSED, KEYS, OPENED
from tests.worlds.sealing import asked, changed, event_of, events_of, give, kinds_of, rows_of, states_of
from tests.worlds.tendering import OPENING
from vitrina.cycle.bidding import envelope
from vitrina.cycle.bidding.queries import opened_bids
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.opening import commands as opening
from vitrina.cycle.opening.auditing import result_of
from vitrina.cycle.opening.queries import what_is_missing
from vitrina.cycle.tendering import commands as tendering
from vitrina.cycle.tendering.queries import openers_of
from vitrina.ledger.models import Entry
from vitrina.parties.roles import Role
from vitrina.sealed import objects
from vitrina.sealed.keys import identity, new_secret
from vitrina.sealed.signature import verify_record

whole = built_once(lambda: (w := world(), reach_bidding(w, offers={0: "54.90", 1: "51.30"})))
OPENERS = (Role.OFFICER, Role.OIC, Role.WITNESS)
HOUR = timedelta(hours=1)


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole[0]


@pytest.fixture
def process(w, whole):
    found = Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)
    opening.start(w[Role.OFFICER], found.ocid, at=OPENING)
    return found


def kept_by(w, process, who):
    """What a supplier keeps of its only bid of the purchase."""
    rfc = w.supplier_rows[who].rfc
    return next(s for s in w.kept.values() if s.manifest.ocid == process.ocid and s.manifest.supplier == rfc)


def present(w, process, who, sealed, at=KEYS, **more):
    arguments = {
        "data": sealed.manifest_bytes,
        "identity": sealed.identity,
        "claim": signed(w.suppliers[who], sealed.manifest_bytes, at),
    }
    return opening.present_backup(w.suppliers[who], process.ocid, at=at, **arguments | more)


def refusal(run, *arguments, **more):
    before = Entry.objects.count()
    with pytest.raises(Refused) as refused:
        run(*arguments, **more)
    assert Entry.objects.count() == before
    return refused.value.refusals[0].code


def open_bids(w, process):
    return opening.open_bids(w[Role.OFFICER], process.ocid, at=OPENED)


def cannot_read(w, process, role, round_name):
    """An opener says of every envelope that the key is lost."""
    shares = dict.fromkeys(asked(w, process, role, round_name), b"")
    return give(w, process, role, round_name, shares)


def test_when_too_few_give_the_second_key_the_bidders_own_opens_the_same_envelope(w, process):
    for role in (Role.OIC, Role.WITNESS):
        give(w, process, role, "custody")
    give(w, process, Role.OIC, "bids")  # and the witness's sheet burnt meanwhile
    for who in (0, 1):
        sealed = kept_by(w, process, who)
        entry = present(w, process, who, sealed)
        assert (entry.kind, entry.event.c) == ("backup.presented", sealed.c)
        assert entry.event.bidder.key == w.suppliers[who].supplier_key
    assert what_is_missing(process, OPENED) == []
    open_bids(w, process)
    assert [str(b.prices[1]) for b in opened_bids(process)] == ["54.90", "51.30"]
    for told in events_of(process, "bid.opened"):
        assert (told.by_backup, told.share_audit) == (True, (True, True, True))
        assert told.identity == w.kept[told.c].identity
    assert event_of(process, "envelopes.audited").findings == ()


def test_also_when_not_even_who_bid_can_be_read(w, process):
    for role in (Role.OIC, Role.WITNESS):
        cannot_read(w, process, role, "custody")  # two of three keys are lost
    give(w, process, Role.OFFICER, "custody")
    assert states_of(process) == ["closed", "closed"]
    sealed = kept_by(w, process, 0)
    present(w, process, 0, sealed)
    row = next(r for r in rows_of(process) if r.c == sealed.c)
    assert (row.state, row.supplier.key) == ("live", w.suppliers[0].supplier_key)
    shown = event_of(process, "envelope.revealed")
    assert (shown.c, shown.state) == (sealed.c, "live")
    assert verify_record(shown.signature, objects.PAYLOAD_TYPES["sobre/v1"], shown.object.encode())

    open_bids(w, process)  # all were heard: the other bidder did not come
    assert [b.bid_id for b in opened_bids(process)] == [sealed.c[:26]]
    assert event_of(process, "bids.opened").n_unrevealed == 1
    hidden = kept_by(w, process, 1).c
    assert event_of(process, "envelopes.audited").findings == (f"unexplained_leaf {hidden}",)


def test_while_an_opener_may_still_come_the_act_waits(w, process):
    give(w, process, Role.OIC, "custody")
    present(w, process, 0, kept_by(w, process, 0))
    assert refusal(open_bids, w, process) == "keys"
    present(w, process, 1, kept_by(w, process, 1))
    open_bids(w, process)  # nothing is left that a key would open
    assert len(opened_bids(process)) == 2


def test_keys_that_come_after_the_backup_change_nothing(w, process):
    present(w, process, 0, kept_by(w, process, 0))
    for role in (Role.OIC, Role.WITNESS):
        give(w, process, role, "custody")
        give(w, process, role, "bids")
    give(w, process, Role.OIC, "bids")
    assert states_of(process) == ["live", "live"]
    assert kinds_of(process).count("envelope.revealed") == 2
    open_bids(w, process)
    assert [e.by_backup for e in events_of(process, "bid.opened")] == [True, False]


def test_a_bidder_cannot_choose_among_its_bids_by_what_it_lets_be_read(w):
    """It brings the one that it had replaced; when the keys show the later one, the first stands no more."""
    process = reach_bidding(w, offers={})
    first = bid(w, process, 0, "40.00", at=RECEIVED)
    later = bid(w, process, 0, "60.00", at=RECEIVED + HOUR, replaces=first)
    gone = bid(w, process, 1, "51.30", at=RECEIVED)
    withdraw(w, process, 1, gone, at=RECEIVED + HOUR)
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    present(w, process, 0, first)
    present(w, process, 1, gone)
    assert states_of(process) == ["live", "closed", "live", "closed"]
    for role in (Role.OIC, Role.WITNESS):
        give(w, process, role, "custody")
    assert states_of(process) == ["superseded", "live", "withdrawn", "notice"]
    told = [(e.c, e.state) for e in events_of(process, "envelope.revealed")]
    assert told == [
        (first.c, "live"), (gone.c, "live"), (later.c, "live"), (rows_of(process)[3].c, "notice"),
        (first.c, "superseded"), (gone.c, "withdrawn"),
    ]  # fmt: skip
    for role in (Role.OIC, Role.WITNESS):
        give(w, process, role, "bids")
    open_bids(w, process)
    assert [b.bid_id for b in opened_bids(process)] == [later.c[:26]]
    assert event_of(process, "envelopes.audited").findings == ()


def test_a_bidder_who_hides_its_later_bid_behind_lost_keys_is_found_by_the_audit(w):
    process = reach_bidding(w, offers={})
    first = bid(w, process, 0, "40.00", at=RECEIVED)
    later = bid(w, process, 0, "60.00", at=RECEIVED + HOUR, replaces=first)
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)
    for role in OPENERS:
        cannot_read(w, process, role, "custody")
    present(w, process, 0, first)
    open_bids(w, process)
    assert event_of(process, "envelopes.audited").findings == (f"unexplained_leaf {later.c}",)
    assert "unexplained_leaf" in {f.code for f in result_of(process, "2020-12").findings}


def test_the_deadline_may_have_moved_to_another_month_since_it_was_sealed(w):
    process = reach_bidding(w, offers={0: "54.90"})
    tendering.suspend(w[Role.OIC], process.ocid, at=RECEIVED + HOUR, authority="OIC", reason="Denuncia")
    later = OPENING + timedelta(days=28)
    tendering.resume(
        w[Role.OIC], process.ocid, at=RECEIVED + 2 * HOUR, reason="Se levantó.", opening_at=later,
        award_by=local(2020, 11, 24, 12), contract_start=date(2020, 12, 1), contract_end=date(2021, 1, 31),
    )  # fmt: skip
    opening.start(w[Role.OFFICER], process.ocid, at=later)
    present(w, process, 0, kept_by(w, process, 0), at=later)
    assert states_of(process) == ["live"]


# what is no backup


def test_another_key_is_refused_and_so_is_what_is_no_key(w, process):
    sealed = kept_by(w, process, 0)
    for wrong, code in (
        (identity(new_secret()), "identity"),
        (kept_by(w, process, 1).identity, "identity"),
        (sealed.identity[:-1], "identity"),
        (sealed.identity.lower() + "x", "identity"),
        ("", "identity"),
        ("x" * 100_000, "identity"),
    ):
        assert refusal(present, w, process, 0, sealed, identity=wrong) == code
    assert states_of(process) == ["closed", "closed"]  # the manifest that came with it was not revealed either


def test_a_key_that_differs_in_a_bit_that_the_public_half_does_not_show_is_refused(w, process):
    """Trap 1 of the specification: five single-bit changes give the same public key."""
    sealed = kept_by(w, process, 0)
    for bit in (0, 1, 2, 254, 255):
        secret = bytearray(sealed.secret)
        secret[bit // 8] ^= 1 << bit % 8
        assert refusal(present, w, process, 0, sealed, identity=identity(bytes(secret))) == "identity"


def test_nobody_brings_the_key_of_anothers_envelope(w, process):
    sealed = kept_by(w, process, 0)
    assert refusal(present, w, process, 1, sealed) == "supplier"  # not even to reveal it
    for role in (Role.OIC, Role.WITNESS):
        give(w, process, role, "custody")
    assert refusal(present, w, process, 1, sealed) == "unknown"
    data = changed(sealed.manifest_bytes, supplier=w.supplier_rows[1].rfc)
    assert refusal(present, w, process, 1, sealed, data=data) == "unknown"


def test_only_what_the_log_of_this_purchase_holds_and_what_stands(w, process):
    sealed, other = kept_by(w, process, 0), reach_bidding(w, offers={0: "50.00"})
    elsewhere = kept_by(w, other, 0)
    assert refusal(present, w, process, 0, elsewhere) == "unknown"
    assert refusal(present, w, process, 0, sealed, data=b"{}") == "unknown"
    assert refusal(present, w, process, 0, sealed, data=changed(sealed.manifest_bytes, salt="0" * 64)) == "unknown"
    assert refusal(present, w, process, 0, sealed, claim=None) == "signature"
    late = bid(w, process, 0, "1.00", at=OPENING)
    assert refusal(present, w, process, 0, late) == "unknown"


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SUPPLIER, Role.OPERATOR}))
def test_no_official_brings_a_backup(w, process, role):
    sealed = kept_by(w, process, 0)
    arguments = {"at": KEYS, "data": sealed.manifest_bytes, "identity": sealed.identity}
    assert refusal(opening.present_backup, w[role], process.ocid, **arguments) == "role"


def test_not_before_the_act_nor_after_the_envelopes_were_opened(w, process):
    sealed = kept_by(w, process, 0)
    for role in OPENERS:
        cannot_read(w, process, role, "custody")
    open_bids(w, process)
    assert refusal(present, w, process, 0, sealed, at=OPENED) == "state"
    opening.close(w[Role.OFFICER], process.ocid, at=CLOSED)
    assert refusal(present, w, process, 0, sealed, at=CLOSED) == "state"


# who says that the key is lost


def test_who_cannot_read_the_share_is_not_waited_for_and_is_not_blamed(w, process):
    for role in (Role.OIC, Role.WITNESS):
        give(w, process, role, "custody")
    entry = cannot_read(w, process, Role.OIC, "bids")
    assert (entry.kind, entry.event.n, len(entry.event.unreadable)) == ("shares.given", 0, 2)
    assert "share.false" not in kinds_of(process)
    assert refusal(cannot_read, w, process, Role.OIC, "bids") == "nothing"
    give(w, process, Role.WITNESS, "bids")
    assert refusal(open_bids, w, process) == "keys"  # the officer may still come
    cannot_read(w, process, Role.OFFICER, "bids")
    assert what_is_missing(process, OPENED) == []
    open_bids(w, process)
    assert states_of(process) == ["unopenable"] * 2
    assert [e.reason for e in events_of(process, "bid.unopenable")] == ["no_keys"] * 2
    assert event_of(process, "envelopes.audited").findings == ()  # told one by one, with the reason
    opening.close(w[Role.OFFICER], process.ocid, at=CLOSED)
    minutes = event_of(process, "opening.closed")
    assert [(u.c, u.reason) for u in minutes.unopenable] == [(r.c, "no_keys") for r in rows_of(process)]
    assert [w.supplier_rows[n].name in text for n, text in enumerate(minutes.told())] == [True, True]


def test_who_found_the_sheet_again_gives_the_true_share(w, process):
    cannot_read(w, process, Role.OIC, "custody")
    give(w, process, Role.OIC, "custody")
    give(w, process, Role.WITNESS, "custody")
    assert states_of(process) == ["live", "live"]
    assert envelope.givers(process, "custody").keys() == {o.pk for o in openers_of(process) if o.x in (2, 3)}
