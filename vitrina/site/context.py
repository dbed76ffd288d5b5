# SPDX-License-Identifier: Apache-2.0
"""What every page knows about the installation."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from vitrina import __version__


def installation(_request: HttpRequest) -> dict[str, Any]:
    """`vitrina_demo` (bool) and `vitrina_version` (str) for templates."""
    return {"vitrina_demo": settings.VITRINA_DEMO, "vitrina_version": __version__}
