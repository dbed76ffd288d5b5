# SPDX-License-Identifier: Apache-2.0
"""What an outsider needs to repeat the audit of an opening without this site: `vitrina sealed audit` reads the folder.

Sealed bids, section 9. The ciphertexts of opened bids are served beside it, each under its SHA-256.
"""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any, BinaryIO

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from vitrina.cycle.bidding import envelope, vault
from vitrina.cycle.bidding.events import BidUnopenable
from vitrina.cycle.opening import auditing
from vitrina.cycle.opening import board as boards
from vitrina.kernel import clock
from vitrina.kernel.canonical import parse
from vitrina.ledger import log
from vitrina.ledger.models import Position

from .downloads import LargeFile

README = """Auditoría de la apertura {ocid}

    vitrina sealed audit . --at {month}

repite sin internet la auditoría: cada texto sellado del registro (leaves.jsonl) con lo que se mostró de él
(reveals.jsonl), el tamaño del registro en el cierre (audit.json), el punto de control firmado (deadline) y de quién
valen las firmas (policy). Las llaves de los sobres abiertos están en audit.json: con cualquier programa age se
descifran sus archivos, que están en {files}HUELLA.
"""


@require_safe
def bundle(request: HttpRequest, ocid: str) -> HttpResponse:
    """`/p/<ocid>/auditoria.zip`: the folder of the audit, once the envelopes were opened or the purchase cancelled."""
    board = boards.read(boards.told_of(ocid))
    if board.cut is None or (board.counted is None and board.cancelled is None):
        raise Http404
    files = {
        "LEEME.txt": README.format(
            ocid=ocid, month=f"{clock.now():%Y-%m}", files=request.build_absolute_uri(f"/p/{ocid}/cifrados/")
        ),
        **_leaves(),
        "audit.json": _lines([_case(board, ocid)]),
        "deadline": log.checkpoint_at(board.cut.position) or "",
        "policy": log.policy_text(),
    }
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            if text:
                packed.writestr(name, text)
    response = HttpResponse(made.getvalue(), content_type="application/zip")
    response["Content-Disposition"] = 'attachment; filename="auditoria.zip"'
    return response


def _lines(rows: list[Any]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False, sort_keys=True) + "\n" for row in rows)


def _case(board: boards.Board, ocid: str) -> dict[str, Any]:
    """What `audit.json` says. Of a purchase that was cancelled first, at which leaf the log holds that it was."""
    cancelled = {"cancelled": board.cancelled.position - 1} if board.cancelled else {}
    return {
        **cancelled,
        "ocid": ocid,
        "deadline_size": board.cut.position if board.cut else 0,
        "opened": list(board.opened),
        "identities": {c: told.event.identity for c, told in board.opened.items()},
        "failed": {c: _failed(told.event) for c, told in board.unopenable.items()},
    }


def _failed(event: BidUnopenable) -> dict[str, Any]:
    """Why an envelope stayed closed. The shares go with it only where they prove that its bidder dealt what fits no
    key: of any other envelope, enough of them would be its key.
    """
    shares = envelope.shares_that_fit_nothing(event.c) if event.reason == "dealer" else []
    return {"reason": event.reason, "shares": [share.hex() for share in shares]}


def _leaves() -> dict[str, str]:
    """Every blinded leaf of the log and what was shown for it, of any purchase: a copy of the log has them all."""
    leaves = auditing.every_leaf()
    rows = Position.objects.filter(entry__in=[pk for pk, _leaf in leaves]).values_list("entry", "position")
    index = {pk: position - 1 for pk, position in rows}
    shown = auditing.reveals_of(leaves)
    reveals = [
        {"index": index[pk], "object": dict(shown[pk].object), "signature": shown[pk].signature}
        for pk, _leaf in leaves
        if pk in shown and pk in index
    ]
    return {
        "leaves.jsonl": _lines([{"index": index[pk], "leaf": leaf} for pk, leaf in leaves if pk in index]),
        "reveals.jsonl": _lines(reveals),
    }


@require_safe
def ciphertext(request: HttpRequest, ocid: str, sha256: str) -> HttpResponseBase:  # noqa: ARG001 - Django's view shape
    """`/p/<ocid>/cifrados/<sha256>`: a ciphertext of an opened bid; 404 for any other, whether or not it exists."""
    board = boards.read(boards.told_of(ocid))
    for told in board.bids:
        if told.event.c not in board.opened:
            continue
        for file in parse(told.event.object)["files"]:
            if file["sha256"] == sha256:
                response = LargeFile(_opened(file), content_type="application/octet-stream")
                response["Content-Disposition"] = f'attachment; filename="{sha256}.age"'
                response["Access-Control-Allow-Origin"] = "*"
                return response
    raise Http404


def _opened(file: dict[str, Any]) -> BinaryIO:
    try:
        return vault.put_together(file).open("rb")
    except vault.BadPart as error:  # lost since it was opened
        raise Http404 from error
