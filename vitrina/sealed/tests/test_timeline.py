# SPDX-License-Identifier: Apache-2.0
"""Which bid of each supplier counts: the order of the leaves decides, nothing else. Source: sealed-bids, section 7."""

from hypothesis import given, settings
from hypothesis import strategies as st

from vitrina.kernel.canonical import digest_of
from vitrina.sealed.objects import Decoy, Withdrawal, reveal_digest, to_jcs
from vitrina.sealed.timeline import resolve


def bid(supplier, salt, *, replaces=None, lot=None, ocid="T1"):
    told = {"type": "sobre/v1", "ocid": ocid, "lot": lot, "envelope": "economica", "supplier": supplier}
    return told | {"replaces": replaces, "salt": salt, "reveal_by": "2026-12"}


def withdrawal(supplier, c, salt="w", ocid="T1"):
    told = {"type": "sobre/v1/retiro", "ocid": ocid, "supplier": supplier, "bid": c}
    return told | {"salt": salt, "reveal_by": "2026-12"}


def states(found):
    return {name: [b.index for b in getattr(found, name)] for name in ("live", "superseded", "withdrawn", "late")}


def codes(found):
    return [(w.index, w.code) for w in found.warnings]


def test_a_bid_replaced_withdrawn_and_handed_in_again():
    first = bid("A", "1")
    second = bid("A", "2", replaces=digest_of(first))
    third = bid("A", "3")
    found = resolve(enumerate([first, second, withdrawal("A", digest_of(second)), third]), 10)

    assert states(found) == {"live": [3], "superseded": [0], "withdrawn": [1], "late": []}
    assert codes(found) == []


def test_lots_and_tenders_are_apart():
    found = resolve(enumerate([bid("A", "1"), bid("A", "2", lot="1"), bid("A", "3", ocid="T2"), bid("B", "4")]), 10)
    assert states(found)["live"] == [0, 1, 2, 3]


def test_late_is_what_the_index_says():
    one = bid("A", "1")
    objects = [(4, one), (5, bid("B", "2")), (6, withdrawal("A", digest_of(one)))]
    found = resolve(objects, 5)
    assert states(found) == {"live": [4], "superseded": [], "withdrawn": [], "late": [5]}
    assert found.late_withdrawals == ((6, digest_of(one)),)
    assert resolve(reversed(objects), 5) == found


def test_withdrawals_that_change_nothing_are_told():
    one, two = bid("A", "1"), bid("B", "2")
    objects = [one, two, withdrawal("A", digest_of(two), "x"), withdrawal("A", "00" * 32, "y")]
    again = [withdrawal("A", digest_of(one), "z"), withdrawal("A", digest_of(one), "zz")]
    found = resolve(enumerate(objects + again), 10)

    assert states(found)["live"] == [1]
    assert codes(found) == [(2, "withdraw_not_live"), (3, "withdraw_unknown_bid"), (5, "withdraw_not_live")]


def test_a_withdrawal_before_its_bid_is_of_an_unknown_one():
    one = bid("A", "1")
    found = resolve(enumerate([withdrawal("A", digest_of(one)), one]), 10)
    assert (states(found)["live"], codes(found)) == ([1], [(0, "withdraw_unknown_bid")])


def test_a_withdrawn_bid_is_not_revived_by_logging_it_again():
    one = bid("A", "1")
    found = resolve(enumerate([one, withdrawal("A", digest_of(one)), one]), 10)
    assert (states(found)["live"], codes(found)) == ([], [(2, "repeated_leaf")])


def test_objects_and_their_json_are_the_same():
    decoy = Decoy("sobre/v1/senuelo", "2026-12", "ab" * 32)
    gone = Withdrawal("sobre/v1/retiro", "T1", "A", digest_of(bid("A", "1")), "2026-12", "ab" * 32)
    found = resolve([(0, bid("A", "1")), (1, decoy), (2, gone)], 10)
    assert states(found)["withdrawn"] == [0]
    assert reveal_digest(to_jcs(gone)) == digest_of(
        {"type": gone.type, "ocid": "T1", "supplier": "A", "bid": gone.bid, "reveal_by": "2026-12", "salt": gone.salt}
    )


moves = st.lists(st.tuples(st.sampled_from("AB"), st.sampled_from(["bid", "replace", "withdraw"])), max_size=12)


@settings(deadline=None)
@given(moves, st.integers(0, 14))
def test_every_bid_has_one_state_and_each_supplier_at_most_one_in_force(plan, deadline):
    """An independent account: the last thing that each supplier did in time, in plain words."""
    objects, last, current = [], {}, {}
    for n, (supplier, move) in enumerate(plan):
        if move == "withdraw":
            objects.append(withdrawal(supplier, current.get(supplier, "00" * 32), str(n)))
        else:
            objects.append(bid(supplier, str(n), replaces=current.get(supplier) if move == "replace" else None))
        if n < deadline:
            if move == "withdraw":
                last.pop(supplier, None)
                current.pop(supplier, None)
            else:
                last[supplier] = n
                current[supplier] = digest_of(objects[-1])
    found = resolve(enumerate(objects), deadline)

    assert {b.key[3]: b.index for b in found.live} == last
    told = sorted(b.index for name in ("live", "superseded", "withdrawn", "late") for b in getattr(found, name))
    assert told == [n for n, (_, move) in enumerate(plan) if move != "withdraw"]
    assert [b.index for b in found.late] == [n for n in told if n >= deadline]
