# SPDX-License-Identifier: Apache-2.0
"""The completeness audit as the platform runs it at the end of the act, over what anybody can download.

Specification: sealed bids, section 9. It looks at every blinded leaf since the call: those of this purchase must be
explained now, the others by the end of their month. `vitrina sealed audit` runs the same on exported files.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from vitrina.cycle.bidding import envelope
from vitrina.cycle.bidding.commands import decoy_object
from vitrina.cycle.bidding.events import BidOpened, BidUnopenable, EnvelopeLogged
from vitrina.cycle.bidding.models import Decoy
from vitrina.cycle.bidding.queries import cancelled_entry, closing_entry, cut_entry
from vitrina.cycle.core.models import Process
from vitrina.kernel.canonical import canonical, parse
from vitrina.ledger.models import Entry
from vitrina.sealed.audit import Result, Revealed, examine
from vitrina.sealed.objects import PAYLOAD_TYPES
from vitrina.sealed.signature import verify_record

from .events import EnvelopesAudited

WARNINGS = frozenset({"replaces_not_live", "withdraw_not_live", "withdraw_unknown_bid", "repeated_leaf"})


def leaves_of(process: Process) -> list[tuple[int, dict[str, Any]]]:
    """(ledger entry, blinded leaf) of every envelope logged since the call, of whatever purchase."""
    call = Entry.objects.filter(stream=process.stream, kind="call.published").values_list("pk", flat=True).first() or 0
    return [(pk, leaf) for pk, leaf in every_leaf() if pk > call]


def every_leaf() -> list[tuple[int, dict[str, Any]]]:
    """(ledger entry, blinded leaf) of every envelope ever logged: who has the whole log finds them all there."""
    rows = Entry.objects.filter(kind=EnvelopeLogged.kind).order_by("pk")
    return [(row.pk, row.event.leaf()) for row in rows]


def reveals_of(leaves: list[tuple[int, dict[str, Any]]]) -> dict[int, Revealed]:
    """Ledger entry -> what was shown for its leaf: revealed envelopes of every purchase, and decoys laid open."""
    by_c = {leaf["c"]: index for index, leaf in leaves}
    found = {}
    for c, text, signature in envelope.shown(by_c):
        found[by_c[c]] = Revealed(parse(text), signature)
    for decoy in Decoy.objects.filter(c__in=by_c, is_revealed=True):
        found[by_c[decoy.c]] = Revealed(decoy_object(decoy.reveal_by, decoy.salt))
    return found


def result_of(process: Process, month: str) -> Result:
    """The audit of a purchase; `month` (YYYY-MM) is the present one."""
    leaves = leaves_of(process)
    deadline, cancelled = cut_entry(process), cancelled_entry(process)
    opened = _digests(process, BidOpened.kind)
    return examine(
        leaves,
        reveals_of(leaves),
        deadline.pk if deadline else 0,
        opened,
        _holds,
        ocid=process.ocid,
        month=month,
        unopenable=_digests(process, BidUnopenable.kind),
        cancelled=cancelled.pk if cancelled else None,
    )


def audited(process: Process, at: datetime) -> EnvelopesAudited:
    """The outcome of the audit as an entry of the ledger."""
    n_leaves = len(leaves_of(process))
    result = result_of(process, f"{at:%Y-%m}")
    told = [(f.code, f"{f.code} {f.c}".strip()) for f in result.findings]
    findings = tuple(text for code, text in told if code not in WARNINGS)
    unexplained = {f.c for f in result.findings if f.code == "unexplained_leaf"}
    return EnvelopesAudited(
        n_leaves=n_leaves,
        n_explained=n_leaves - len(result.pending) - len(unexplained),
        n_waiting=len(result.pending),
        findings=(*findings, *_hidden(process)),
        warnings=tuple(text for code, text in told if code in WARNINGS),
    )


def _hidden(process: Process) -> list[str]:
    """Envelopes on time whose sender the act could not read: their month is not over, the act is.

    One that came late may still be revealed until its month ends, and so may those of a purchase that was cancelled:
    they decide nothing.
    """
    deadline = None if cancelled_entry(process) else closing_entry(process)
    rows = [r for r in envelope.all_of(process) if deadline and r.entry_id < deadline.pk]
    return [f"unexplained_leaf {row.c}" for row in rows if not row.object]


def _digests(process: Process, kind: str) -> set[str]:
    rows = Entry.objects.filter(stream=process.stream, kind=kind)
    return {row.event.c for row in rows}


def _holds(shown: Mapping[str, Any], record: Any) -> bool:
    kind = PAYLOAD_TYPES.get(str(shown.get("type")))
    return bool(kind and record) and verify_record(record, kind, canonical(dict(shown)))
