# SPDX-License-Identifier: Apache-2.0
"""`/registro/`: how far the public log is, who has confirmed it and when, and how anybody checks it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from vitrina.cycle.core.words import day_time, lang
from vitrina.kernel import clock, formats
from vitrina.ledger import feed, published
from vitrina.ledger import log as public_log
from vitrina.ledger.erasing import REASONS
from vitrina.ledger.log_events import STREAM
from vitrina.ledger.models import Cosignature, Erasure, Head, Position, Timestamp
from vitrina.ledger.note import Checkpoint, NoteError, Signature, open_note, split
from vitrina.ledger.policy import Policy, PolicyError

STALE = timedelta(hours=1)
SHOWN = 10


@require_safe
def log(request: HttpRequest) -> HttpResponse:
    """The answer first, as a sentence; then checkpoint, witnesses, time stamps, what was withdrawn, how to check."""
    note, policy, now = published.note(), _policy(), clock.system()
    head = Head.objects.filter(size=published.size()).first()
    found = published.alarm()
    witnesses = [_witness(name, str(vkey), head, now) for name, vkey in policy.witnesses.items()] if policy else []
    context = {
        "nav": "log",
        "n_acts": feed.head(),
        "note": note,
        "head": head,
        "sentence": _still() if found else _sentence(head, note, policy),
        "alarm": found and {"words": _alarm_words(found.code), "since": found.at},
        "waiting": max(0, feed.head() - (head.size if head else 0)),
        "key": str(policy.logs[0]) if policy else "",
        "origin": published.origin(),
        "address": f"{settings.PUBLIC_URL}/log",
        "witnesses": witnesses,
        "witness_columns": [{"label": _("Witness")}, {"label": _("How far it has seen")}, {"label": _("When")}],
        "quorum": _quorum(policy),
        "has_provider": bool(settings.LOG_TSA_URL),
        **_stamps(),
        **_withdrawn(),
        "happened": _happened(),
    }
    return render(request, "portal/log.html", context)


def facts(position: int) -> dict[str, Any] | None:
    """What the page of an act says of its place in the log; nothing before a published checkpoint covers it."""
    statement, note = public_log.statement_at(position - 1), public_log.note_for(position - 1)
    if statement is None or note is None:
        return None
    checkpoint = Checkpoint.parse(split(note)[0])
    if checkpoint.size < position:
        return None
    signers = [
        {"name": s.vkey.name, "at": datetime.fromtimestamp(s.seconds, clock.system().tzinfo)}
        for s in _signatures(note, _policy())
        if s.seconds
    ]
    return {
        "index": position - 1,
        "statement": statement.decode(),
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "signers": signers,
    }


def _policy() -> Policy | None:
    try:
        return Policy.parse(public_log.policy_text())
    except PolicyError:
        return None


def _signatures(note: str | None, policy: Policy | None) -> list[Signature]:
    """Valid signatures of a note by keys of the policy."""
    try:
        return open_note(note, [*policy.logs, *policy.witnesses.values()]) if note and policy else []
    except NoteError:
        return []


def _sentence(head: Head | None, note: str | None, policy: Policy | None) -> str:
    if head is None:
        return _("The public log has no checkpoint yet.")
    acts = ngettext("The log has %(n)s act", "The log has %(n)s acts", head.size)
    acts %= {"n": formats.number(head.size, lang())}
    hour = formats.clock_time(head.at, seconds=True)
    if not policy or not policy.witnesses:
        return _("%(acts)s; its last checkpoint is of %(hour)s.") % {"acts": acts, "hour": hour}
    n = sum(s.seconds is not None for s in _signatures(note, policy))
    who = ngettext("%(n)d witness has confirmed it", "%(n)d witnesses have confirmed it", n) % {"n": n}
    return _("%(acts)s; its last checkpoint is of %(hour)s and %(who)s.") % {"acts": acts, "hour": hour, "who": who}


def _still() -> str:
    """The answer while nothing is signed. What was found is for the operator: it may name folders."""
    n = published.size()
    return ngettext("The log stands still at %(n)s act.", "The log stands still at %(n)s acts.", n) % {
        "n": formats.number(n, lang())
    }


def _witness(name: str, vkey: str, head: Head | None, now: datetime) -> dict[str, Any]:
    """A row of the table: what it has seen last, how far behind that is, when."""
    last = Cosignature.objects.filter(witness=name).order_by("-head").first()
    cell = {"text": name, "sub": vkey}
    if last is None or head is None:
        return {"cells": [cell, _("nothing yet"), ""]}
    behind = head.size - last.head_id
    numbers = {"n": formats.number(last.head_id, lang()), "behind": formats.number(behind, lang())}
    seen = (_("%(n)s acts, %(behind)s behind") if behind else _("all %(n)s acts")) % numbers
    silent = _("silent for more than an hour") if behind and now - last.at > STALE else ""
    return {"cells": [cell, {"text": seen, "sub": silent}, day_time(last.at)]}


def _quorum(policy: Policy | None) -> str:
    """What a receipt needs, in words."""
    if policy is None or policy.quorum == "none":
        return ""
    k = policy.groups[policy.quorum][0] if policy.quorum in policy.groups else 1
    return ngettext(
        "A receipt counts as confirmed when %(k)d witness has signed its checkpoint.",
        "A receipt counts as confirmed when %(k)d witnesses have signed its checkpoint.",
        k,
    ) % {"k": k}


def _stamps() -> dict[str, Any]:
    rows = Timestamp.objects.select_related("head").order_by("-head")[:SHOWN]
    columns = [{"label": _("Checkpoint")}, {"label": _("Stamped")}, {"label": _("Files")}]
    cells = [
        [
            {
                "text": _("%(n)s acts") % {"n": formats.number(row.head_id, lang())},
                "url": reverse("log_signed", args=[row.head_id]),
                "sub": _why(row.head),
            },
            {"text": day_time(row.at), "sub": row.provider},
            {"text": ".tsr", "url": reverse("log_timestamp", args=[row.head_id])},
        ]
        for row in rows
    ]
    return {"stamp_columns": columns, "stamp_rows": [{"cells": c} for c in cells]}


def _why(head: Head) -> str:
    return _("a deadline ended with it") if head.closes else _("one a day")


def _withdrawn() -> dict[str, Any]:
    """Contents that were withdrawn, the newest first."""
    rows = list(Erasure.objects.select_related("act", "entry").order_by("-act_id")[:SHOWN])
    wanted = [e for r in rows for e in (r.entry_id, r.act_id)]
    places = dict(Position.objects.filter(entry__in=wanted).values_list("entry", "position"))
    items = [
        {
            "sentence": row.act.event.sentence(),
            "at": row.act.at,
            "detail": row.act.event.detail(),
            "number": places.get(row.act_id),
            "proof_url": reverse("portal:act", args=[places[row.act_id]]) if row.act_id in places else "",
            "url": reverse("portal:act", args=[places[row.entry_id]]),
        }
        for row in rows
    ]
    return {"withdrawn": items, "n_withdrawn": Erasure.objects.count()}


def _happened() -> list[dict[str, Any]]:
    """Acts about the log itself: its beginning, keys, witnesses, the anchors of the last days, the newest first."""
    rows = Position.objects.filter(entry__stream=STREAM).select_related("entry").order_by("-position")[:SHOWN]
    return [
        {
            "sentence": row.entry.event.sentence(),
            "at": row.entry.at,
            "detail": row.entry.event.detail(),
            "number": row.position,
            "proof_url": reverse("portal:act", args=[row.position]),
            "url": reverse("portal:act", args=[row.position]),
        }
        for row in rows
    ]


def reason_words(code: str) -> str:
    """Why a content was withdrawn, in words."""
    return str(REASONS.get(code, code))


def _alarm_words(code: str) -> str:
    return {
        "ahead": _("The database is older than what was published. Nothing is signed until the lost acts are back."),
        "fork": _("What the database holds is not what was published. Nothing is signed until this is explained."),
        "witness": _("A witness says that this log is not the one it knows. Nothing is signed until this is clear."),
        "key": _("The key of the log cannot be used. Nothing is signed until it is back."),
    }.get(code, _("Nothing is signed until this is clear."))
