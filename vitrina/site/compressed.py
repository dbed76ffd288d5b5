# SPDX-License-Identifier: Apache-2.0
"""Public pages travel compressed; what a signed-in person reads does not.

A page that holds a secret beside what others wrote would tell it by its length (BREACH).
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.middleware.gzip import GZipMiddleware


class CompressPages(GZipMiddleware):
    """Django's compression, with its random length, for HTML alone: data have an ETag that is compared to the byte,
    and files are kept compressed where that pays.
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """The response, compressed if it is a public page."""
        user = getattr(request, "user", None)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if not is_page or (user is not None and user.is_authenticated):
            return response
        return super().process_response(request, response)
