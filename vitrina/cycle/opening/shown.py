# SPDX-License-Identifier: Apache-2.0
"""The opening act in words: headline, keys, envelopes; the same for the public board and the openers' room."""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.cycle.bidding.events import PROBLEMS
from vitrina.cycle.bidding.states import EnvelopeState
from vitrina.cycle.core.words import lang, money
from vitrina.kernel import formats
from vitrina.parties.openers.queries import fingerprint
from vitrina.parties.roles import ROLE_NAMES, Role

from .board import BIDS, CUSTODY, Board, Told

SHORT = 12  # hex digits of a digest that people compare


def counted(n: int) -> str:
    """A small number in words, as a sentence needs it."""
    words = [
        _("none"), _("one"), _("two"), _("three"), _("four"), _("five"), _("six"), _("seven"), _("eight"), _("nine"),
        _("ten"), _("eleven"), _("twelve"), _("thirteen"), _("fourteen"), _("fifteen"), _("sixteen"),
    ]  # fmt: skip
    return words[n] if n < len(words) else str(n)


def headline(board: Board, zone: str) -> str:
    """The act in one sentence."""
    if board.phase == "before":
        if board.opening_at is None:
            return _("The call is not published yet.")
        if board.reception:
            return _("No more envelopes are received. The act is about to begin.")
        when = {
            "day": formats.day(board.opening_at, lang(), form="daymonth", zone=zone),
            "hour": formats.clock_time(board.opening_at, zone=zone),
        }
        return _("The envelopes are opened on %(day)s at %(hour)s.") % when
    if board.phase == "cancelled":
        return _("The purchase was cancelled before its envelopes were opened.")
    return {"custody": _custody, "bids": _bids, "ready": _ready, "opened": _opened, "closed": _opened}[board.phase](
        board
    )


def _missing(board: Board) -> int:
    return max(board.threshold - board.n_given, 0)


def _custody(board: Board) -> str:
    n = _missing(board)
    if not n:
        return _("The keys that are needed are in.")
    text = ngettext("One key is missing to begin.", "%(n)s keys are missing to begin.", n)
    return capfirst(text % {"n": counted(n)})


def _bids(board: Board) -> str:
    n = len(board.live)
    envelopes = ngettext("There is one envelope to open", "There are %(n)s envelopes to open", n) % {"n": counted(n)}
    missing = _missing(board) or 1
    keys = ngettext("one key is missing.", "%(n)s keys are missing.", missing) % {"n": counted(missing)}
    return f"{envelopes}; {keys}"


def _ready(board: Board) -> str:
    n = len(board.live)
    if not n:
        return _("The keys are in. No envelope stands.")
    text = ngettext(
        "The keys that are needed are in. One envelope is about to be opened.",
        "The keys that are needed are in. %(n)s envelopes are about to be opened.",
        n,
    )
    return text % {"n": counted(n)}


def _opened(board: Board) -> str:
    n, failed = board.counted.event.n_bids, board.counted.event.n_unopenable
    if not n:
        return _("No envelope could be opened.") if failed else _("No bid was received.")
    text = ngettext("One envelope was opened, in public.", "%(n)s envelopes were opened, in public.", n)
    said = capfirst(text % {"n": counted(n)})
    if not failed:
        return said
    rest = ngettext("One could not be.", "%(n)s could not be.", failed) % {"n": counted(failed)}
    return f"{said} {capfirst(rest)}"


def lead(board: Board) -> str:
    """What it means for who reads, in one or two sentences."""
    n, k = len(board.openers), board.threshold
    people = {"k": counted(k), "n": counted(n)}
    if board.phase == "cancelled":
        return f"{_cancelled(board, people)} {_were_readable(board)}".strip()
    if board.phase == "before":
        return _(
            "Until then nobody can read them, the buyer included, nor know how many there "
            "are. They open when %(k)s of "
            "%(n)s people give their keys at once."
        ) % people  # fmt: skip
    if board.phase == "custody":
        return _("With the first keys it becomes known who sent an envelope; with the second, what they offer.")
    if board.phase == "bids":
        return _("Who sent each envelope is now public. What they offer is still closed.")
    if board.phase == "ready":
        return _("Prices appear below as each envelope is opened, for those in the room and for you at once.")
    return _("Prices are below. What was not opened is told with its reason, and anybody can check the whole.")


def _cancelled(board: Board, people: dict[str, str]) -> str:
    if board.revealed:
        return _("Who sent each is public below. What they offer stays closed for ever.")
    return (
        _(
            "What they offer stays closed for ever. Who sent one is published when %(k)s of %(n)s people "
            "give their first key."
        )
        % people
    )


def _were_readable(board: Board) -> str:
    """What nobody can undo: with the second keys given, the server could read what it no longer may."""
    if not board.were_readable:
        return ""
    return _(
        "Enough second keys had been given by then: whoever runs this site could have read some. None was published."
    )


def keys_title(board: Board) -> str:
    """Such as "Three keys, two are enough"."""
    n, k = len(board.openers), board.threshold
    if n == k:
        return capfirst(_("%(n)s keys, all are needed") % {"n": counted(n)})
    return capfirst(_("%(n)s keys, %(k)s are enough") % {"n": counted(n), "k": counted(k)})


def openers(board: Board, zone: str, *, you: str = "", online: frozenset[str] = frozenset()) -> list[dict[str, Any]]:
    """Each opener as `parts/openers.html` shows them. `you`: the reader's key; `online`: keys of those in the room."""
    return [
        _opener(board, o, zone, is_you=o.key == you, is_online=o.key in online)
        for _x, o in sorted(board.openers.items())
    ]


def _opener(board: Board, opener: Any, zone: str, *, is_you: bool, is_online: bool) -> dict[str, Any]:
    given = board.has_given(opener.key)
    false = [t for t in board.false if t.event.opener == opener.key]
    is_enough = board.n_given >= board.threshold or board.phase in {"ready", "opened", "closed"}
    shown = {
        "name": opener.name,
        "role": _office(opener),
        "is_you": is_you,
        "is_in": given is not None,
        "number": given.position if given else None,
        "proof_url": reverse("portal:act", args=[given.position]) if given else "",
        "note": "",
    }
    if false:
        state = ("late", _("Gave a key that is not the one dealt"))
    elif given:
        state = ("on", _("Key given, %(hour)s") % {"hour": formats.clock_time(given.at, zone=zone)})
    elif board.phase == "before":
        state = ("on", _("Here")) if is_online else ("wait", _("Key ready"))
        shown["fingerprint"] = fingerprint(opener.recipient)
    else:
        state = ("wait", _waits(board, opener, is_enough=is_enough, is_online=is_online))
    if not given and board.phase in {"custody", "bids", "ready", "cancelled"}:
        shown["note"] = _not_needed(board) if is_enough else _needed(board, opener)
    return {**shown, "kind": state[0], "state": state[1]}


def _waits(board: Board, opener: Any, *, is_enough: bool, is_online: bool) -> str:
    """Of an opener who has not given the key of this round: why, as far as the board knows."""
    present = board.present.get(opener.name)
    if board.phase == "cancelled":
        return _("The key was not needed") if is_enough else _("Has not given the first key yet")
    if board.counted:
        return _("Came; the key was not needed") if present else _("Did not come; the key was not needed")
    if board.round == BIDS and CUSTODY in board.given.get(opener.key, {}) and not is_enough:
        return _("Gave the first; the second is missing")
    return _("Here; has not given the key yet") if present or is_online else _("Has not come yet")


def _not_needed(board: Board) -> str:
    return "" if board.phase == "cancelled" else _("Not needed to open.")


def _needed(board: Board, opener: Any) -> str:
    """What is missing while this opener has not given: their key, or that of one of the others who have not either."""
    others = [o.name for o in board.openers.values() if o.key != opener.key and board.has_given(o.key) is None]
    if _missing(board) > len(others) or not others:
        return _("This key is needed.")
    return _("Missing: this key, or that of %(others)s.") % {"others": _(" or ").join(others)}


def _office(opener: Any) -> str:
    office = str(ROLE_NAMES[Role(opener.role)])
    body = opener.body if opener.body.casefold() != office.casefold() else ""
    return capfirst(f"{office}, {body}" if body else office)


STATES = {
    EnvelopeState.SUPERSEDED: lambda: _("Replaced by its own author; stays closed"),
    EnvelopeState.WITHDRAWN: lambda: _("Withdrawn by its own author; stays closed"),
    EnvelopeState.LATE: lambda: _("Late; stays closed"),
    EnvelopeState.KEPT_CLOSED: lambda: _("The purchase was cancelled first; stays closed"),
}


def envelopes_title(board: Board) -> str:
    """Such as "The three envelopes": those that stand, or stood until they were opened."""
    n = len(board.live)
    return ngettext("The envelope", "The %(n)s envelopes", n) % {"n": counted(n)} if n else _("The envelopes")


def envelopes_note(board: Board) -> str:
    """How many arrived and what became of those that do not stand; nothing when all do."""
    states = Counter(t.event.state for t in board.bids)
    n_others = len(board.revealed) - len(board.bids)
    replaced, withdrawn, late = (
        states[s] for s in (EnvelopeState.SUPERSEDED, EnvelopeState.WITHDRAWN, EnvelopeState.LATE)
    )
    told = (
        (
            replaced,
            ngettext("one was replaced by its own author", "%(n)s were replaced by their own authors", replaced),
        ),
        (withdrawn, ngettext("one was withdrawn", "%(n)s were withdrawn", withdrawn)),
        (late, ngettext("one came late", "%(n)s came late", late)),
        (n_others, ngettext("one signed notice also came", "%(n)s signed notices also came", n_others)),
    )
    parts = [text % {"n": counted(n)} for n, text in told if n]
    n = len(board.bids)
    text = ngettext("One arrived: %(parts)s.", "%(n)s arrived: %(parts)s.", n)
    return capfirst(text % {"n": counted(n), "parts": ", ".join(parts)}) if parts else ""


def envelope_columns() -> list[dict[str, Any]]:
    """Columns of the table of envelopes."""
    return [
        {"label": _("Company")},
        {"label": _("Received")},
        {"label": _("Fingerprint")},
        {"label": _("State")},
        {"label": _("Total without VAT"), "num": True},
    ]


def envelope_rows(board: Board, zone: str) -> list[dict[str, Any]]:
    """One row for each revealed bid: those that stand first, in the order of the register."""
    stands = (EnvelopeState.LIVE, EnvelopeState.KEPT_CLOSED)
    rows = sorted(board.bids, key=lambda t: (t.event.state not in stands, t.event.logged_at, t.position))
    return [_row(board, told, zone) for told in rows]


def _row(board: Board, told: Told, zone: str) -> dict[str, Any]:
    event, became = told.event, board.became(told)
    opened, failed = board.opened.get(event.c), board.unopenable.get(event.c)
    at = event.logged_at
    received = (
        f"{formats.day(at, lang(), form='shortday', zone=zone)}, {formats.clock_time(at, zone=zone, seconds=True)}"
    )
    amount: Any = {"text": "", "mute": True}
    if opened:
        state: Any = {"text": _("Opened"), "sub": _("with its bidder's own key") if opened.event.by_backup else ""}
        amount = money(opened.event.total)
    elif failed:
        state = {"text": _("Could not be opened"), "sub": _(PROBLEMS[failed.event.reason])}
    elif became in STATES:
        state = STATES[became]()
    else:
        n, k = board.n_keys(event.c), board.threshold
        state = _("Closed; %(n)d of %(k)d keys") % {"n": min(n, k), "k": k} if n < k else _("Closed; its keys are in")
    return {
        "cells": [
            event.bidder.name if event.bidder else _("nobody in the register"),
            received,
            {"text": digest(event.c), "mono": True},
            state,
            amount if opened else {"text": _("is not opened") if became in STATES or failed else _("closed")},
        ],
        "kind": "" if opened or became == EnvelopeState.LIVE else "out",
    }


def digest(c: str) -> str:
    """The first digits of a digest in groups of four."""
    return " ".join(c[i : i + 4] for i in range(0, SHORT, 4))


def false_shares(board: Board) -> list[dict[str, Any]]:
    """Each false share with both values, as anybody can recompute them."""
    named = {t.event.c: t.event.bidder.name for t in board.bids if t.event.bidder}
    return [
        {
            "title": t.event.sentence(),
            "envelope": f"{digest(t.event.c)} ({named[t.event.c]})" if t.event.c in named else digest(t.event.c),
            "expected": t.event.expected,
            "found": t.event.found,
            "number": t.position,
            "proof_url": reverse("portal:act", args=[t.position]),
        }
        for t in board.false
    ]
