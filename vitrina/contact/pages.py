# SPDX-License-Identifier: Apache-2.0
"""Pages for everybody: write, keep the receipt, read the answer; and the numbers as data."""

from __future__ import annotations

from typing import Any

from allauth.core import ratelimit
from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from vitrina.cycle.core.refusal import Refused
from vitrina.kernel import clock

from . import commands, queries, rules
from .forms import LetterForm, ReceiptForm
from .models import Letter

SALT = "vitrina.contact"


@require_http_methods(["GET", "POST"])
def write(request: HttpRequest) -> HttpResponse:
    """`/contacto/`: `pagina` is the path of the page that it is about, `tipo` what for. Sent, it gives the receipt."""
    now = clock.now()
    page = queries.plain_page(request.GET.get("pagina", ""))
    institutions = list(queries.readers(now))
    context: dict[str, Any] = {
        "page": page,
        "page_url": settings.PUBLIC_URL + page if page else "",
        "keep_out": rules.KEEP_OUT,
        "can_write": bool(institutions),
        **_numbers(queries.numbers(now)),
    }
    options = {"institutions": institutions, "known": queries.buyer_of(page)}
    kind = request.GET.get("tipo", "")
    form = LetterForm(request.POST or None, initial={"kind": kind if kind in set(rules.Kind) else None}, **options)
    context["form"] = form
    if form.known:
        context["institution"] = form.known.name
    if request.method == "GET" or not institutions:
        return render(request, "contact/write.html", context)
    if not ratelimit.consume(request, action="contact"):
        context["refused"] = _("You have written several times in a short while. Your text is still here: try later.")
        return render(request, "contact/write.html", context, status=429)
    if not form.is_valid():
        return render(request, "contact/write.html", context, status=422)
    given = form.cleaned_data
    try:
        letter = commands.receive(
            at=now, secret=given["secret"], kind=given["kind"], buyer=form.institution, text=given["text"], page=page,
            email=given.get("email", ""), language=(get_language() or "es")[:2],
        )  # fmt: skip
    except Refused as refused:
        context["refused"] = " ".join(r.message for r in refused.refusals)
        return render(request, "contact/write.html", context, status=422)
    return _unkept(render(request, "contact/receipt.html", {"letter": letter, "word": rules.spaced(given["secret"])}))


def _unkept(response: HttpResponse) -> HttpResponse:
    """A page that no browser keeps: it holds the word of a receipt, or what was written."""
    response["Cache-Control"] = "no-store"
    return response


def _numbers(found: list[queries.Numbers]) -> dict[str, Any]:
    columns = [
        {"label": _("What for")},
        {"label": _("Came"), "num": True},
        {"label": _("Were answered"), "num": True},
        {"label": _("Half of them within"), "num": True},
    ]
    rows = [
        {
            "cells": [
                str(rules.MANY_WORDS[n.kind]),
                f"{n.n:,}",
                f"{n.answered:,}",
                _days(n.days) if n.answered else None,
            ]
        }
        for n in found
    ]
    return {"n_received": sum(n.n for n in found), "n_answered": sum(n.answered for n in found),
            "numbers_columns": columns, "numbers_rows": rows}  # fmt: skip


def _days(n: int | None) -> str:
    return _("one day") if n is not None and n < 2 else _("%(n)d days") % {"n": n or 0}  # noqa: PLR2004


@require_http_methods(["GET", "POST"])
def read(request: HttpRequest) -> HttpResponse:
    """`/contacto/respuesta/`: the answer, for who has the folio and its word, or the link of our mail (`t`)."""
    if letter := _of_mail(request.GET.get("t", "")):
        return _shown(request, letter)
    form = ReceiptForm(request.POST or None, initial={"folio": request.GET.get("folio", "")[:20]})
    context: dict[str, Any] = {"form": form}
    if request.method == "GET":
        return render(request, "contact/read.html", context)
    if not ratelimit.consume(request, action="contact_read"):
        context["refused"] = _("Too many tries in a short while. Try again in an hour.")
        return render(request, "contact/read.html", context, status=429)
    if not form.is_valid():
        return render(request, "contact/read.html", context, status=422)
    letter = queries.by_receipt(form.cleaned_data["folio"], form.cleaned_data["word"])
    if letter is None:
        form.add_error("word", _("This folio and this word do not belong together. Look at your receipt."))
        return render(request, "contact/read.html", context, status=422)
    return _shown(request, letter)


def _shown(request: HttpRequest, letter: Letter) -> HttpResponse:
    context = {
        "letter": letter,
        "kind": rules.KIND_WORDS[rules.Kind(letter.kind)],
        "outcome": rules.OUTCOME_WORDS[rules.Outcome(letter.outcome)] if letter.outcome else "",
    }
    return _unkept(render(request, "contact/answer.html", context))


def answer_url(letter: Letter) -> str:
    """The whole address under which the writer reads the answer: for a mail."""
    path = reverse("contact:read")
    return f"{settings.PUBLIC_URL}{path}?t={Signer(salt=SALT).sign(letter.pk)}"


def _of_mail(token: str) -> Letter | None:
    try:
        pk = Signer(salt=SALT).unsign(token)
    except BadSignature:
        return None
    return Letter.objects.select_related("buyer").filter(pk=pk).first()


@require_safe
def numbers(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 - Django's view shape
    """`/contacto.json`: how many letters came within a year, how many were answered, how fast."""
    now = clock.now()
    response = JsonResponse(queries.as_data(queries.numbers(now), now))
    response["Access-Control-Allow-Origin"] = "*"
    return response
