# SPDX-License-Identifier: Apache-2.0
"""How often one address may ask of the API, the search and whole files: generous, told in headers, the same for all.

The machine's own address has no limit, as with live streams: behind a proxy that tells nobody's address all readers
would share one. `ALLAUTH_TRUSTED_PROXY_COUNT` says how many proxies are believed.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.api.envelope import language
from vitrina.api.problems import problem, title_of
from vitrina.live.limits import Limits as Watching

from .buckets import Buckets, Rate, Taken

MACHINES = ("/api/", "/mcp")
PEOPLE = ("/buscar", "/en/buscar")
FILES = ("/pnt/", "/edca/contractingprocess/")
WHOLE = frozenset({"csv", "xlsx"})  # forms of a search that are made of all that it finds


class Limits:
    """A middleware: 429 for whoever asks too often, a problem document for programs and a page for people."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The answer, with what is left of the limit."""
        name = kind(request)
        rate = settings.LIMITS.get(name)
        who = address(request) if rate and rate.burst else ""
        if rate is None or not who:
            return self.get_response(request)
        taken = buckets(settings.LIMITS_FILE).take(f"{name} {who}", rate, time.monotonic_ns())
        response = self.get_response(request) if taken.is_allowed else refusal(request, taken)
        told(response, name, rate, taken)
        return response


def kind(request: HttpRequest) -> str:
    """Which limit an address falls under: `api`, `files`, or none."""
    path = request.path_info
    is_search = path.startswith(PEOPLE)
    if path.startswith(FILES) or (is_search and request.GET.get("format") in WHOLE):
        return "files"
    return "api" if is_search or path.startswith(MACHINES) else ""


def address(request: HttpRequest) -> str:
    """Who asks: an address, of IPv6 its network; empty for the machine itself."""
    watching = Watching(proxies=getattr(settings, "ALLAUTH_TRUSTED_PROXY_COUNT", 0))
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    told_by = [forwarded.encode("latin-1", "replace")] if forwarded else []
    return watching.address_of((request.META.get("REMOTE_ADDR", ""), 0), told_by)


@cache
def buckets(path: Path | None) -> Buckets:
    """The table of this process, which the others share through the file."""
    return Buckets(path)


def refusal(request: HttpRequest, taken: Taken) -> HttpResponse:
    """429, in words for whoever reads it."""
    if request.path_info.startswith(PEOPLE) and "format" not in request.GET:
        response = render(request, "429.html", status=429)
    else:
        lang = language(request)
        with translation.override(lang):
            wait = ngettext("Wait one second.", "Wait %(n)s seconds.", taken.seconds) % {"n": taken.seconds}
            detail = _("More requests than the limit allows came from your address.")
            response = problem(429, title_of(429), f"{detail} {wait}", code="too_many")
        response["Content-Language"] = lang
    response["Retry-After"] = str(taken.seconds)
    response["Access-Control-Allow-Origin"] = "*"
    return response


def told(response: HttpResponse, name: str, rate: Rate, taken: Taken) -> None:
    """What is left, as draft-ietf-httpapi-ratelimit-headers has it."""
    window = max(round(rate.burst / rate.per_second), 1)
    response["RateLimit-Policy"] = f'"{name}";q={rate.burst};w={window}'
    response["RateLimit"] = f'"{name}";r={taken.left};t={taken.seconds}'
