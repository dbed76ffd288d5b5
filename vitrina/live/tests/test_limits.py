# SPDX-License-Identifier: Apache-2.0
"""Who may still enter, whose connection it is, and how long a crowd waits."""

from __future__ import annotations

import pytest

from vitrina.live.limits import SPREAD_SECONDS, STORM, Full, Limits


def test_one_address_and_all_together_have_a_limit_and_leaving_makes_room():
    limits = Limits(total=3, per_address=2)
    with limits.entered("203.0.113.9"), limits.entered("203.0.113.9"):
        with pytest.raises(Full, match="address"), limits.entered("203.0.113.9"):
            pass
        with limits.entered(""), pytest.raises(Full, match="total"), limits.entered("198.51.100.1"):
            pass
    assert limits.n == 0
    assert not limits.by_address
    with limits.entered("203.0.113.9"):
        pass


@pytest.mark.parametrize(
    ("client", "forwarded", "proxies", "found"),
    [
        ("203.0.113.9", "", 0, "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", 0, "203.0.113.9"),  # nobody stands in front: what is said is not believed
        ("127.0.0.1", "6.6.6.6, 198.51.100.1", 1, "198.51.100.1"),
        ("127.0.0.1", "198.51.100.1, 10.0.0.3", 2, "198.51.100.1"),
        ("127.0.0.1", "", 1, ""),
        ("::1", "", 0, ""),
        ("2001:db8:1:2:3::4", "", 0, "2001:db8:1:2::/64"),
        ("testclient", "", 0, ""),
    ],
)
def test_whose_connection_it_is(client, forwarded, proxies, found):
    limits = Limits(proxies=proxies)
    assert limits.address_of((client, 1), [forwarded.encode()] if forwarded else []) == found


def test_a_crowd_that_comes_at_once_is_spread_and_a_few_are_not():
    limits = Limits()
    assert {limits.patience(float(n)) for n in range(STORM)} == {0.0}  # one a second
    waits = [limits.patience(2000.0 + n / 1000) for n in range(2 * STORM)]
    assert set(waits[: STORM - 1]) == {0.0}
    assert max(waits) <= SPREAD_SECONDS
    assert len(set(waits[STORM:])) > STORM // 2
