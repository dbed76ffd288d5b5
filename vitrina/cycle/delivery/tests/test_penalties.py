# SPDX-License-Identifier: Apache-2.0
"""Penalties are of the late part only, exact to the centavo, and never above the cap."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from vitrina.cycle.delivery.penalties import Cap, Part, assess, penalty
from vitrina.kernel.money import Money

DUE = date(2026, 1, 5)
RATE = Decimal("0.005")


def part(quantity, days, unit="100.00"):
    return Part(Decimal(quantity), Money.parse(unit), DUE, DUE + timedelta(days=days))


def test_two_hundred_of_a_thousand_units_ten_days_late_owe_a_thousand_pesos():
    in_time, late = part(800, 0), part(200, 10)

    assert [str(p) for p in assess([in_time, late], RATE, Cap(left=Money.parse("10000.00")))] == ["0.00", "1000.00"]
    assert (in_time.late_quantity, late.late_quantity, late.late_days) == (0, 200, 10)


def test_goods_that_come_early_or_on_the_day_owe_nothing():
    assert penalty(part(1000, -3), RATE) == penalty(part(1000, 0), RATE) == Money(0)


def test_all_penalties_together_stop_at_what_is_left_of_the_guarantee():
    found = assess([part(1000, 10), part(1000, 20)], RATE, Cap(left=Money.parse("8000.00")))

    assert [str(p) for p in found] == ["5000.00", "3000.00"]


def test_without_guarantee_each_late_part_owes_at_most_its_share():
    found = assess([part(10, 100), part(10, 2)], RATE, Cap(share=Decimal("0.20")))

    assert [str(p) for p in found] == ["200.00", "10.00"]


def test_half_a_centavo_rounds_up():
    assert penalty(part(1, 1, "1.00"), RATE) == Money(1)


amounts = st.integers(1, 10**9)
parts = st.lists(
    st.builds(part, st.integers(1, 10**6), st.integers(-30, 3650), amounts.map(lambda c: str(Money(c)))), max_size=6
)


@given(parts, st.decimals("0", "0.1", places=6), st.integers(0, 10**12))
def test_no_penalty_is_negative_or_breaks_the_cap(found, rate, left):
    penalties = assess(found, rate, Cap(left=Money(left)))

    assert all(0 <= p.centavos <= penalty(one, rate).centavos for p, one in zip(penalties, found, strict=True))
    assert sum(p.centavos for p in penalties) <= left
    assert all(not p.centavos for p, one in zip(penalties, found, strict=True) if not one.late_days)
