# SPDX-License-Identifier: Apache-2.0
"""What the scripts of the sealed-bid pages call: envelopes, their parts, receipts, openers' keys and shares.

Answers are JSON; a refusal is `{"errors": [{code, message, field?}]}` with a status of 4xx. Nothing that comes in is
written to a log, and nothing that goes out says who sealed what.
"""

from __future__ import annotations

import base64
import binascii
import functools
import json
from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from vitrina.cycle.bidding import commands as bidding
from vitrina.cycle.bidding import envelope, unsealing, vault
from vitrina.cycle.bidding.queries import is_late
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.refusal import Refused, refuse
from vitrina.cycle.opening import commands as opening
from vitrina.ledger import log
from vitrina.ledger.releases import iso
from vitrina.parties.openers import commands as opener_keys
from vitrina.parties.openers.queries import OPENING_ROLES
from vitrina.parties.roles import Role
from vitrina.parties.sign_in.fresh import must_confirm
from vitrina.parties.signing import SigningRefused
from vitrina.sealed.errors import SealedError

from . import confirming
from .inbox import called_processes
from .offices import Seat, seated
from .seal_data import key_data, opening_data, sealing_data

LONGEST = 256 * 1024  # bytes of a JSON request
KINDS = {
    "sobre/v1": bidding.submit,
    "sobre/v1/retiro": bidding.withdraw,
    "sobre/v1/reparto": bidding.redeal,
}


class BadRequest(Exception):
    """The request is not what its address takes; the message says how."""


class _Unconfirmed(Exception):
    """The person has to confirm first that it is them."""


def answers(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A view whose refusals are JSON: 409 for what law or act refuse, 400 for a request that makes no sense.

    403 where the person has to confirm first that it is them, with the address (`url`) where that is done.
    """

    @functools.wraps(view)
    def run(request: HttpRequest, seat: Seat, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, seat, *args, **kwargs)
        except Refused as refused:
            return _errors([(r.code, r.message, r.field) for r in refused.refusals], 409)
        except SigningRefused as refused:
            return _errors([(refused.code, refused.message, "signature")], 409)
        except opener_keys.OpenerKeyRefused as refused:
            return _errors([(refused.code, str(refused), "")], 409)
        except _Unconfirmed:
            told = {"code": confirming.CODE, "message": confirming.words(), "url": confirming.address()}
            return JsonResponse({"errors": [told]}, status=403)
        except BadRequest as bad:
            return _errors([("request", str(bad), "")], 400)

    return run


def _require_confirmed(request: HttpRequest) -> None:
    if must_confirm(request):
        raise _Unconfirmed


def _errors(found: list[tuple[str, str, str]], status: int) -> JsonResponse:
    rows = [
        {"code": code, "message": message, **({"field": field} if field else {})} for code, message, field in found
    ]
    return JsonResponse({"errors": rows}, status=status)


def _length(request: HttpRequest) -> int:
    """The length that the sender tells; none for one that is no number, which is read with care all the same."""
    told = request.headers.get("Content-Length") or "0"
    return int(told) if told.isascii() and told.isdecimal() else 0


def body_of(request: HttpRequest) -> dict[str, Any]:
    """The JSON object of a request. Errors: `BadRequest`."""
    if _length(request) > LONGEST:
        raise BadRequest(_("The request is larger than any should be."))
    try:
        found = json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise BadRequest(_("The request is not JSON.")) from error
    if not isinstance(found, dict):
        raise BadRequest(_("The request is not a JSON object."))
    return found


def text_of(found: dict[str, Any], name: str, *, optional: bool = False) -> str:
    """A text of a request; empty where it is optional and absent. Errors: `BadRequest`."""
    value = found.get(name)
    if value is None and optional:
        return ""
    if not isinstance(value, str) or not _is_text(value):
        raise BadRequest(_("«%(name)s» must be text.") % {"name": name})
    return value


def _is_text(value: str) -> bool:
    """Whether it can be written as UTF-8: JSON admits halves of characters, which nothing else takes."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _claim(found: dict[str, Any]) -> dict[str, Any] | None:
    value = found.get("signature")
    if value is not None and not isinstance(value, dict):
        raise BadRequest(_("«%(name)s» must be an object.") % {"name": "signature"})
    return value


def _bytes(text: str, name: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadRequest(_("«%(name)s» must be base64.") % {"name": name}) from error


def _process(seat: Seat, ocid: str) -> Process:
    process = called_processes(seat.actor).filter(ocid=ocid).first()
    if process is None:
        raise Http404
    return process


def _supplier(seat: Seat) -> None:
    if seat.actor.role is not Role.SUPPLIER:
        raise Http404


@require_GET
@seated
@answers
def seal_context(request: HttpRequest, seat: Seat, ocid: str) -> HttpResponse:  # noqa: ARG001 - the decorators' shape
    """What a supplier's browser needs to seal; also the context file of the client without network."""
    _supplier(seat)
    return JsonResponse(sealing_data(seat, _process(seat, ocid)))


@require_POST
@seated
@answers
def envelopes(request: HttpRequest, seat: Seat, ocid: str) -> HttpResponse:
    """Take a signed object: a bid, a withdrawal or a share dealt anew. The instant was read once, with the seat."""
    _supplier(seat)
    process, found = _process(seat, ocid), body_of(request)
    text = text_of(found, "object")
    previous = text_of(found, "previous", optional=True)
    try:
        kind = json.loads(text).get("type")
        command = KINDS[kind]
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError) as error:
        raise BadRequest(_("«object» is not a signed object of a sealed bid.")) from error
    entry = command(
        seat.actor,
        process.ocid,
        at=seat.at,
        data=text.encode(),
        claim=_claim(found),
        previous=previous.encode() if previous else None,
    )
    row = envelope.find(entry.event.c)
    status = "late" if is_late(process, entry) else "logged"
    answer = {"c": row.c, "status": status, "received_at": iso(entry.at), "missing": vault.missing(row.files)}
    return JsonResponse(answer, status=201)


@require_GET
@seated
@answers
def receipt(request: HttpRequest, seat: Seat, c: str) -> HttpResponse:  # noqa: ARG001 - the decorators' shape
    """The proof that the log holds an envelope, once a signed checkpoint covers it; 202 before."""
    _supplier(seat)
    row = envelope.find(c)
    if row is None:
        raise Http404
    proof = log.receipt_of(row.entry)
    if proof is None:
        return JsonResponse({}, status=202)
    statement = log.statement_of(row.entry)
    return JsonResponse(
        {
            "proof": proof,
            "statement": statement.decode() if statement else "",
            "index": log.index_of(row.entry),
            "policy": log.policy_text(),
            "status": "late" if is_late(row.process, row.entry) else "logged",
            "received_at": iso(row.entry.at),
        }
    )


@require_GET
@seated
@answers
def parts(request: HttpRequest, seat: Seat, c: str) -> HttpResponse:  # noqa: ARG001 - the decorators' shape
    """Which parts of an envelope are still missing: where an upload that was cut goes on."""
    _supplier(seat)
    row = envelope.find(c)
    if row is None:
        raise Http404
    missing = vault.missing(row.files)
    return JsonResponse({"missing": missing, "complete": not missing})


@require_http_methods(["PUT"])
@seated
@answers
def part(request: HttpRequest, seat: Seat, c: str, sha256: str) -> HttpResponse:
    """Keep one part: 204, 404 when the envelope did not promise it, 422 when its bytes are others."""
    _supplier(seat)
    if envelope.promising(c, sha256) is None:
        raise Http404
    if _length(request) > vault.PART_BYTES:
        return _errors([("bytes", _("A part has at most 8 MiB."), "")], 422)
    try:
        waiting = bidding.receive_part(c, sha256, request, at=seat.at)  # type: ignore[arg-type]
    except Refused as refused:
        status = 422 if refused.codes == ["bytes"] else 409
        return _errors([(r.code, r.message, r.field) for r in refused.refusals], status)
    row = envelope.find(c)
    if not waiting and row and row.object:  # it came in the act, within the grace, when the keys may be there already
        unsealing.unseal_ready(row.process)
    return HttpResponse(status=204)


@require_http_methods(["GET", "POST"])
@seated
@answers
def key(request: HttpRequest, seat: Seat) -> HttpResponse:
    """The key of an opener: read it; register, prove or retire it (`action`)."""
    if seat.actor.role not in OPENING_ROLES:
        raise Http404
    challenge = None
    if request.method == "POST":
        found = body_of(request)
        if found.get("action") != "challenge":
            _require_confirmed(request)
        match text_of(found, "action"):
            case "register":
                opener_keys.register_key(
                    seat.actor,
                    at=seat.at,
                    recipient=text_of(found, "recipient"),
                    locked=text_of(found, "locked"),
                    claim=_claim(found),
                )
                challenge = opener_keys.new_challenge(seat.actor)
            case "challenge":
                challenge = opener_keys.new_challenge(seat.actor)
            case "prove":
                opener_keys.prove_key(seat.actor, at=seat.at, answer=text_of(found, "answer"))
            case "retire":
                opener_keys.retire_key(seat.actor, at=seat.at)
            case _:
                raise BadRequest(_("That is not something that can be done with a key."))
    return JsonResponse(key_data(seat, challenge))


@require_http_methods(["GET", "POST"])
@seated
@answers
def keys(request: HttpRequest, seat: Seat, ocid: str) -> HttpResponse:
    """The opening for who holds a key, or presides: read where it stands, give the shares of a round."""
    if seat.actor.role not in OPENING_ROLES:
        raise Http404
    process = _process(seat, ocid)
    if not seat.actor.acts_for(process.unit):
        raise Http404
    if request.method == "POST":
        found = body_of(request)
        given = found.get("shares")
        if not isinstance(given, dict) or not all(isinstance(v, str) and _is_text(c) for c, v in given.items()):
            raise BadRequest(_("«%(name)s» must be an object.") % {"name": "shares"})
        _require_confirmed(request)
        shares = {c: _bytes(text, "shares") for c, text in given.items()}
        opening.give_shares(
            seat.actor, process.ocid, at=seat.at, round=text_of(found, "round"), shares=shares, claim=_claim(found)
        )
        unsealing.unseal_ready(process)  # outside the act's transaction: envelopes may be large
        process.refresh_from_db()
    return JsonResponse(opening_data(seat, process))


@require_POST
@seated
@answers
def backup(request: HttpRequest, seat: Seat, ocid: str) -> HttpResponse:
    """A bidder brings the key of its own envelope, in the act."""
    _supplier(seat)
    _require_confirmed(request)
    process, found = _process(seat, ocid), body_of(request)
    try:
        with transaction.atomic():
            opening.present_backup(
                seat.actor,
                process.ocid,
                at=seat.at,
                data=text_of(found, "object").encode(),
                identity=text_of(found, "identity").strip(),
                claim=_claim(found),
            )
    except SealedError as error:
        raise refuse(error.code, error.detail) from error
    return JsonResponse({"taken": True}, status=201)
