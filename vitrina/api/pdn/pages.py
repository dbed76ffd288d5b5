# SPDX-License-Identifier: Apache-2.0
"""`/pdn/`: tokens, searches and lists of institutions. Every error is `{code, message}`, as the specifications say."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import orjson
from allauth.core import ratelimit
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from vitrina.kernel import clock

from . import asked, clients, contracts, items, officials, records, sanctioned_officials, sanctions

log = logging.getLogger(__name__)
MOST_BYTES = 64 * 1024
DATA_IS_OPEN = "The same purchases are open, without a token, at /api/ocds/releases and /edca/fiscalYears."


def _said(body: Any, status: int = 200, **headers: str) -> HttpResponse:
    response = HttpResponse(orjson.dumps(body), content_type="application/json", status=status)
    response["Cache-Control"] = "no-store"
    for name, value in headers.items():
        response[name.replace("_", "-")] = value
    return response


def _refused(status: int, code: str, message: str, **headers: str) -> HttpResponse:
    return _said({"code": code, "message": message}, status, **headers)


View = Callable[..., HttpResponse]


def guarded(system: str, method: str, *, more: str = "") -> Callable[[View], View]:
    """A view of a system: only by its method, only with a token; what is wrong with a search answers 400."""

    def wrap(view: View) -> View:
        def page(request: HttpRequest) -> HttpResponse:
            if request.method != method:
                return _refused(405, "method", f"Use {method}.", Allow=method)
            kind, _, token = request.headers.get("Authorization", "").partition(" ")
            name = clients.holder(token.strip(), system) if kind.lower() == "bearer" else ""
            if not name:
                message = f"No valid token: ask for one at /pdn/{system}/oauth. {more}".strip()
                return _refused(401, "token", message, WWW_Authenticate="Bearer")
            try:
                return view(request, name)
            except asked.Wrong as wrong:
                return _refused(400, wrong.code, str(wrong))
            except OperationalError:  # the database took longer than a statement may, or has no connection left
                message = "The search took too long: name more of what you look for, or come back later."
                return _refused(503, "busy", message, Retry_After="30")

        return csrf_exempt(page)  # a token is sent on purpose, never by a browser on its own

    return wrap


def _body(request: HttpRequest) -> bytes:
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES:
        raise asked.Wrong("json", f"The body has more than {MOST_BYTES} bytes.")
    try:
        return request.body
    except UnreadablePostError:
        raise asked.Wrong("json", "The body was not received whole.") from None


@guarded("s2", "POST")
def officials_search(request: HttpRequest, client: str) -> HttpResponse:
    """Officials who take part in purchases. Who asked is written into the server's log."""
    search = asked.read(_body(request), officials.SHAPE)
    n_rows, rows = officials.search(search, clock.now())
    log.info("S2: %s asked, for %s: %d rows", client, search.query.get("rfcSolicitante", "itself"), n_rows)
    return _said(asked.answer(search, n_rows, rows))


@guarded("s2", "GET")
def officials_institutions(request: HttpRequest, client: str) -> HttpResponse:  # noqa: ARG001 - the shape of a view
    """The institutions of those officials."""
    return _said(officials.institutions(clock.now()))


@guarded("s6", "POST", more=DATA_IS_OPEN)
def contracts_search(request: HttpRequest, client: str) -> HttpResponse:  # noqa: ARG001 - the shape of a view
    """Contracts. The specification writes the place of the page twice: in `pagination` and beside it."""
    search = asked.read(_body(request), contracts.SHAPE)
    found = asked.answer(search, *contracts.search(search))
    return _said({**found["pagination"], **found})


@guarded("s6", "POST", more=DATA_IS_OPEN)
def records_search(request: HttpRequest, client: str) -> HttpResponse:  # noqa: ARG001 - the shape of a view
    """Contracts as records, asked in the shape of the reference implementation."""
    search, parties = records.read(_body(request))
    return _said(asked.answer(search, *records.search(search, parties)))


@guarded("s3", "POST")
def sanctions_search(request: HttpRequest, client: str) -> HttpResponse:  # noqa: ARG001 - the shape of a view
    """Sanctioned suppliers, in the first version of the specification."""
    search = asked.read(_body(request), sanctions.SHAPE)
    return _said(asked.answer(search, *sanctions.search(search)))


@guarded("s3", "GET")
def sanctions_institutions(request: HttpRequest, client: str) -> HttpResponse:  # noqa: ARG001 - the shape of a view
    """The institutions where the faults were committed."""
    return _said(sanctions.institutions())


@guarded("s3", "POST")
def sanctioned_search(request: HttpRequest, client: str) -> HttpResponse:
    """Officials sanctioned for grave faults, in the first version. Who asked is written into the server's log."""
    search = asked.read(_body(request), sanctioned_officials.SHAPE)
    n_rows, rows = sanctioned_officials.search(search)
    log.info("S3: %s asked, for %s: %d rows", client, search.query.get("rfcSolicitante", "itself"), n_rows)
    return _said(asked.answer(search, n_rows, rows))


@guarded("s3", "GET")
def sanctioned_institutions(request: HttpRequest, client: str) -> HttpResponse:  # noqa: ARG001 - the shape of a view
    """The institutions of those officials."""
    return _said(sanctioned_officials.institutions())


@csrf_exempt
def sanctions_items(request: HttpRequest, person: str) -> HttpResponse:
    """Sanctioned companies (M), persons (F) or officials (S) in the second version; errors have their own shape."""
    if request.method != "GET":
        return _item_error(405, "Use GET.")
    token_ = request.headers.get("Authorization", "").strip().rpartition(" ")[2]  # the key alone, or after "Bearer"
    if not clients.holder(token_, "s3"):
        return _item_error(401, "No valid token: ask for one at /pdn/s3/oauth.")
    try:
        rows = sanctioned_officials.second_version() if person == "S" else sanctions.second_version(person)
        return _said(items.answer(rows, request.GET))
    except asked.Wrong as wrong:
        return _item_error(400, str(wrong))


def _item_error(status: int, message: str) -> HttpResponse:
    return _said({"error": {"code": status, "message": message}}, status)


@csrf_exempt
def token(request: HttpRequest, system: str) -> HttpResponse:  # noqa: PLR0911 - each refusal has its own answer
    """A token for name and password (RFC 6749, section 4.3): good for an hour, for one system. With the token
    that came beside it (section 6) another one is had without the password, for six minutes longer.
    """
    if system not in clients.SYSTEMS:
        return _refused(404, "system", f"One of {', '.join(clients.SYSTEMS)}.")
    if request.method != "POST":
        return _refused(405, "method", "Use POST.", Allow="POST")
    told: Any = _form(request)
    name, password = (told.get(k, "")[:200] for k in ("username", "password"))
    key = f"pdn:{name}"
    is_calm = ratelimit.consume(request, action="login")
    if not is_calm or not ratelimit.consume(request, action="login_failed", key=key, dry_run=True):
        return _refused(429, "slow_down", "Too many attempts: wait five minutes.", Retry_After="300")
    if told.get("grant_type") == "refresh_token":
        return _renewed(told.get("refresh_token", "")[:1000], system)
    if told.get("grant_type") != "password":
        return _grant_refused("unsupported_grant_type", "grant_type=password, username, password, in a form.")
    made = clients.token_for(name, password, system)
    if not made:
        ratelimit.consume(request, action="login_failed", key=key)
        return _grant_refused("invalid_grant", "Name and password are not those of a client of this system.")
    return _token(name, system)


def _renewed(refresh: str, system: str) -> HttpResponse:
    name = clients.renewing(refresh, system)
    return _token(name, system) if name else _grant_refused("invalid_grant", "The refresh token is false or old.")


def _token(name: str, system: str) -> HttpResponse:
    made, again = clients.tokens(name, system)
    body = {"access_token": made, "token_type": "Bearer", "expires_in": clients.SECONDS, "refresh_token": again,
            "refresh_token_expires_in": clients.REFRESH_SECONDS}  # fmt: skip
    return _said(body)


def _form(request: HttpRequest) -> Any:
    try:
        return request.POST
    except UnreadablePostError:
        return {}


def _grant_refused(code: str, message: str) -> HttpResponse:
    """An error that clients of OAuth2 and of the platform both understand."""
    return _said({"error": code, "error_description": message, "code": code, "message": message}, 400)
