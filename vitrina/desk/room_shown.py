# SPDX-License-Identifier: Apache-2.0
"""The room of those who open: what each sees and can do before, during and after the act (sealed bids, section 14)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.cycle.core.words import lang
from vitrina.cycle.opening import shown
from vitrina.cycle.opening.board import Board
from vitrina.kernel import formats

from .seal_shown import size_words

AFTER = frozenset({"opened", "closed", "cancelled"})  # nothing is asked of a key but what envelopes still owe
BEGIN, OPEN, CLOSE, ATTEND = "opening.start", "opening.open_bids", "opening.close", "opening.attend"


def room(data: dict[str, Any], board: Board, zone: str, now: datetime) -> dict[str, Any]:
    """Context of `desk/room.html`. `data` is what the JSON of the same address says, `board` what is public."""
    me = data["me"]["id"] if data["me"] else ""
    own = next((o for o in data["openers"] if o["id"] == me), None)
    return {
        "data": data,
        "board": board,
        "zone": zone,
        "now": now,
        "state_kind": "wait" if board.phase in {"before", "closed", "cancelled"} else "on",
        "state_text": _state(board),
        "headline": shown.headline(board, zone),
        "lead": _lead(data, board, own, zone),
        "keys_title": shown.keys_title(board),
        "openers": shown.openers(board, zone, you=me),
        "is_opener": bool(me) and (board.phase not in AFTER or bool(data["wanted"])),
        "has_given": _has_given(board, me),
        "action": action(data, board, now, zone),
        "can_attend": own is not None
        and own["present_at"] is None
        and not data["may_open"]
        and board.phase not in {"before", "closed", "cancelled"},
        "false_shares": shown.false_shares(board),
        **_envelopes(data, board, zone),
        "checks": _checks(data, board, now, zone),
        "board_url": reverse("portal:opening", args=[data["ocid"]]),
        "urls": {"data": reverse("desk:opening_data", args=[data["ocid"]])},
    }


def _state(board: Board) -> str:
    words = {"before": _("Act in preparation"), "closed": _("Over"), "cancelled": _("Cancelled")}
    return words.get(board.phase, _("The act is going on"))


def _has_given(board: Board, me: str) -> bool:
    return bool(me) and board.has_given(me) is not None


def _lead(data: dict[str, Any], board: Board, own: dict[str, Any] | None, zone: str) -> str:
    if board.phase in AFTER:
        return _lead_after(data, board, is_opener=own is not None)
    if own is None:
        return shown.lead(board)
    given = board.has_given(own["id"])
    if given:
        when = formats.clock_time(given.at, zone=zone)
        if board.phase == "custody":
            return _("You gave your key at %(hour)s. Leave this page open: it gives the second by itself.") % {
                "hour": when
            }
        return _("You gave your key at %(hour)s. You need do nothing more. Nobody has read an envelope yet.") % {
            "hour": when
        }
    if board.phase == "before":
        return _("Unlock your key below when you like. This page gives it by itself once the act begins.")
    return _(
        "Write your passphrase below: your key is given by itself, twice, first for who "
        "bid and then for what they bid."
    )


def _lead_after(data: dict[str, Any], board: Board, *, is_opener: bool) -> str:
    """Once nothing is opened any more: what a key still owes, or that it owes nothing."""
    if board.phase == "cancelled" and not data["envelopes"]:
        return _("Nobody had sent an envelope. Nothing more is needed.")
    if is_opener and data["wanted"]:
        return _(
            "Write your passphrase below: your key is given once, for who sent each envelope. What they offer stays "
            "closed for ever."
        )
    if board.phase == "cancelled" or not is_opener:
        return shown.lead(board)
    return _("Nothing more is needed from your key. Nobody could read an envelope before those keys were together.")


def action(data: dict[str, Any], board: Board, now: datetime, zone: str) -> dict[str, Any] | None:
    """The officer's next step in the act: command, button, what it brings about, and why it is not possible yet."""
    if not data["may_open"] or board.phase in {"closed", "cancelled"}:
        return None
    hour = formats.clock_time(board.opening_at, zone=zone, seconds=True)
    if board.phase == "before":
        why = _("It will be possible from %(hour)s.") % {"hour": hour} if now < board.opening_at else ""
        said = _("No more bids are received, and the reference price becomes public at once (art. 35).")
        return {"command": BEGIN, "label": _("Begin the act"), "consequence": said, "not_yet": why}
    if board.phase in {"custody", "bids", "ready"}:
        n = len(board.live) if board.revealed else _n_bids(data)
        label = (
            ngettext("Open the envelope", "Open the %(n)d envelopes", n) % {"n": n}
            if n
            else _("Open the act without envelopes")
        )
        said = _("Bidders, prices, answers and documents are public for ever. It cannot be undone (art. 35).")
        return {"command": OPEN, "label": label, "consequence": said, "not_yet": " ".join(data["missing"])}
    return {
        "command": CLOSE,
        "label": _("Publish the minutes"),
        "consequence": "",
        "not_yet": "",
        "is_page": True,
    }


def _n_bids(data: dict[str, Any]) -> int:
    return sum(one["is_bid"] for one in data["envelopes"])


def _envelopes(data: dict[str, Any], board: Board, zone: str) -> dict[str, Any]:
    """The table of envelopes: by number while nobody knows whose they are, by company afterwards."""
    if board.revealed:
        return {
            "envelopes_title": shown.envelopes_title(board),
            "envelopes_note": shown.envelopes_note(board),
            "envelope_columns": shown.envelope_columns(),
            "envelope_rows": shown.envelope_rows(board, zone),
            "envelope_caption": _("The fingerprint has been in the register since the envelope arrived."),
        }
    bids = [one for one in data["envelopes"] if one["is_bid"]]
    n, rest = len(bids), len(data["envelopes"]) - len(bids)
    note = ngettext("one signed notice also came", "%(n)s signed notices also came", rest)
    return {
        "envelopes_title": ngettext("The envelope", "The %(n)s envelopes", n) % {"n": shown.counted(n)},
        "envelopes_note": capfirst(f"{note % {'n': shown.counted(rest)}}.") if rest else "",
        "envelope_columns": [
            {"label": _("Envelope")}, {"label": _("Received")}, {"label": _("Size"), "num": True},
            {"label": _("Fingerprint")}, {"label": _("State")},
        ],
        "envelope_rows": [{"cells": _closed_row(n, one, zone)} for n, one in enumerate(bids, start=1)],
        "envelope_caption": _("What they hold is not known, nor whose they are.")
        if board.cancelled
        else _(
            "What they hold is not known, nor whose they are. The fingerprint proves that "
            "the envelope which is opened "
            "is the one that arrived."
        ),
    }  # fmt: skip


def _closed_row(n: int, one: dict[str, Any], zone: str) -> list[Any]:
    at = datetime.fromisoformat(one["received_at"])
    when = f"{formats.day(at, lang(), form='shortday', zone=zone)}, {formats.clock_time(at, zone=zone, seconds=True)}"
    state = _("Sealed and whole") if one["is_complete"] else _("Sealed; part of it is still arriving")
    return [str(n), when, size_words(one["size"]), {"text": shown.digest(one["c"]), "mono": True}, state]


def _checks(data: dict[str, Any], board: Board, now: datetime, zone: str) -> list[dict[str, str]]:
    """What must be there before the envelopes open, as it stands now."""
    bids = [one for one in data["envelopes"] if one["is_bid"]]
    whole = sum(one["is_complete"] for one in bids)
    here = sum(1 for o in data["openers"] if o["present_at"] or any(o["given"].values()))
    hour = {"hour": formats.clock_time(board.opening_at, zone=zone, seconds=True)}
    done = board.phase in {"ready", "opened", "closed"}
    keys = capfirst(_("%(k)s keys of %(n)s") % {"k": shown.counted(data["k"]), "n": shown.counted(data["n"])})
    rows = [
        (_("The official clock says %(hour)s") % hour, now >= board.opening_at, ""),
        (_("The act has begun"), board.started is not None, ""),
        (keys, done, "" if done or not here else _("%(n)d here") % {"n": here}),
    ]
    if bids:
        text = ngettext("The envelope is whole", "The %(n)d envelopes are whole", len(bids)) % {"n": len(bids)}
        rows.insert(0, (text, whole == len(bids), "" if whole == len(bids) else _("%(n)d are") % {"n": whole}))
    return [{"text": text, "state": "done" if is_done else "open", "note": note} for text, is_done, note in rows]


def room_words(board: Board) -> dict[str, str]:
    """What scripts say in the room, by key."""
    is_once = board.phase in AFTER
    return {
        "one_error": _("One thing needs correcting"),
        "many_errors": _("{n} things need correcting"),
        "refused": _("The server did not take it (error {status}). Try again."),
        "failed": _("That did not work: {detail}. Nothing is lost; try again."),
        "passphrase_missing": _("Write your passphrase."),
        "passphrase_wrong": _("That passphrase does not open your key. Write it as you noted it; capitals count."),
        "sheet_wrong": _("A sign is wrong or missing. Look at 0 and O, 5 and S, 8 and B, and compare group by group."),
        "sheet_other": _("That is the sheet of another key: its fingerprint is {found}."),
        "unlocking": _("Opening your key. It takes some seconds."),
        "ready": _("Your key is open on this page, and nowhere else. It is given by itself when it is asked for."),
        "ready_hint": _(
            "If you close or reload the page you write the passphrase again; what you gave stays counted."
        ),
        "giving_custody": _("Giving your key for who bid: {done} of {total}."),
        "giving_bids": _("Giving your key for what they bid: {done} of {total}."),
        "given_custody": _("Given at {hour}. You need do nothing more.")
        if is_once
        else _("Given at {hour}. The second is given when it is asked for."),
        "given_bids": _("Given at {hour}. You need do nothing more."),
        "bad_share": _(
            "{n} of those keys are not the ones that their bidders committed to. They were "
            "given as they are: the act shows who dealt them."
        ),
        "unreadable": _("{n} of those keys could not be read: whoever dealt them sealed something else."),
        "cut": _("No line since {hour}. What you gave is counted. It goes on by itself."),
        "sign_first": _("Choose how you sign: your key is given with your signature."),
        "press": _("Give my key now"),
    }
