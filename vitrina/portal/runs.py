# SPDX-License-Identifier: Apache-2.0
"""Acts of one kind that follow each other, told as one line of a timeline: ten people who sign in are one fact."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from django.utils.translation import ngettext

from vitrina.cycle.core.words import lang
from vitrina.kernel import formats
from vitrina.ledger.models import Position


def _attend(n: int) -> str:
    return ngettext("%(n)d attends the opening", "%(n)d attend the opening", n) % {"n": n}


def _declare(n: int) -> str:
    text = ngettext(
        "%(n)d evaluator declared to have no conflict of interest",
        "%(n)d evaluators declared to have no conflict of interest",
        n,
    )
    return text % {"n": n}


_SENTENCES: dict[str, Callable[[int], str]] = {"attendance.noted": _attend, "conflict.declared": _declare}


def _name(row: Position) -> str:
    """Whom a gathered act is about: `Inés Olaiz (Órgano Interno de Control)`."""
    event = row.entry.event
    who = event.attendee if row.entry.kind == "attendance.noted" else event
    return f"{who.name} ({who.position})" if who.position else str(who.name)


def _run(row: Position) -> object:
    """Neighbours with the same value are told together; what stands alone has one of its own."""
    is_gathered = row.entry.kind in _SENTENCES and not getattr(row.entry.event, "is_excused", False)
    return row.entry.kind if is_gathered else row.position


def gather(rows: Sequence[Position], acts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The acts of a timeline, each run of one kind as one act that names everybody and leads to every number."""
    told = []
    for _key, run in groupby(zip(rows, acts, strict=True), key=lambda pair: _run(pair[0])):
        many = list(run)
        first = many[0][1]
        if len(many) == 1:
            told.append(first)
            continue
        others = [
            {"label": formats.ledger_number(act["number"], lang()), "url": act["proof_url"]} for _row, act in many[1:]
        ]
        sentence = _SENTENCES[many[0][0].entry.kind](len(many))
        names = "; ".join(_name(row) for row, _act in many) + "."
        told.append({**first, "sentence": sentence, "detail": names, "documents": [*first["documents"], *others]})
    return told
