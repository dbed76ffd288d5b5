# SPDX-License-Identifier: Apache-2.0
"""What is around every answer of the versioned API: language, version, origin. No error but as a problem document."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header

from .problems import problem, title_of

AREA = "/api/v1/"
EXPOSED = "ETag, Link, Retry-After, RateLimit, RateLimit-Policy, Content-Language, Vitrina-Log-Index"
KEPT = ("Allow", "Retry-After", "RateLimit", "RateLimit-Policy")
Get = Callable[[HttpRequest], HttpResponse]


def language(request: HttpRequest) -> str:
    """`en` when the reader wants English rather than Spanish, else `es`."""
    for wanted, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        if wanted[:2] in {"es", "en"}:
            return wanted[:2]
    return "es"


class Envelope:
    """A middleware that leaves other addresses alone. It stands inside that of languages, whose choice it makes."""

    def __init__(self, get_response: Get) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer in its envelope."""
        if not request.path_info.startswith(AREA):
            return self.get_response(request)
        lang = language(request)
        with translation.override(lang):
            response = self._answer(request)
        response["Content-Language"] = lang
        patch_vary_headers(response, ["Accept-Language"])
        response["Access-Control-Allow-Origin"] = "*"
        response["Access-Control-Expose-Headers"] = EXPOSED
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    def _answer(self, request: HttpRequest) -> HttpResponse:
        method = request.method
        if method == "OPTIONS":
            return _preflight()
        if method == "HEAD":
            request.method = "GET"  # the server leaves the body out
        response = self.get_response(request)
        request.method = method
        if response.status_code >= 400:  # noqa: PLR2004
            return response if "json" in response["Content-Type"] else _as_problem(response)
        if not response.has_header("ETag"):
            response["ETag"] = f'"{hashlib.sha256(response.content).hexdigest()[:32]}"'
        asked = parse_etags(request.headers.get("If-None-Match", ""))
        if {"*", response["ETag"], f"W/{response['ETag']}"} & set(asked):
            return _unchanged(response)
        return response


def _preflight() -> HttpResponse:
    response = HttpResponse(status=204)
    response["Allow"] = response["Access-Control-Allow-Methods"] = "GET, HEAD, OPTIONS"
    response["Access-Control-Allow-Headers"] = "If-None-Match, Accept-Language"
    response["Access-Control-Max-Age"] = "86400"
    return response


def _as_problem(response: HttpResponse) -> HttpResponse:
    """An error that a page would have shown, as this API tells its errors."""
    status = response.status_code
    details = {
        404: _("There is no such address. /api/v1/openapi.json has them all."),
        405: _("This API is only read: use GET."),
    }
    told = problem(status, title_of(status), details.get(status, title_of(status)))
    for name in KEPT:
        if response.has_header(name):
            told[name] = response[name]
    return told


def _unchanged(response: HttpResponse) -> HttpResponse:
    same = HttpResponseNotModified()
    for name in ("ETag", "Cache-Control", "Link", "Vitrina-Log-Index"):
        if response.has_header(name):
            same[name] = response[name]
    return same
