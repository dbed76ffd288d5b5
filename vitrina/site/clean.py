# SPDX-License-Identifier: Apache-2.0
"""What every page may rely on in a request: no NUL character in its address, a body that was read whole."""

from __future__ import annotations

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from .intake import REFUSED


class CleanRequest:
    """Refuses or mends, before any page, what no browser sends and no page could store."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The page's answer; 404 for a NUL in the path, 408 or 413 for a body that was not read."""
        if "\x00" in request.path_info:
            raise Http404
        query = request.META.get("QUERY_STRING", "")
        if "%00" in query:
            request.META["QUERY_STRING"] = query.replace("%00", "")
        status = request.META.get("asgi.scope", {}).get(REFUSED)
        if status:
            response = render(request, "413.html", {"is_slow": status != 413}, status=status)  # noqa: PLR2004
            response["Connection"] = "close"
            return response
        return self.get_response(request)
