# SPDX-License-Identifier: Apache-2.0
"""Which envelope of each supplier counts, from the order of the leaves alone. Source: sealed-bids, section 7."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from vitrina.kernel.canonical import digest_of

from .objects import Reveal

Key = tuple[str, str | None, str, str]


@dataclass(frozen=True, slots=True)
class Bid:
    """A logged bid: index of its leaf, digest, and its key (ocid, lot, envelope, supplier)."""

    index: int
    c: str
    key: Key


@dataclass(frozen=True, slots=True)
class Share:
    """A share dealt anew, on time, by the supplier of the bid: `share` is `{opener, x, commit, age}`."""

    index: int
    bid: str
    share: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Remark:
    """What decides nothing and is told: replaces_not_live, withdraw_not_live, withdraw_unknown_bid, repeated_leaf."""

    index: int
    code: str
    c: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """The outcome, each list in order of leaves. At most one bid per key is live; a late withdrawal has no effect."""

    live: tuple[Bid, ...] = ()
    superseded: tuple[Bid, ...] = ()
    withdrawn: tuple[Bid, ...] = ()
    late: tuple[Bid, ...] = ()
    late_withdrawals: tuple[tuple[int, str], ...] = ()
    redeals: tuple[Share, ...] = ()
    warnings: tuple[Remark, ...] = ()


@dataclass(slots=True)
class _State:
    live: dict[Key, Bid] = field(default_factory=dict)
    bids: dict[str, Bid] = field(default_factory=dict)
    superseded: list[Bid] = field(default_factory=list)
    withdrawn: list[Bid] = field(default_factory=list)
    late: list[Bid] = field(default_factory=list)
    late_withdrawals: list[tuple[int, str]] = field(default_factory=list)
    redeals: list[Share] = field(default_factory=list)
    warnings: list[Remark] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)


def resolve(objects: Iterable[tuple[int, Reveal | Mapping[str, Any]]], deadline_size: int) -> Timeline:
    """The state of every key at the deadline from (leaf index, reveal object) in any order; pure and total.

    On time is exactly what has an index below `deadline_size`. Only objects whose signature holds may be passed.
    A digest that is logged twice counts once: a withdrawn or replaced bid is not revived by logging it again.
    """
    state = _State()
    for index, found in sorted(objects, key=lambda one: one[0]):
        told: Mapping[str, Any] = found if isinstance(found, Mapping) else msgspec.to_builtins(found)
        c = digest_of(told)
        if c in state.seen:
            state.warnings.append(Remark(index, "repeated_leaf", c))
            continue
        state.seen.add(c)
        step = {"sobre/v1": _bid, "sobre/v1/retiro": _withdrawal, "sobre/v1/reparto": _redeal}.get(told["type"])
        if step:
            step(state, index, c, told, index < deadline_size)
    live = sorted(state.live.values(), key=lambda bid: bid.index)
    return Timeline(
        tuple(live),
        tuple(state.superseded),
        tuple(state.withdrawn),
        tuple(state.late),
        tuple(state.late_withdrawals),
        tuple(state.redeals),
        tuple(state.warnings),
    )


def _bid(state: _State, index: int, c: str, told: Mapping[str, Any], on_time: bool) -> None:
    bid = Bid(index, c, (told["ocid"], told["lot"], told["envelope"], told["supplier"]))
    if not on_time:
        state.late.append(bid)
        return
    former = state.live.get(bid.key)
    if told["replaces"] is not None and (former is None or former.c != told["replaces"]):
        state.warnings.append(Remark(index, "replaces_not_live", c))
    if former:
        state.superseded.append(former)
    state.live[bid.key] = state.bids[c] = bid


def _withdrawal(state: _State, index: int, c: str, told: Mapping[str, Any], on_time: bool) -> None:
    if not on_time:
        state.late_withdrawals.append((index, told["bid"]))
        return
    bid = state.bids.get(told["bid"])
    if bid is None:
        state.warnings.append(Remark(index, "withdraw_unknown_bid", c))
        return
    own = (bid.key[0], bid.key[3]) == (told["ocid"], told["supplier"])
    if not own or state.live.get(bid.key) != bid:
        state.warnings.append(Remark(index, "withdraw_not_live", c))
        return
    state.withdrawn.append(state.live.pop(bid.key))


def _redeal(state: _State, index: int, _c: str, told: Mapping[str, Any], on_time: bool) -> None:
    bid = state.bids.get(told["bid"])
    if on_time and bid and (bid.key[0], bid.key[3]) == (told["ocid"], told["supplier"]):
        state.redeals.append(Share(index, bid.c, dict(told["share"])))
