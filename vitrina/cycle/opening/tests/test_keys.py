# SPDX-License-Identifier: Apache-2.0
"""Keys in the act: fewer than are needed open nothing, as many as are needed open all, and a false one names its giver.

Specification: sealed bids, sections 8 and 10.
"""

import hashlib
from datetime import timedelta
from itertools import combinations

import pytest

from tests.worlds.base import world
from tests.worlds.bidding import RECEIVED, bid, reach_bidding, withdraw
from tests.worlds.once import built_once, rolled_back
from tests.worlds.opening import KEYS, OPENED, give_keys, give_shares
from tests.worlds.sealing import asked, event_of, events_of, flipped, give, kinds_of, rows_of, states_of
from tests.worlds.tendering import OPENING
from vitrina.cycle.bidding import envelope
from vitrina.cycle.bidding.models import PostedShare, Unsealed
from vitrina.cycle.bidding.queries import opened_bids
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.opening import commands as opening
from vitrina.cycle.opening.queries import what_is_missing
from vitrina.cycle.tendering.queries import openers_of
from vitrina.kernel.canonical import canonical
from vitrina.ledger.models import Entry
from vitrina.parties import commands as parties
from vitrina.parties import signing
from vitrina.parties.actors import actor_of
from vitrina.parties.roles import Role
from vitrina.sealed import custody, objects
from vitrina.sealed.errors import Unopenable
from vitrina.sealed.opening import decrypt_share, recover
from vitrina.sealed.shares import combine, key_commit
from vitrina.site.demo.authority import demo_claim
from vitrina.site.demo.keys import identity_of

whole = built_once(lambda: (w := world(), reach_bidding(w, offers={0: "54.90", 1: "51.30"})))
OPENERS = (Role.OFFICER, Role.OIC, Role.WITNESS)


@pytest.fixture
def w(whole):
    with rolled_back():
        yield whole[0]


@pytest.fixture
def process(w, whole):
    found = Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)
    opening.start(w[Role.OFFICER], found.ocid, at=OPENING)
    return found


def refusal(run, *arguments, **more):
    before = Entry.objects.count()
    with pytest.raises(Refused) as refused:
        run(*arguments, **more)
    assert Entry.objects.count() == before
    return refused.value.refusals[0]


def open_bids(w, process, at=OPENED):
    return opening.open_bids(w[Role.OFFICER], process.ocid, at=at)


@pytest.mark.parametrize("alone", OPENERS)
def test_one_key_opens_nothing_and_tells_nothing(w, process, alone):
    give(w, process, alone, "custody")
    assert (states_of(process), kinds_of(process).count("envelope.revealed")) == (["closed"] * 2, 0)
    assert asked(w, process, alone, "bids") == {}
    for row in rows_of(process):
        assert envelope.unlock(row) is None
        (share,) = envelope.true_shares(row, "custody")
        with pytest.raises(Unopenable, match="1 of 2"):
            custody.unlock(row.locked, process.ocid, [share])
        # nor does it lead to the key by itself, nor with a share that one makes up
        ctx = f"{process.ocid}/{row.locked['recipient']}"
        guesses = [combine([share, bytes([n]) * 32 + bytes([x])]) for n in range(20) for x in (4, 5)]
        assert row.locked["key_commit"] not in {key_commit(ctx, s) for s in [*guesses, share[:32]]}
    assert refusal(open_bids, w, process).code == "keys"
    assert "1" in what_is_missing(process, OPENED)[0] and "2" in what_is_missing(process, OPENED)[0]


@pytest.mark.parametrize("alone", OPENERS)
def test_one_key_of_the_second_round_opens_nothing(w, process, alone):
    for role in (Role.OIC, Role.WITNESS):
        give(w, process, role, "custody")
    give(w, process, alone, "bids")
    assert refusal(open_bids, w, process).code == "keys"
    assert not Unsealed.objects.exists()
    for row in envelope.live_of(process):
        with pytest.raises(Unopenable, match="1 of 2"):
            recover(objects.parse(row.object.encode()), envelope.true_shares(row, "bids"))


@pytest.mark.parametrize("present", list(combinations(OPENERS, 2)) + [OPENERS])
def test_any_two_open_all_and_the_third_may_stay_away(w, process, present):
    give_keys(w, process, at=KEYS, roles=present)
    open_bids(w, process)
    assert [str(b.prices[1]) for b in opened_bids(process)] == ["54.90", "51.30"]
    for told in events_of(process, "bid.opened"):
        assert told.share_audit == (True, True, True)
        assert len(told.shares) == min(len(present), 3)
        assert told.identity == w.kept[told.c].identity


def test_two_may_give_both_rounds_one_after_the_other_or_in_turns(w, process):
    give(w, process, Role.OIC, "custody")
    assert give(w, process, Role.OIC, "bids") is None  # nobody knows yet which envelopes stand
    give(w, process, Role.OFFICER, "custody")
    give(w, process, Role.OFFICER, "bids")
    give(w, process, Role.WITNESS, "bids")  # who did not give the first may give the second
    open_bids(w, process)
    assert len(opened_bids(process)) == 2


@pytest.mark.parametrize("round_name", ["custody", "bids"])
def test_a_false_share_is_named_with_both_values_that_anybody_recomputes(w, process, round_name):
    if round_name == "bids":
        for role in (Role.OIC, Role.WITNESS):
            give(w, process, role, "custody")
    true = asked(w, process, Role.WITNESS, round_name)
    c = next(iter(true))
    false = true | {c: flipped(true[c])}
    give(w, process, Role.WITNESS, round_name, false)

    told = event_of(process, "share.false")
    opener = next(o for o in openers_of(process) if o.role == Role.WITNESS)
    assert (told.opener, told.name, told.role, told.round, told.c) == (
        opener.key_id, opener.name, Role.WITNESS, round_name, c,
    )  # fmt: skip
    # as anybody does it, with nothing but what is public
    computed = hashlib.sha256(f"sobre/v1/share\n{told.ctx}\n".encode() + bytes.fromhex(told.share)).hexdigest()
    assert computed == told.found != told.expected
    row = next(r for r in rows_of(process) if r.c == c)
    if round_name == "bids":
        manifest = objects.parse(row.object.encode())
        assert told.ctx == manifest.ctx
        assert told.expected == next(s.commit for s in manifest.shares if s.opener == told.opener)
    else:
        assert told.expected == next(s["commit"] for s in row.locked["shares"] if s["opener"] == told.opener)
    # it was not taken: what the two others give opens all the same
    assert PostedShare.objects.filter(is_true=False).count() == 1
    assert event_of(process, "shares.given").n == 1
    give_keys(w, process, at=KEYS, roles=(Role.OFFICER, Role.OIC))
    open_bids(w, process)
    assert len(opened_bids(process)) == 2
    assert event_of(process, "envelopes.audited").findings == ()


def test_who_gave_a_false_share_may_give_the_true_one_and_not_the_reverse(w, process):
    true = asked(w, process, Role.OIC, "custody")
    give(w, process, Role.OIC, "custody", {c: flipped(share) for c, share in true.items()})
    assert kinds_of(process).count("share.false") == 2 and "shares.given" not in kinds_of(process)
    give(w, process, Role.OIC, "custody", true)
    assert event_of(process, "shares.given").n == 2
    again = refusal(give, w, process, Role.OIC, "custody", {c: flipped(share) for c, share in true.items()})
    assert again.code == "nothing"
    assert kinds_of(process).count("share.false") == 2


@pytest.mark.parametrize("round_name", ["custody", "bids"])
def test_the_same_false_share_is_told_once_and_another_one_again(w, process, round_name):
    if round_name == "bids":
        for role in (Role.OFFICER, Role.OIC):
            give(w, process, role, "custody")
    true = asked(w, process, Role.WITNESS, round_name)
    false = {c: flipped(share) for c, share in true.items()}
    give(w, process, Role.WITNESS, round_name, false)
    for _ in range(2):
        assert refusal(give, w, process, Role.WITNESS, round_name, false).code == "nothing"
    assert kinds_of(process).count("share.false") == 2
    c = next(iter(true))
    give(w, process, Role.WITNESS, round_name, false | {c: bytes(32) + true[c][-1:]})
    assert kinds_of(process).count("share.false") == 3
    give(w, process, Role.WITNESS, round_name, true)
    assert event_of(process, "shares.given").n == 2


def test_false_shares_of_all_stop_the_act_with_nothing_opened(w, process):
    for role in OPENERS:
        true = asked(w, process, role, "custody")
        give(w, process, role, "custody", {c: flipped(share) for c, share in true.items()})
    assert states_of(process) == ["closed"] * 2
    # nobody else can be waited for: the minutes say what could not be read
    open_bids(w, process)
    counted, audited = event_of(process, "bids.opened"), event_of(process, "envelopes.audited")
    assert (counted.n_bids, counted.n_unrevealed) == (0, 2)
    assert sorted(audited.findings) == sorted(f"unexplained_leaf {row.c}" for row in rows_of(process))


def test_another_openers_share_is_false_in_ones_own_place(w, process):
    others = asked(w, process, Role.OFFICER, "custody")
    give(w, process, Role.WITNESS, "custody", others)
    assert kinds_of(process).count("share.false") == 2
    assert states_of(process) == ["closed"] * 2
    give(w, process, Role.OFFICER, "custody")
    assert states_of(process) == ["closed"] * 2  # two times the same share is one


def test_a_page_that_is_loaded_again_goes_on_where_it_was(w, process):
    shares = asked(w, process, Role.OIC, "custody")
    first, *rest = shares
    give(w, process, Role.OIC, "custody", {first: shares[first]})  # the line was cut after one
    assert set(asked(w, process, Role.OIC, "custody")) == set(rest)
    give(w, process, Role.OIC, "custody", shares)  # the page gives all anew: what was given is left aside
    assert [e.n for e in events_of(process, "shares.given")] == [1, 1]
    assert asked(w, process, Role.OIC, "custody") == {}
    assert refusal(give, w, process, Role.OIC, "custody", shares).code == "nothing"
    give(w, process, Role.WITNESS, "custody")
    give_keys(w, process, at=KEYS)
    open_bids(w, process)
    assert len(opened_bids(process)) == 2


def test_the_officer_may_try_again_and_again_until_the_keys_are_in(w, process):
    assert refusal(open_bids, w, process).code == "keys"
    give_keys(w, process, at=KEYS, roles=(Role.OIC,))
    assert refusal(open_bids, w, process).code == "keys"
    give_keys(w, process, at=KEYS, roles=(Role.WITNESS,))
    assert refusal(open_bids, w, process).code == "keys"  # one of two for the second round
    give_keys(w, process, at=KEYS, roles=(Role.OIC,))
    open_bids(w, process)
    assert refusal(open_bids, w, process).code == "state"


@pytest.mark.parametrize(
    ("round_name", "shares", "code"),
    [
        ("custody", {}, "nothing"), ("custody", {"0" * 64: b"\1" * 33}, "nothing"), ("bids", {}, "nothing"),
        ("other", {}, "round"), ("", {}, "round"), ("custody", {"0" * 64: b"\1" * 32}, "share"),
        ("custody", {"0" * 64: b"\1" * 34}, "share"), ("custody", {"0" * 64: b"\1" * 1_000_000}, "share"),
        ("custody", {"no such": b"\1" * 33}, "nothing"), ("custody", {"": b""}, "nothing"),
    ],
)  # fmt: skip
def test_what_is_no_share_is_refused(w, process, round_name, shares, code):
    assert refusal(give, w, process, Role.OIC, round_name, shares or {"x": b""}).code in {code, "nothing"}
    found = refusal(opening.give_shares, w[Role.OIC], process.ocid, at=KEYS, round=round_name, shares=shares)
    assert found.code == code


def test_who_holds_no_key_of_this_purchase_gives_none(w, process):
    other = parties.register_person(email="otro@vitrina.example", given_name="Olga", surname="Otra")
    actor = actor_of(parties.appoint(at=RECEIVED, person=other, role=Role.OIC, unit=w.buyer))
    shares = asked(w, process, Role.OIC, "custody")  # though he has the very shares
    found = refusal(opening.give_shares, actor, process.ocid, at=KEYS, round="custody", shares=shares)
    assert found.code == "opener"


@pytest.mark.parametrize("role", sorted(set(Role) - {*OPENERS, Role.OPERATOR}))
def test_no_other_office_gives_keys(w, process, role):
    found = refusal(opening.give_shares, w[role], process.ocid, at=KEYS, round="custody", shares={})
    assert found.code == "role"


def test_where_the_policy_asks_for_it_the_shares_are_signed(w, process, settings):
    settings.SIGNING_PROFILE = "elsewhere"
    shares = asked(w, process, Role.OIC, "custody")
    arguments = {"at": KEYS, "round": "custody", "shares": shares}
    assert refusal(opening.give_shares, w[Role.OIC], process.ocid, **arguments).code == "SIGNATURE_NEEDED"

    rfc, kind = w.people[Role.OIC].rfc, "vitrina/apertura/v1"
    body = opening.shares_payload(process.ocid, "custody", shares)
    other = demo_claim(rfc, kind, opening.shares_payload(process.ocid, "bids", shares), KEYS)
    found = refusal(opening.give_shares, w[Role.OIC], process.ocid, claim=other, **arguments)
    assert (found.code, found.field) == ("SIG_PAYLOAD_MISMATCH", "signature")
    strangers = demo_claim(w.people[Role.WITNESS].rfc, kind, body, KEYS)
    found = refusal(opening.give_shares, w[Role.OIC], process.ocid, claim=strangers, **arguments)
    assert found.code == "CERT_RFC_MISMATCH"

    opening.give_shares(w[Role.OIC], process.ocid, claim=demo_claim(rfc, kind, body, KEYS), **arguments)
    signature = event_of(process, "shares.given").signature
    assert signing.short(signature)
    assert signature["payload_sha256"] == hashlib.sha256(body).hexdigest()
    assert body == canonical(
        {
            "type": kind, "ocid": process.ocid, "round": "custody",
            "shares": {c: hashlib.sha256(s).hexdigest() for c, s in shares.items()},
        }
    )  # fmt: skip
    assert not [s for s in shares.values() if s.hex() in str(signature)]


# what is revealed is not opened


def test_shares_of_what_does_not_stand_are_never_asked_for(w):
    process = reach_bidding(w, offers={})
    replaced = bid(w, process, 0, "54.90", at=RECEIVED)
    stands = bid(w, process, 0, "53.00", at=RECEIVED + timedelta(hours=1), replaces=replaced)
    gone = bid(w, process, 1, "51.30", at=RECEIVED)
    withdraw(w, process, 1, gone, at=RECEIVED + timedelta(hours=1))
    late = bid(w, process, 2, "40.00", at=OPENING)
    opening.start(w[Role.OFFICER], process.ocid, at=OPENING)

    wanted = []

    def watch():
        for opener in openers_of(process):
            wanted.extend((w.c, r) for r in envelope.ROUNDS for w in envelope.wanted_of(opener, r))

    watch()
    assert {c for c, _r in wanted} >= {replaced.c, stands.c, gone.c, late.c}  # nobody knows which is which
    assert {r for _c, r in wanted} == {"custody"}
    for role in (Role.OFFICER, Role.OIC, Role.WITNESS):
        give(w, process, role, "custody")
        watch()
    for role in (Role.WITNESS, Role.OFFICER):
        give_shares(w[role], process, "bids", at=KEYS)
        watch()
    open_bids(w, process)
    watch()
    assert {c for c, r in wanted if r == "bids"} == {stands.c}
    assert set(PostedShare.objects.filter(round="bids").values_list("envelope", flat=True)) == {stands.c}
    # all are told, and none of the others' keys can be found in what is kept
    assert {e.c for e in events_of(process, "envelope.revealed")} >= {replaced.c, stands.c, gone.c, late.c}
    text = "".join(e.body for e in Entry.objects.filter(stream=process.stream))
    for closed in (replaced, gone, late):
        assert closed.identity not in text and closed.secret.hex() not in text
    assert stands.identity in text
    # who gives a share of one nobody asked for is not heard
    opener = openers_of(process)[1]
    manifest = replaced.manifest
    share = next(s for s in manifest.shares if s.opener == opener.key_id)
    shares = {replaced.c: decrypt_share(identity_of(w[Role.OIC]), share.age)}
    assert refusal(give, w, process, Role.OIC, "bids", shares).code == "nothing"
