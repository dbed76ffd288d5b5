# SPDX-License-Identifier: Apache-2.0
"""How an auction runs, as data: a row of the rulebook, checked before anybody relies on it.

No number comes from a Mexican norm: none was found. Each is a proposal until somebody finds one with its article.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from fractions import Fraction
from typing import Any, Literal

import msgspec

from vitrina.law import rule

from .criteria import Criterion, rational

EARLIEST, DRAW = "earliest", "public_draw"
SIZES = ("micro", "small", "medium")
LONGEST_S = 24 * 3600
MOST_ROUNDS, MOST_EXTENSIONS = 20, 100
SHARES_OF_STEP = (Fraction(1, 1000), Fraction(3, 100))


class Extension(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A leading offer in the last `window_s` moves the end to `extend_s` after it, at most `max_extensions` times."""

    window_s: int
    extend_s: int
    max_extensions: int


class Turns(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rounds in which each bidder has one turn of `turn_s`; `pause_s` before each round.

    In a round the worst of the ranking goes first. `first_round`: `worst_first` too, or `drawn`, by the digest under
    which each alias was announced: where opened prices are public the ranking of the first round gives names away.
    """

    rounds: int
    pause_s: tuple[int, ...]
    turn_s: int
    first_round: Literal["worst_first", "drawn"] = "worst_first"


class Profile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Everything that decides how an auction runs.

    - `mode`: `open_clock` everybody at any time for `duration_s`; `turns`; `sealed_round` one hidden offer of each.
    - `final_round_s`: after the first two, one more hidden offer of each during so long; none when 0.
    - `beat`: an offer lies a step under the `leader`, or only under its bidder's `own` amount.
    - `min_step_share` of the start price, rounded up to the centavo.
    - `proxy`: a bidder may leave a floor with the room. `withdraw`: an offer may be taken back while it is hidden.
    - `tie_break`: `earliest`, or the law's list of sizes of company with a public draw.
    - `confirm_drop_share`: an offer further below what would do is asked for twice.
    - `doors_s`: the room opens so long before the hour.
    - `max_gap_s`: a longer silence of the platform pauses the auction. `late_tolerance_ms`: with 0 the end is the end.
    - `queue_s`: how long after the end of an open clock an offer that was received in time may wait to be written.
    - `low_mean_share`, `low_next_share`: how far below the mean of the others at first, or below the next one, the
      first price is abnormally low (`abnormal`).
    """

    mode: Literal["open_clock", "turns", "sealed_round"]
    criterion: Criterion = "price"
    price_weight: str = "0"
    beat: Literal["leader", "own"] = "leader"
    min_step_share: str = "0.005"
    duration_s: int = 0
    extension: Extension | None = None
    turns: Turns | None = None
    final_round_s: int = 0
    proxy: bool = False
    withdraw: bool = False
    tie_break: tuple[str, ...] = (EARLIEST,)
    show_all_amounts: bool = True
    confirm_drop_share: str = "0.1"
    min_bidders: int = 2
    doors_s: int = 900
    max_gap_s: int = 20
    late_tolerance_ms: int = 0
    queue_s: int = 120
    low_mean_share: str = "0.4"
    low_next_share: str = "0.3"

    @property
    def mean_share(self) -> Fraction:
        """The share under the mean of what the others asked at first from which a price is marked."""
        return rational(self.low_mean_share)

    @property
    def next_share(self) -> Fraction:
        """The share under the next one from which a price is marked."""
        return rational(self.low_next_share)

    @property
    def confirm_share(self) -> Fraction:
        """The share of the limit below which an offer is asked for twice."""
        return rational(self.confirm_drop_share)

    @property
    def weight(self) -> Fraction:
        """Points of the lowest price."""
        return rational(self.price_weight)


COMMON = ("auction.room", "auction.low_price")


class BadProfile(ValueError):
    """A profile that cannot run; `faults` says what is wrong, one sentence per field."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults


def named(name: str, *, at: date | datetime, **question: Any) -> Profile:
    """The profile `auction.profile.<name>` of the rulebook, with the rules that every auction has (`COMMON`), unless
    it says otherwise itself. `question`: what `law.rule` takes besides.

    Errors: `LawError` when the law that holds has none of that name, `BadProfile` when it cannot run.
    """
    rows = [rule(key, at=at, **question) for key in (*COMMON, f"auction.profile.{name}")]
    return read({field: value for row in rows for field, value in row.value.items()})


def read(data: Mapping[str, Any]) -> Profile:
    """The checked profile of plain data. Errors: `BadProfile`, with every fault."""
    try:
        profile = msgspec.convert(dict(data), Profile)
    except msgspec.ValidationError as error:
        raise BadProfile([str(error)]) from error
    return checked(profile)


def checked(profile: Profile) -> Profile:
    """The profile itself. Errors: `BadProfile`, with every fault."""
    if faults := [*_clock(profile), *_price(profile)]:
        raise BadProfile(faults)
    return profile


def step_of(profile: Profile, start: int) -> int:
    """The minimum step in centavos: the share of the start price (centavos), rounded up."""
    return math.ceil(rational(profile.min_step_share) * start)


def _between(name: str, value: int, low: int, high: int) -> Iterator[str]:
    if not low <= value <= high:
        yield f"{name}: {value} is not from {low} to {high}"


def _clock(profile: Profile) -> Iterator[str]:
    """What is wrong with the times."""
    if profile.mode == "turns":
        if profile.duration_s:
            yield "duration_s: rounds of turns have no length of their own"
        yield from _turns(profile.turns)
    else:
        yield from _between("duration_s", profile.duration_s, 10, LONGEST_S)
        if profile.turns is not None:
            yield "turns: only the mode `turns` has them"
    if profile.extension is not None:
        yield from _extension(profile)
    if profile.final_round_s:
        yield from _between("final_round_s", profile.final_round_s, 10, LONGEST_S)
        if profile.mode == "sealed_round":
            yield "final_round_s: a sealed round is already the last one"
    yield from _between("max_gap_s", profile.max_gap_s, 1, 3600)
    yield from _between("late_tolerance_ms", profile.late_tolerance_ms, 0, 5000)
    yield from _between("doors_s", profile.doors_s, 0, LONGEST_S)
    yield from _between("queue_s", profile.queue_s, 10, 3600)


def _turns(turns: Turns | None) -> Iterator[str]:
    if turns is None:
        yield "turns: the mode `turns` needs them"
        return
    yield from _between("turns.rounds", turns.rounds, 1, MOST_ROUNDS)
    yield from _between("turns.turn_s", turns.turn_s, 5, LONGEST_S)
    if len(turns.pause_s) != turns.rounds:
        yield f"turns.pause_s: {len(turns.pause_s)} pauses for {turns.rounds} rounds; one comes before each"
    for pause in turns.pause_s:
        yield from _between("turns.pause_s", pause, 0, LONGEST_S)


def _extension(profile: Profile) -> Iterator[str]:
    extension = profile.extension
    if extension is None:
        return
    if profile.mode != "open_clock":
        yield "extension: only an open clock is extended"
        return
    yield from _between("extension.window_s", extension.window_s, 1, profile.duration_s)
    yield from _between("extension.extend_s", extension.extend_s, 1, LONGEST_S)
    yield from _between("extension.max_extensions", extension.max_extensions, 1, MOST_EXTENSIONS)


def _price(profile: Profile) -> Iterator[str]:
    """What is wrong with shares, criterion, floors and ties."""
    try:
        yield from _shares(profile)
    except ValueError as error:
        yield str(error)
    if profile.criterion in {"points", "npv"}:
        name = profile.criterion
        if profile.beat != "own":
            yield f"beat: under `{name}` no amount is known to beat the leader: the step is against `own`"
        if profile.proxy:
            yield f"proxy: a floor cannot act under `{name}`"
    if profile.proxy and profile.mode != "open_clock":
        yield "proxy: a floor acts in an open clock only"
    if profile.withdraw and profile.mode == "open_clock" and not profile.final_round_s:
        yield "withdraw: an offer that everybody has seen binds"
    yield from _ties(profile.tie_break)
    yield from _between("min_bidders", profile.min_bidders, 2, 50)


def _shares(profile: Profile) -> Iterator[str]:
    low, high = SHARES_OF_STEP
    if not low <= rational(profile.min_step_share) <= high:
        yield f"min_step_share: {profile.min_step_share} is not from {low} to {high}"
    for name in ("confirm_drop_share", "low_mean_share", "low_next_share"):
        if not 0 < rational(getattr(profile, name)) < 1:
            yield f"{name}: {getattr(profile, name)} is not a share of one"
    if (profile.criterion == "points") != (profile.weight > 0):
        yield "price_weight: the criterion `points`, and no other, says what the lowest price is worth"


def _ties(ways: tuple[str, ...]) -> Iterator[str]:
    are_the_laws = ways[-1:] == (DRAW,) and set(ways[:-1]) <= set(SIZES) and len(set(ways)) == len(ways)
    if ways != (EARLIEST,) and not are_the_laws:
        yield f"tie_break: [{EARLIEST}], or sizes of company ({', '.join(SIZES)}) and at last {DRAW}"
