# SPDX-License-Identifier: Apache-2.0
"""Errors as `application/problem+json` (RFC 9457): what is wrong, where, and how to mend it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError


class Refused(HttpError):
    """A refusal that is told in the reader's language. `text`: a lazy translation; `code`: a word for programs."""

    def __init__(self, status: int, text: Any, code: str = "", /, **values: object) -> None:
        super().__init__(status, "")
        self.text, self.code, self.values = text, code, values

    def __str__(self) -> str:
        return str(self.text) % self.values if self.values else str(self.text)


def problem(status: int, title: str, detail: str, **more: Any) -> JsonResponse:
    """One problem document."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return JsonResponse(body, status=status, content_type="application/problem+json")


def title_of(status: int) -> str:
    """What a status means, in a word or two."""
    return {
        400: _("A parameter is not right"),
        404: _("Not found"),
        405: _("Only GET"),
        410: pgettext("content of an act", "Withdrawn"),
        429: _("Too many requests"),
    }.get(status, _("Error"))


def wrong(error: dict[str, Any]) -> str:
    """What is wrong with one parameter, in the language in force; pydantic's own words for what is rare."""
    values = error.get("ctx", {})
    words = {
        "int_parsing": _("a whole number is wanted"),
        "int_from_float": _("a whole number is wanted"),
        "bool_parsing": _("true or false is wanted"),
        "missing": _("it is needed"),
        "greater_than_equal": _("%(ge)s or more is wanted"),
        "less_than_equal": _("%(le)s or less is wanted"),
        "string_too_long": _("at most %(max_length)s characters are wanted"),
        "string_too_short": _("at least %(min_length)s characters are wanted"),
        "too_long": _("at most %(max_length)s values are wanted"),
        "string_pattern_mismatch": _("it has to match %(pattern)s"),
        "literal_error": _("one of these is wanted: %(expected)s"),
    }
    kind = str(error.get("type", ""))
    if kind.startswith(("date_", "datetime_")):
        return _("a date is wanted, YYYY-MM-DD")
    return words[kind] % values if kind in words else str(error["msg"])


def install(api: NinjaAPI) -> None:
    """Errors of the first API: in English, and for a parameter in pydantic's words, as they have always been."""

    @api.exception_handler(ValidationError)
    def invalid(_request: HttpRequest, error: ValidationError) -> JsonResponse:
        found = [{"parameter": str(e["loc"][-1]), "problem": e["msg"]} for e in error.errors]
        detail = "; ".join(f"{w['parameter']}: {w['problem']}" for w in found)
        return problem(400, "A parameter is not right", detail, errors=found)

    @api.exception_handler(HttpError)
    def refused(_request: HttpRequest, error: HttpError) -> JsonResponse:
        titles = {404: "Not found", 410: "Withdrawn"}
        with translation.override("en"):
            return problem(error.status_code, titles.get(error.status_code, "Error"), str(error))


def install_spoken(api: NinjaAPI) -> None:
    """Errors in the language in force, which `Envelope` takes from the request."""

    @api.exception_handler(ValidationError)
    def invalid(_request: HttpRequest, error: ValidationError) -> JsonResponse:
        found = [{"parameter": _parameter(e), "problem": wrong(e)} for e in error.errors]
        detail = "; ".join(f"{w['parameter']}: {w['problem']}" for w in found)
        return problem(400, title_of(400), detail, code="parameter", errors=found)

    @api.exception_handler(HttpError)
    def refused(_request: HttpRequest, error: HttpError) -> JsonResponse:
        code = getattr(error, "code", "")
        return problem(error.status_code, title_of(error.status_code), str(error), **({"code": code} if code else {}))


def _parameter(error: dict[str, Any]) -> str:
    """The name of a parameter; of one that repeats, the number of the value is left out."""
    return next((str(part) for part in reversed(error["loc"]) if not isinstance(part, int)), "")
