# SPDX-License-Identifier: Apache-2.0
"""Pages of reminders: ask for them, confirm, see what was sent, leave."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from vitrina.portal.agenda.ics import unit_name
from vitrina.portal.agenda.queries import Scope, read_scope
from vitrina.portal.models import PurchaseCard
from vitrina.portal.search.filters import pairs_of, value_words

from . import commands, words
from .forms import SubscribeForm
from .models import Message, Subscription

LONGEST = 900  # characters of a search that can be followed: more than anybody types
LAST = 20  # messages that the page of a subscription shows


@require_http_methods(["GET", "POST"])
def subscribe(request: HttpRequest) -> HttpResponse:
    """`/avisos/`: reminders of a purchase (`ocid`), a unit (`unidad`), a saved search (its filters), or everything."""
    scope, title = _scope(request)
    of_acts = request.GET.get("que") == "actos"
    context: dict[str, Any] = {"nav": "search" if of_acts else "calendar", "title": title, "of_acts": of_acts}
    target = request.POST.get("target", "")[:400]
    if not ratelimit.consume(request, action="remind", key=target):  # first: to look at a name asks a name server
        form = SubscribeForm(initial=request.POST.dict())
        context |= {"form": form, "refused": _("Too many requests in a short while. Try again in an hour.")}
        return render(request, "reminders/subscribe.html", context, status=429)
    form = SubscribeForm(request.POST or None, initial={"wants": "acts" if of_acts else "calendar"})
    if not form.is_valid():
        return render(
            request, "reminders/subscribe.html", context | {"form": form}, status=422 if form.is_bound else 200
        )
    language = (get_language() or "es")[:2]
    row = commands.subscribe(**form.wish, scope=scope, title=title, language=language)
    if row.channel == "webhook":
        return _shown(request, row, is_new=True)
    return render(request, "reminders/sent.html", {"nav": "calendar", "target": row.target, "title": title})


def _scope(request: HttpRequest) -> tuple[Scope, str]:
    """(scope, its words) of the address."""
    if ocid := request.GET.get("ocid", ""):
        card = get_object_or_404(PurchaseCard, ocid=ocid[:120].replace("\x00", ""))
        return Scope(ocid=card.ocid), card.title
    scope = read_scope(pairs_of(request.GET))
    if len(scope.query()) > LONGEST:
        raise Http404
    filters = scope.filters
    parts = [_("“%(words)s”") % {"words": filters.q} if filters.q else "", unit_name(scope.unit) if scope.unit else ""]
    parts += [value_words(name, value) for name, value in filters.values]
    return scope, ", ".join(p for p in parts if p) or _("every purchase")


@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The link of the first e-mail. Opening it does nothing: programs that look at mail open links too."""
    row = _row(token)
    if row.channel != "email":
        raise Http404
    if request.method == "POST":
        commands.confirm(row)
        row.refresh_from_db()
    return render(request, "reminders/confirm.html", {"nav": "calendar", "row": row, "token": token})


@require_safe
def manage(request: HttpRequest, token: str) -> HttpResponse:
    """What is followed, and what became of the last messages."""
    return _shown(request, _row(token))


def _shown(request: HttpRequest, row: Subscription, *, is_new: bool = False) -> HttpResponse:
    context = {
        "nav": "calendar",
        "row": row,
        "token": words.token(row),
        "is_new": is_new,
        "messages_sent": [_message(m) for m in row.messages.order_by("-made_at", "-id")[:LAST]],
    }
    return render(request, "reminders/manage.html", context)


def _message(message: Message) -> dict[str, Any]:
    what = {"confirm": _("Confirmation"), "reminder": _("Reminder"), "change": _("News"),
            "acts": _("New acts")}[message.what]  # fmt: skip
    if message.sent_at:
        state = ("wait", _("Taken"))
    elif message.next_try_at:
        state = ("wait", _("On its way")) if not message.error else ("alert", _("It will be tried again"))
    else:
        state = ("late", _("Given up"))
    return {"id": message.pk, "what": what, "at": message.made_at, "kind": state[0], "state": state[1],
            "tries": message.tries, "error": message.error}  # fmt: skip


@require_POST
def again(request: HttpRequest, token: str, message: str) -> HttpResponse:
    """Send a message once more."""
    row = _row(token)
    if ratelimit.consume(request, action="remind", key=row.target):
        commands.again(get_object_or_404(Message, pk=message, subscription=row))
    return redirect("reminders:manage", token=token)


@csrf_exempt  # RFC 8058: the reader's mail program posts here, from anywhere; the signed link is what it proves
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, token: str) -> HttpResponse:
    """One click in the mail program, or one button here: the address and its messages are deleted."""
    row = words.read_token(token)
    if request.method == "POST" and row is not None:
        commands.end(row)
        row = None
    return render(request, "reminders/leave.html", {"nav": "calendar", "row": row, "token": token})


def _row(token: str) -> Subscription:
    row = words.read_token(token)
    if row is None:
        raise Http404
    return row
