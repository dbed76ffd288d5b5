# SPDX-License-Identifier: Apache-2.0
"""Errors as `application/problem+json` (RFC 9457): what is wrong, where, and how to mend it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError


def problem(status: int, title: str, detail: str, **more: Any) -> JsonResponse:
    """One problem document."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    return JsonResponse(body, status=status, content_type="application/problem+json")


def install(api: NinjaAPI) -> None:
    """Answer bad parameters with 400 and what they should have been, unknown things with 404."""

    @api.exception_handler(ValidationError)
    def invalid(_request: HttpRequest, error: ValidationError) -> JsonResponse:
        wrong = [{"parameter": str(e["loc"][-1]), "problem": e["msg"]} for e in error.errors]
        detail = "; ".join(f"{w['parameter']}: {w['problem']}" for w in wrong)
        return problem(400, "A parameter is not right", detail, errors=wrong)

    @api.exception_handler(HttpError)
    def refused(_request: HttpRequest, error: HttpError) -> JsonResponse:
        titles = {404: "Not found", 410: "Withdrawn"}
        return problem(error.status_code, titles.get(error.status_code, "Error"), str(error))
