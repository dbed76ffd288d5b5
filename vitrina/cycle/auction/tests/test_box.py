# SPDX-License-Identifier: Apache-2.0
"""A floor on disk opens with the room's key, for its own commitment, and not otherwise."""

import secrets

import pytest

from vitrina.cycle.auction import box
from vitrina.cycle.auction.acts import floor_commitment
from vitrina.cycle.auction.tests.auctions import AUCTION

KEY = bytes(range(32))


def test_a_floor_comes_back_as_it_was_left():
    salt = secrets.token_hex(16)
    commitment = floor_commitment(AUCTION, "Ceiba", 10**17, salt)
    kept = box.close(KEY, auction=AUCTION, commitment=commitment, centavos=10**17, salt=salt)

    centavos, again = box.opened(KEY, kept, auction=AUCTION, commitment=commitment)
    assert floor_commitment(AUCTION, "Ceiba", centavos, again) == commitment
    assert salt.encode() not in kept and b"floor" not in kept
    assert kept != box.close(KEY, auction=AUCTION, commitment=commitment, centavos=10**17, salt=salt)


@pytest.mark.parametrize("n", [0, 12, 40, -1])
def test_changed_bytes_another_key_or_another_place_open_nothing(n):
    place = {"auction": AUCTION, "commitment": "ab" * 32}
    kept = bytearray(box.close(KEY, **place, centavos=90_00, salt="s" * 32))
    assert box.opened(KEY, bytes(kept), **place) == (90_00, "s" * 32)
    for key, data, where in (
        (bytes(32), kept, place), (KEY, kept, place | {"commitment": "ac" * 32}), (KEY, kept[:5], place), (KEY, b"", place),
    ):  # fmt: skip
        with pytest.raises(box.Closed):
            box.opened(key, bytes(data), **where)
    kept[n] ^= 1
    with pytest.raises(box.Closed):
        box.opened(KEY, bytes(kept), **place)
