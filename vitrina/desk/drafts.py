# SPDX-License-Identifier: Apache-2.0
"""Drafts of forms: kept as they were typed, by person and address, until the form is sent."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser
from django.http import QueryDict

from vitrina.cycle.core.models import FormDraft

MAX_FIELDS, MAX_TEXT = 2000, 200_000
MAX_DRAFTS = 100  # of one person; the oldest make room
_SIGNATURE = {"sign_with", "signature", "signed"}
NOT_KEPT = {"csrfmiddlewaretoken", "token", "confirm", "save_draft", "add_row", "change", *_SIGNATURE}
_ROW = re.compile(r"([a-z_]+)-([0-9]{1,3})-([a-z_]+)", re.ASCII)


def save(user: AbstractBaseUser, place: str, posted: QueryDict, at: datetime) -> None:
    """Keep what was typed. Longer than any form allows is cut: it could not be sent either."""
    typed = ((k, v[:MAX_TEXT].replace("\x00", "")) for k, v in list(posted.items())[:MAX_FIELDS] if "\x00" not in k)
    fields = {k: v for k, v in typed if k not in NOT_KEPT and v}
    FormDraft.objects.update_or_create(user=user, place=place, defaults={"fields": fields, "saved_at": at})
    kept = FormDraft.objects.filter(user=user).order_by("-saved_at", "-pk").values("pk")[:MAX_DRAFTS]
    FormDraft.objects.filter(user=user).exclude(pk__in=kept).delete()


def drop(user: AbstractBaseUser, place: str) -> None:
    """Forget a draft."""
    FormDraft.objects.filter(user=user, place=place).delete()


def load(
    user: AbstractBaseUser, place: str
) -> tuple[dict[str, Any], dict[str, list[dict[str, Any]]], datetime | None]:
    """(fields, rows by formset, when it was saved) of a draft; empty when there is none."""
    draft = FormDraft.objects.filter(user=user, place=place).first()
    if draft is None:
        return {}, {}, None
    fields: dict[str, Any] = {}
    rows: dict[str, dict[int, dict[str, Any]]] = {}
    for name, value in draft.fields.items():
        match = _ROW.fullmatch(name)
        if match:
            rows.setdefault(match[1], {}).setdefault(int(match[2]), {})[match[3]] = value
        else:
            fields[name] = value
    return fields, {name: [by[n] for n in sorted(by)] for name, by in rows.items()}, draft.saved_at
