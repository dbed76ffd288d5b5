# SPDX-License-Identifier: Apache-2.0
"""Acts of one kind that follow each other, told as one fact with each act inside: ten people who sign in to an act."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from django.utils.translation import ngettext

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
    is_told = row.entry.kind in _SENTENCES and not row.entry.is_erased
    is_gathered = is_told and not getattr(row.entry.event, "is_excused", False)
    return row.entry.kind if is_gathered else row.position


def gather(rows: Sequence[Position], acts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The acts of a timeline, each run of one kind as one that names everybody and holds the acts in `parts`."""
    told = []
    for _key, run in groupby(zip(rows, acts, strict=True), key=lambda pair: _run(pair[0])):
        many = list(run)
        first = many[0][1]
        if len(many) == 1:
            told.append(first)
            continue
        sentence = _SENTENCES[many[0][0].entry.kind](len(many))
        names = "; ".join(_name(row) for row, _act in many) + "."
        kept = {name: first[name] for name in ("at", "state", "kind", "stage")}
        parts = [act for _row, act in many]
        told.append({**kept, "sentence": sentence, "detail": names, "parts": parts, "anchor": ""})
    return told
