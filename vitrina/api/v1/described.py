# SPDX-License-Identifier: Apache-2.0
"""What the description says beside the types: what holds for every answer, the limits, how errors are told."""

from __future__ import annotations

from typing import Any

from django.conf import settings

from .shapes.scorecards import added

Json = dict[str, Any]
ABOUT = """\
Everything that the public pages know. Reads only; no key, no cookies, from any origin.

**Lists** have `results`, `next` (also as `Link: rel="next"`) and `next_cursor`. Follow them: there is no last page
that the site would not show. A cursor belongs to its list and its filters; any other is refused with 400 and why.

**Errors** are `application/problem+json` (RFC 9457) in the language of `Accept-Language`, Spanish unless English is
wanted.

**Nothing changed?** Every answer has an `ETag`; `If-None-Match` gets 304.

**Limits**: {limits}. Beyond that 429 with `Retry-After`; `RateLimit` and `RateLimit-Policy` say how much is left.

**A score or a flag is a reason to look, never an accusation.**

Within version 1 fields may be added, none is taken away or changes its meaning.
"""
HEADERS: Json = {
    "RateLimit": {"description": "How many are left, and when more are.", "schema": {"type": "string"}},
    "RateLimit-Policy": {"description": "The limit.", "schema": {"type": "string"}},
}
ETAG: Json = {"ETag": {"description": "Version of this answer.", "schema": {"type": "string"}}}
LINK: Json = {"Link": {"description": 'The next page, rel="next".', "schema": {"type": "string"}}}
RETRY: Json = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}}
SAID = {
    400: "A parameter is not right: `detail` and `errors` say which and what is wanted.",
    404: "There is no such thing.",
    410: "Its content was withdrawn; `detail` names the act.",
    429: "Too many requests: wait as long as `Retry-After` says.",
}


def complete(description: Json) -> Json:
    """The description of ninja with what ninja does not know."""
    info = description["info"]
    info["description"] = ABOUT.format(limits=limits())
    info["license"] = {"name": "CC BY 4.0 (data)", "url": "https://creativecommons.org/licenses/by/4.0/"}
    schemas = description["components"]["schemas"]
    schemas |= added()
    schemas["Contract"]["properties"]["flags"]["items"] = {"$ref": "#/components/schemas/Raised"}
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for methods in description["paths"].values():
        for operation in methods.values():
            _complete(operation, problem)
            _name_rows(operation, schemas)
    return description


def _complete(operation: Json, problem: Json) -> None:
    for parameter in operation["parameters"]:
        parameter.pop("examples", None)  # they are in its schema, where a list may be
    answers = operation["responses"]
    for status in sorted(answers):
        if status != 200:  # noqa: PLR2004
            answers[status] = {"description": SAID[status], "content": problem, "headers": HEADERS}
    whole = answers[200]
    whole["description"] = operation["summary"]
    is_list = any(p["name"] == "cursor" for p in operation["parameters"])
    whole["headers"] = ETAG | HEADERS | (LINK if is_list else {})
    answers[304] = {"description": "What you have is what there is.", "headers": ETAG | HEADERS}
    answers[429] = {"description": SAID[429], "content": problem, "headers": HEADERS | RETRY}
    operation["responses"] = {str(status): answers[status] for status in sorted(answers)}


def _name_rows(operation: Json, schemas: Json) -> None:
    """Of a list, the shape of its rows, which clients want by name."""
    shape = operation["responses"]["200"]["content"]["application/json"]["schema"].get("$ref", "").rpartition("/")[2]
    rows = schemas.get(shape, {}).get("properties", {}).get("results", {}).get("items", {})
    if "$ref" in rows:
        operation["x-row"] = rows["$ref"].rpartition("/")[2]


def limits() -> str:
    """The limits in force, in words."""
    api, files = settings.LIMITS["api"], settings.LIMITS["files"]
    if not (api.burst and files.burst):
        return "none on this installation"
    return (
        f"{api.burst} requests at once and then {api.per_second:g} a second from one address, "
        f"{files.burst} whole files at once and then one each {1 / files.per_second:g} s"
    )
