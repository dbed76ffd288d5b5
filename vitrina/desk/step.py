# SPDX-License-Identifier: Apache-2.0
"""One view for every step: fill, review, send once, receipt. The form itself comes from the stage's `pages.py`."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.forms import Field, Form
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from vitrina.cycle.core.command import OVER, authorise, once
from vitrina.cycle.core.fields import PercentField
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused
from vitrina.cycle.core.steps import FORMS, StepForm
from vitrina.cycle.core.words import day, day_time, lang, money
from vitrina.kernel import formats, ids
from vitrina.kernel.money import Money
from vitrina.parties.roles import may
from vitrina.parties.sign_in.fresh import must_confirm

from . import confirming, drafts, parked, signing
from .inbox import NEW, open_processes
from .offices import Seat, seated
from .views import drafts_place

ROWS_ADDED = 1


class _Undone(Exception):
    """Leaves the transaction of a rehearsal."""


@require_http_methods(["GET", "POST"])
@seated
def step(request: HttpRequest, seat: Seat, ocid: str, command: str) -> HttpResponse:
    """The form of a step. POST reviews it first (unless it carries files), then sends it once."""
    form_class = FORMS.get(command)
    if form_class is None or not may(seat.actor.role, command):
        return render(request, "desk/not_yours.html", {"nav": "desk", "seat": seat}, status=403)
    process = _process(seat, ocid)
    try:
        authorise(command, seat.actor, process)  # before the form: what it shows may be for its own unit only
    except Refused as refused:
        return _page(request, seat, None, process, refused=refused, status=403)
    place = drafts_place(ocid, command, request.GET.get("key", ""))
    is_resumed = confirming.resume(request)
    make = _maker(form_class, seat, process, request.GET.get("key", ""))
    if request.method == "GET":
        return _show(request, seat, make, process, place)
    if "add_row" in request.POST or "change" in request.POST:
        return _show_again(request, seat, make, process)
    if "save_draft" in request.POST and not form_class.is_secret:
        drafts.save(request.user, place, request.POST, seat.at)
        return redirect(request.get_full_path())
    return _send(request, seat, make, process, place, is_resumed=is_resumed)


def _process(seat: Seat, ocid: str) -> Process | None:
    if ocid == NEW:
        return None
    process = open_processes(seat.actor).filter(ocid=ocid).first()
    if process is None or process.halt in OVER:  # what is still owed then has a page of its own
        raise Http404
    return process


def _maker(form_class: type[StepForm], seat: Seat, process: Process | None, key: str) -> Any:
    stands_alone = form_class.command == "planning.publish_line" or form_class.command.startswith("parties.")
    if (process is None) != stands_alone:
        raise Http404

    def make(*args: Any, **kwargs: Any) -> StepForm:
        return form_class(*args, actor=seat.actor, process=process, at=seat.at, key=key, **kwargs)

    return make


def _show(request: HttpRequest, seat: Seat, make: Any, process: Process | None, place: str) -> HttpResponse:
    fields, rows, saved_at = drafts.load(request.user, place)
    try:
        form = make(initial=fields)
    except Refused as refused:
        return _page(request, seat, None, process, refused=refused, status=409)
    for name, lines in rows.items():
        if name in form.formsets:
            formset = form.formsets[name]
            form.formsets[name] = type(formset)(prefix=name, initial=lines)
    return _page(request, seat, form, process, saved_at=saved_at)


def _show_again(request: HttpRequest, seat: Seat, make: Any, process: Process | None) -> HttpResponse:
    data = request.POST.copy()
    prefix = data.get("add_row", "")
    if prefix:
        _add_row(data, prefix)
    try:
        form = make(data, request.FILES)
    except Refused as refused:
        return _page(request, seat, None, process, refused=refused, status=409)
    return _page(request, seat, form, process, quiet=True)


def _add_row(data: QueryDict, prefix: str) -> None:
    key = f"{prefix}-TOTAL_FORMS"
    count = data.get(key, "0")
    if count.isascii() and count.isdigit() and len(count) < 4:  # noqa: PLR2004 - no form has 1,000 rows
        data[key] = str(int(count) + ROWS_ADDED)


def _send(
    request: HttpRequest, seat: Seat, make: Any, process: Process | None, place: str, *, is_resumed: bool
) -> HttpResponse:
    token = request.POST.get("token", "")
    is_token = token.isascii() and token.isalnum() and 16 <= len(token) <= 64  # noqa: PLR2004 - our own tokens
    with parked.parked(token if is_token else "", seat.actor.person_id) as kept:
        files = kept if (is_resumed or "confirm" in request.POST) and kept else request.FILES
        try:
            form = make(request.POST, files)
        except Refused as refused:
            return _page(request, seat, None, process, refused=refused, status=409)
        if not form.is_valid():
            return _page(request, seat, form, process, status=422)
        if not is_token:
            return _page(request, seat, form, process, status=400)
        return _act(request, seat, form, process, place, token)


def _act(
    request: HttpRequest, seat: Seat, form: StepForm, process: Process | None, place: str, token: str
) -> HttpResponse:  # fmt: skip
    """Ask to read a whole form once more, or do what it says, with the signature that came with it."""
    if signing.is_asked(form.command) and must_confirm(request) and not signing.is_spent(token):
        if request.FILES:
            parked.keep(token, seat.actor.person_id, request.FILES)
        return confirming.suspend(request)
    try:
        if _is_to_review(request, form):
            return _rehearsed(request, seat, form, process, token)
        given = _signature(request, seat, form, process, token)
        once(token, seat.actor, form.command, signing.with_signature(form, seat, given))
    except signing.SigningRefused as refused:
        return _review(request, seat, form, process, token, refused=refused)
    except Refused as refused:
        _attach(form, refused)
        return _page(request, seat, form, process, status=409)
    parked.drop(token)
    drafts.drop(request.user, place)
    back = f"?compra={process.ocid}" if process else ""  # a blinded act does not say its purchase; its author may know
    return redirect(reverse("desk:receipt", args=[token]) + back)


def _rehearsed(
    request: HttpRequest, seat: Seat, form: StepForm, process: Process | None, token: str
) -> HttpResponse:  # fmt: skip
    """The review of a form that the command would take as it is."""
    _rehearse(form)
    if request.FILES:
        parked.keep(token, seat.actor.person_id, request.FILES)
    return _review(request, seat, form, process, token)


def _is_to_review(request: HttpRequest, form: StepForm) -> bool:
    """Whether the person reads it once more before it is sent: always when it is signed; files stay here meanwhile."""
    if "confirm" in request.POST or not form.is_reviewed:
        return False
    return signing.is_asked(form.command) or not request.FILES


def _signature(request: HttpRequest, seat: Seat, form: StepForm, process: Process | None, token: str) -> Any:
    """(record, payload) of the signature that came; nothing when none is asked, or the form was sent before."""
    if not signing.is_asked(form.command) or signing.is_spent(token):
        return None
    rows, kept = _review_rows(form, signed=True), _kept(request)
    expected = signing.payload(seat, form, process, rows=rows, kept=kept, token=token)
    return signing.received(request, seat, form, expected)


def _rehearse(form: StepForm) -> None:
    """Run the command and undo it, so that a refusal is told before the person is asked to confirm."""
    try:
        with transaction.atomic():
            form.run()
            raise _Undone  # noqa: TRY301 - leaving the block is how a transaction is undone
    except _Undone:
        pass


def _attach(form: StepForm, refused: Refused) -> None:
    for refusal in refused.refusals:
        text = f"{refusal.message} ({refusal.article})" if refusal.article else refusal.message
        form.add_error(refusal.field if refusal.field in form.fields else None, text)


def _formsets(form: StepForm) -> list[dict[str, Any]]:
    labels = getattr(form, "row_labels", {})
    return [
        {
            "formset": formset,
            "title": labels.get(name, {}).get("title", ""),
            "row": labels.get(name, {}).get("row", _("Line")),
            "add_label": labels.get(name, {}).get("add", _("Add a line")),
        }
        for name, formset in form.formsets.items()
    ]


def _page(
    request: HttpRequest,
    seat: Seat,
    form: StepForm | None,
    process: Process | None,
    *,
    status: int = 200,
    saved_at: Any = None,
    refused: Refused | None = None,
    quiet: bool = False,
) -> HttpResponse:
    facts: list[tuple[str, str]] = []
    try:
        facts = form.facts() if form else []
    except Refused as closed:  # what the step stands on is not there yet: there is nothing to fill in
        form, refused, status = None, refused or closed, 409
    context = {
        "nav": "desk",
        "seat": seat,
        "form": form,
        "process": process,
        "saved_at": saved_at,
        "refusals": refused.refusals if refused else (),
        "token": ids.token(),
        "formsets": _formsets(form) if form else [],
        "facts": facts,
        "draft_url": "" if form is None or form.is_secret else _draft_url(request),
        "quiet": quiet,
    }
    return render(request, form.template if form else "desk/step.html", context, status=status)


def _draft_url(request: HttpRequest) -> str:
    match = request.resolver_match
    url = reverse("desk:draft", args=[match.kwargs["ocid"], match.kwargs["command"]])
    key = request.GET.get("key", "")
    return f"{url}?key={key}" if key else url


def _review_rows(form: StepForm, *, signed: bool) -> list[tuple[str, str]]:
    """(label, value) of everything that the person wrote; what the page told them where they sign or write nothing."""
    shown = [(str(field.label or field.name), _shown(form, field.name)) for field in form.visible_fields()]
    rows = [(label, text) for label, text in shown if text]
    for item in _formsets(form):
        pattern, name = item["formset"].empty_form, item["formset"].prefix
        rows += [
            (f"{item['row']} {n}", _line_shown(pattern, x, form)) for n, x in enumerate(form.lines(name), start=1)
        ]
    told = form.signed_facts() if signed else [] if rows else form.facts()
    return [(str(label), str(text)) for label, text in [*told, *rows]]


def _kept(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields that the review carries along."""
    return [(k, v) for k in request.POST for v in request.POST.getlist(k) if k not in drafts.NOT_KEPT]


def _review(
    request: HttpRequest,
    seat: Seat,
    form: StepForm,
    process: Process | None,
    token: str,
    *,
    refused: signing.SigningRefused | None = None,
) -> HttpResponse:
    asked = signing.is_asked(form.command)
    without = not signing.is_required(form.command)
    context = {
        "nav": "desk",
        "seat": seat,
        "form": form,
        "process": process,
        "token": token,
        # who writes nothing signs what the page said: it stands here too
        "rows": [{"label": label, "value": text} for label, text in _review_rows(form, signed=asked)],
        "can_change": bool(form.visible_fields()),
        "hidden": _kept(request),
        "signing": signing.offer(seat, request.user, form.command, can_go_without=without) if asked else None,
        "purchase_words": signing.purchase_words(process),
        "signer_words": signing.signer_words(seat),
        "refused": refused,
    }
    return render(request, "desk/review.html", context, status=422 if refused else 200)


def _shown(form: StepForm, name: str) -> str:
    """A field's value as the review shows it: the words of a choice, not its code."""
    value = form.cleaned_data.get(name)
    if value in (None, "", []):
        return ""
    choices = dict(getattr(form.fields[name], "choices", []) or [])
    if isinstance(value, list | tuple):
        return ", ".join(str(choices.get(v, v)) for v in value)
    if value is True:
        return str(_("Yes"))
    if isinstance(value, UploadedFile):
        return _file_shown(value)
    if isinstance(value, date | Decimal | Money):
        return _told(value, form.fields[name], form)
    shown = form.fields[name].prepare_value(value)
    return str(choices.get(value, shown)).replace("\r\n", "\n")


def _file_shown(upload: UploadedFile) -> str:
    """A file by its name, its size and what fixes its content."""
    upload.seek(0)
    digest = hashlib.file_digest(upload.file, "sha256").hexdigest()
    upload.seek(0)
    size = formats.number(Decimal(upload.size), lang())
    return _("%(name)s, %(size)s bytes, SHA-256 %(digest)s") % {"name": upload.name, "size": size, "digest": digest}


def _told(value: date | Decimal | Money, field: Field, form: StepForm) -> str:
    """A day, an instant, an amount or a quantity as a person writes it; a share as its percentage."""
    if isinstance(value, datetime):
        return day_time(value, form.process.unit.zone if form.process else "")
    if isinstance(value, date):
        return day(value)
    if isinstance(value, Money):
        return money(value)
    if isinstance(field, PercentField):
        return f"{field.prepare_value(value)} %"
    return formats.number(value, lang())


def _line_shown(pattern: Form, line: dict[str, Any], form: StepForm) -> str:
    """A line of a formset as one sentence: `Cantidad: 206,000; Fecha: 20 de noviembre de 2020`."""
    parts = []
    for name, value in line.items():
        if value in (None, "", []) or name not in pattern.fields:
            continue
        choices = dict(getattr(pattern.fields[name], "choices", []) or [])
        field = pattern.fields[name]
        text = _told(value, field, form) if isinstance(value, date | Decimal | Money) else field.prepare_value(value)
        said = str(choices.get(value, choices.get(str(value), text))).rstrip(".")
        parts.append(f"{pattern[name].label}: {said}")
    return "; ".join(parts)
