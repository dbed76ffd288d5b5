# SPDX-License-Identifier: Apache-2.0
"""Response headers that Django and django-csp do not set."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

CLOSED = (
    "accelerometer", "autoplay", "browsing-topics", "camera", "display-capture", "geolocation", "gyroscope",
    "hid", "magnetometer", "microphone", "midi", "payment", "serial", "usb", "xr-spatial-tracking",
)  # fmt: skip
OPEN = ("publickey-credentials-get", "publickey-credentials-create", "clipboard-write", "fullscreen")
PERMISSIONS = ", ".join([*(f"{name}=()" for name in CLOSED), *(f"{name}=(self)" for name in OPEN)])


class SecurityHeaders:
    """Adds Permissions-Policy and Cross-Origin-Resource-Policy, and forbids storing pages of a signed-in person.

    Tells django-csp the digest of the page's import map, the one thing inline, and what else the page needs
    (`request.more_policy`: a player of live pictures). It stands before this in MIDDLEWARE.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The response with its headers; a view that set one of them itself keeps its own."""
        response = self.get_response(request)
        more = dict(getattr(request, "more_policy", {}))
        if digest := getattr(request, "inline_digest", ""):
            more["script-src"] = [f"'{digest}'"]
        if more:
            response._csp_update = more  # type: ignore[attr-defined]  # noqa: SLF001
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store")
        return response
