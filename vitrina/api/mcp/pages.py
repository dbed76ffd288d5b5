# SPDX-License-Identifier: Apache-2.0
"""`/mcp`: streamable HTTP without a session. A message is posted, its answer is JSON; there is nothing to listen to.

No origin is refused: there is nothing here that a page could not read anyway, and a name that is not the site's own is
refused before (ALLOWED_HOSTS), which is what the check of origins is for.
"""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt

from vitrina.api.envelope import language

from .protocol import METHOD, MISMATCH, PARSE, REQUEST, answered, failed
from .versions import VERSIONS, headers_of, version_of

MOST_BYTES = 64 * 1024
HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type, Accept, MCP-Protocol-Version, Mcp-Method, Mcp-Name, Mcp-Session-Id",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


@csrf_exempt  # nobody is signed in here, and nothing is written
def endpoint(request: HttpRequest) -> HttpResponse:
    """The one address. 202 to what wants no answer, 400 to what is no message, 405 to whoever would listen."""
    response = _answer(request)
    for name, value in HEADERS.items():
        response[name] = value
    return response


def _answer(request: HttpRequest) -> HttpResponse:
    if request.method == "OPTIONS":
        return HttpResponse(status=204)
    if request.method != "POST":
        return _said(failed(None, REQUEST, "Post a JSON-RPC message; this server sends nothing on its own."), 405)
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        return _said(failed(None, REQUEST, f"At most {MOST_BYTES} bytes."), 413)
    try:
        message = json.loads(request.body)
    except (ValueError, RecursionError, UnreadablePostError):
        return _said(failed(None, PARSE, "No JSON arrived, or not all of it."), 400)
    if why := _at_odds(request, message):
        return _said(failed(message.get("id"), MISMATCH, why), 400)
    with translation.override(language(request)):
        found = answered(message)
    return HttpResponse(status=202) if found is None else _said(found, _status(found, message))


def _at_odds(request: HttpRequest, message: Any) -> str:
    """What the headers say otherwise than the message: what is between may have judged by the headers."""
    version = request.headers.get("MCP-Protocol-Version")
    if version is not None and version not in VERSIONS and version_of(message) is None:
        return f"MCP-Protocol-Version: one of {', '.join(VERSIONS)}."
    wrong = [name for name, value in headers_of(message).items() if request.headers.get(name) != value]
    return f"Headers that are missing or say otherwise than the message: {', '.join(wrong)}." if wrong else ""


def _status(found: dict[str, Any], message: Any) -> int:
    """The status of an answer: since the newest version errors of the protocol have one."""
    code = found.get("error", {}).get("code")
    if code == METHOD and version_of(message):
        return 404
    return 400 if found["id"] is None or (code and version_of(message)) else 200


def _said(body: dict[str, Any], status: int = 200) -> HttpResponse:
    response = JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
    if status == 405:  # noqa: PLR2004
        response["Allow"] = "POST, OPTIONS"
    return response
