# SPDX-License-Identifier: Apache-2.0
"""The content policy: all from our own origin, nothing inline but the import map (by digest), no frames."""

from __future__ import annotations

from typing import Any

SELF = "'self'"
NONE = "'none'"


def content_policy(*, upgrade: bool = False) -> dict[str, Any]:
    """django-csp's dictionary. `upgrade` makes browsers ask for https only: for installations that have it."""
    directives: dict[str, Any] = {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "media-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
    if upgrade:
        directives["upgrade-insecure-requests"] = True
    return {"DIRECTIVES": directives}
