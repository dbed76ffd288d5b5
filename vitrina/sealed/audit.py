# SPDX-License-Identifier: Apache-2.0
"""The completeness audit: every blinded leaf is accounted for, every live envelope was opened. Source: sealed-bids, 9.

Needs a copy of the leaves, what was revealed for each, the size of the deadline checkpoint and what was opened.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from vitrina.kernel.canonical import canonical, digest

from .errors import SealedError
from .objects import PAYLOAD_TYPES, TYPES, parse
from .timeline import Timeline, resolve

CODES: Final = {
    "unexplained_leaf": "nobody has shown what this leaf stands for",
    "false_reveal": "what was shown for this leaf is not what it digests",
    "malformed_reveal": "what was shown has the digest of the leaf and is no object of the format",
    "reveal_by_mismatch": "the leaf and what was shown for it name different months",
    "bad_signature": "the supplier's signature does not hold",
    "repeated_leaf": "the same digest was logged before; it counts once",
    "replaces_not_live": "the bid says that it replaces one that was not in force",
    "withdraw_not_live": "the withdrawal names a bid that was not in force",
    "withdraw_unknown_bid": "the withdrawal names a bid that the log does not hold before it",
    "bid_not_opened": "a bid in force at the deadline was not opened",
    "opened_not_eligible": "an envelope was opened that is late, withdrawn, replaced, unknown or never to be opened",
}


class Revealed(NamedTuple):
    """What was shown for a leaf: the JSON object, and the record of the supplier's signature (none for a decoy)."""

    object: Mapping[str, Any]
    signature: Any = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not hold: index of the leaf (None when the log has no such leaf), code of `CODES`, digest, words."""

    index: int | None
    code: str
    c: str
    detail: str


VerifySignature = Callable[[Mapping[str, Any], Any], bool]


@dataclass(frozen=True, slots=True)
class Result:
    """The findings, the state of every envelope, and the leaves that may stay unexplained until their month ends."""

    findings: tuple[Finding, ...]
    timeline: Timeline
    pending: tuple[int, ...]


def audit(
    leaves: Iterable[tuple[int, Mapping[str, Any]]],
    reveals: Mapping[int, Revealed],
    deadline_size: int,
    opened: Collection[str],
    verify_signature: VerifySignature,
    *,
    ocid: str,
    strict: bool = True,
    month: str | None = None,
    unopenable: Collection[str] = (),
    cancelled: int | None = None,
) -> list[Finding]:
    """The findings of one tender, those of leaves in order of index, then of what was and was not opened.

    `leaves`: (index, leaf object) of every `sobre` leaf of the log, of all tenders; `opened`: digests of this tender's
    opened envelopes; `verify_signature(object, record)`. `strict` also refuses objects that `objects.parse` refuses.
    `month` (YYYY-MM, the present one): leaves whose `reveal_by` is not over may still be unexplained; without it none
    may. `unopenable`: digests whose dealer is proven at fault (`evidence.proves_dealer_fault`). `cancelled`: index of
    the leaf that cancelled this tender before its bids were opened; then none may be, and all must be explained.
    """
    return list(
        examine(
            leaves,
            reveals,
            deadline_size,
            opened,
            verify_signature,
            ocid=ocid,
            strict=strict,
            month=month,
            unopenable=unopenable,
            cancelled=cancelled,
        ).findings
    )


def examine(
    leaves: Iterable[tuple[int, Mapping[str, Any]]],
    reveals: Mapping[int, Revealed],
    deadline_size: int,
    opened: Collection[str],
    verify_signature: VerifySignature,
    *,
    ocid: str,
    strict: bool = True,
    month: str | None = None,
    unopenable: Collection[str] = (),
    cancelled: int | None = None,
) -> Result:
    """As `audit`, with the timeline and the pending leaves beside the findings."""
    log = {index: leaf for index, leaf in sorted(leaves, key=lambda one: one[0]) if leaf.get("type") == "sobre"}
    findings: list[Finding] = []
    sound: list[tuple[int, Mapping[str, Any]]] = []
    pending: list[int] = []
    for index, leaf in log.items():
        shown = reveals.get(index)
        if shown is None and month is not None and str(leaf.get("reveal_by")) >= month:
            pending.append(index)
            continue
        faults = list(_faults(index, leaf, shown, verify_signature, strict=strict))
        findings += faults
        if shown is not None and not {f.code for f in faults} & {"false_reveal", "malformed_reveal", "bad_signature"}:
            sound.append((index, shown.object))
    stray = "the log has no blinded leaf there"
    findings += [_finding(index, "false_reveal", "", stray) for index in sorted(reveals) if index not in log]
    timeline = resolve(sound, deadline_size if cancelled is None else min(deadline_size, cancelled + 1))
    findings += [_finding(remark.index, remark.code, remark.c) for remark in timeline.warnings]
    findings.sort(key=lambda one: -1 if one.index is None else one.index)
    findings += _opening(log, timeline, ocid, opened, unopenable, is_cancelled=cancelled is not None)
    return Result(tuple(findings), timeline, tuple(pending))


def _faults(
    index: int, leaf: Mapping[str, Any], shown: Revealed | None, verify: VerifySignature, *, strict: bool
) -> Iterator[Finding]:
    """What is wrong with one leaf and what was shown for it."""
    c = str(leaf.get("c"))
    if shown is None:
        yield _finding(index, "unexplained_leaf", c)
        return
    try:
        data = canonical(dict(shown.object))
    except (ValueError, RecursionError):
        data = b""
    if digest(data) != c or not data:
        yield _finding(index, "false_reveal", c)
        return
    if problem := _malformed(data, shown.object, strict=strict):
        yield _finding(index, "malformed_reveal", c, problem)
        return
    if shown.object["reveal_by"] != leaf.get("reveal_by"):
        yield _finding(index, "reveal_by_mismatch", c)
    if shown.object["type"] in PAYLOAD_TYPES and not verify(shown.object, shown.signature):
        yield _finding(index, "bad_signature", c)


def _malformed(data: bytes, found: Mapping[str, Any], *, strict: bool) -> str:
    """Why an object explains nothing though its digest is right; empty when it does."""
    if strict:
        try:
            parse(data, demo=True)
        except SealedError as error:
            return str(error)
    kind = str(found.get("type"))
    if kind not in TYPES or not isinstance(found.get("reveal_by"), str):
        return "its type is unknown, or it names no month"
    wanted = {
        "sobre/v1": ("ocid", "lot", "envelope", "supplier", "replaces"),
        "sobre/v1/retiro": ("ocid", "supplier", "bid"),
        "sobre/v1/reparto": ("ocid", "supplier", "bid", "share"),
    }
    missing = [name for name in wanted.get(kind, ()) if name not in found]
    return f"it lacks {', '.join(missing)}" if missing else ""


def _opening(
    log: Mapping[int, Mapping[str, Any]],
    timeline: Timeline,
    ocid: str,
    opened: Collection[str],
    unopenable: Collection[str],
    *,
    is_cancelled: bool,
) -> Iterator[Finding]:
    """Bids in force that were not opened, then envelopes opened that were not in force; each in order of the log.

    In a tender that was cancelled first, no bid is in force, and none may be opened.
    """
    live = {} if is_cancelled else {bid.c: bid for bid in timeline.live if bid.key[0] == ocid}
    for c, bid in live.items():
        if c not in opened and c not in unopenable:
            yield _finding(bid.index, "bid_not_opened", c)
    where: dict[str, int] = {}
    for index, leaf in log.items():
        where.setdefault(str(leaf.get("c")), index)
    strangers = sorted({c for c in opened if c not in live}, key=lambda c: (c not in where, where.get(c, 0), c))
    for c in strangers:
        yield _finding(where.get(c), "opened_not_eligible", c)


def _finding(index: int | None, code: str, c: str, more: str = "") -> Finding:
    return Finding(index, code, c, CODES[code] + (f": {more}" if more else ""))
