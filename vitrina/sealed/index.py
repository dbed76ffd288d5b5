# SPDX-License-Identifier: Apache-2.0
"""The encrypted index of an envelope (file 0): names, digests of the plaintexts, the offer. Source: sealed-bids, 4.2.

Padded to a multiple of 4,096 bytes, because its length would tell how long the names and the prices are.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any, Final, Literal

import msgspec

from vitrina.kernel.canonical import canonical

from .errors import SealedError
from .objects import load

BLOCK: Final = 4096
MOST_BYTES: Final = 16 * 1024 * 1024
_DECIMAL: Final = re.compile(r"(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,6})?", re.ASCII)
_HEX: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_CURRENCY: Final = re.compile(r"[A-Z]{3}", re.ASCII)
_MOST_TEXT: Final = 255
_MOST_NAME_BYTES: Final = 200


class IndexFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One document before sealing. Its name is what the bidder wrote: `safe_name` before it touches a disk."""

    name: str
    media_type: str
    sha256: str
    size: int


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One line of the offer: item number, then decimal strings."""

    line: int
    quantity: str
    unit_price: str
    amount: str


class Offer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the bidder asks for; decimal strings, ISO 4217 currency."""

    currency: str
    total: str
    lines: tuple[Line, ...]


class Index(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is in the envelope: entry i of `files` is ciphertext i + 1. `offer` is null in envelopes without prices."""

    v: Literal[1]
    files: tuple[IndexFile, ...]
    offer: Offer | None
    pad: str


def build(files: Sequence[IndexFile], offer: Offer | dict[str, Any] | None) -> bytes:
    """The canonical, padded bytes of an index. Errors: `SealedError` as `parse`."""
    body: dict[str, Any] = {
        "v": 1,
        "files": msgspec.to_builtins(list(files)),
        "offer": msgspec.to_builtins(offer),
        "pad": "",
    }
    try:
        body["pad"] = " " * (-len(canonical(body)) % BLOCK)
        data = canonical(body)
    except (ValueError, RecursionError) as error:
        raise SealedError("index_malformed", f"it has no canonical form: {error}") from error
    parse(data)
    return data


def parse(data: bytes) -> Index:
    """An index from its plaintext. Errors: `SealedError`: those of `objects.load`, index_malformed, offer_malformed.

    Sums are not checked here: an offer that does not add up is opened and judged by the evaluation.
    """
    value = load(data, MOST_BYTES)
    try:
        found = msgspec.convert(value, Index, strict=True)
    except msgspec.ValidationError as error:
        raise SealedError("index_malformed", str(error)) from error
    if len(data) % BLOCK or found.pad.strip(" "):
        raise SealedError("index_malformed", f"it is not padded with spaces to a multiple of {BLOCK} bytes")
    for number, file in enumerate(found.files, start=1):
        _check_file(number, file)
    if found.offer is not None:
        _check_offer(found.offer)
    return found


def _check_file(number: int, file: IndexFile) -> None:
    if not 0 < len(file.name) <= _MOST_TEXT or len(file.media_type) > _MOST_TEXT:
        raise SealedError("index_malformed", f"file {number}: a name or media type is empty or too long")
    if not _HEX.fullmatch(file.sha256) or file.size < 0:
        raise SealedError("index_malformed", f"file {number}: its digest or its size is malformed")


def _check_offer(offer: Offer) -> None:
    if not _CURRENCY.fullmatch(offer.currency):
        raise SealedError("offer_malformed", "its currency is not three capital letters")
    if not _DECIMAL.fullmatch(offer.total):
        raise SealedError("offer_malformed", "its total is not a decimal number such as 1234.50")
    numbers = [line.line for line in offer.lines]
    if len(set(numbers)) != len(numbers) or any(n < 1 for n in numbers):
        raise SealedError("offer_malformed", "its lines are not numbered from 1, each number once")
    for line in offer.lines:
        for field in ("quantity", "unit_price", "amount"):
            if not _DECIMAL.fullmatch(getattr(line, field)):
                raise SealedError("offer_malformed", f"line {line.line}: {field} is not a decimal number")


def safe_name(number: int, name: str) -> str:
    """A file name that cannot leave its folder: the number of the ciphertext, a dash, what is harmless of the name.

    >>> safe_name(1, "../../etc/propuesta económica.pdf")
    '01-propuesta económica.pdf'
    """
    last = PurePath(name.replace("\\", "/")).name
    kept = "".join(c for c in unicodedata.normalize("NFC", last) if not unicodedata.category(c).startswith("C"))
    kept = re.sub(r'[<>:"/|?*]', "_", kept).strip(" .")
    while len(kept.encode()) > _MOST_NAME_BYTES:
        kept = kept[1:]  # the end holds the kind of file
    return f"{number:02d}-{kept or 'documento'}"
