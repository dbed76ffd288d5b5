# SPDX-License-Identifier: Apache-2.0
"""Bounds of the values in reveal objects, each refusal with its own code. Source: sealed-bids, sections 2 to 4, 6."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import Final

from vitrina.kernel import ids

from .agefile import LEAST_BYTES, PART_BYTES, unwrap
from .errors import SealedError
from .keys import public_of
from .shares import MOST_OPENERS, SHARE_BYTES, check_quorum

MOST_FILES: Final = 1_000
MOST_FILE_BYTES: Final = 2**40
MOST_NAME: Final = 100  # characters of an opener's id or a lot's
CODES: Final = {
    "reveal_by_malformed": "reveal_by is a month, YYYY-MM",
    "ocid_malformed": "the ocid is not one",
    "supplier_malformed": "the supplier is not an RFC",
    "lot_malformed": "the lot is neither null nor a short text",
    "recipient_malformed": "the recipient is not an age X25519 recipient",
    "salt_malformed": "the salt is not 32 bytes in lower-case hexadecimal",
    "key_commit_malformed": "key_commit is not 32 bytes in lower-case hexadecimal",
    "replaces_malformed": "replaces is neither null nor the digest of a manifest",
    "bid_malformed": "bid is not the digest of a manifest",
    "c_malformed": "c is not 32 bytes in lower-case hexadecimal",
    "quorum": "k of n is out of the rule: 2k > n, n <= 16",
    "panel_of_one": "one person alone opens only in the demonstration",
    "opener_malformed": "an opener's id is a short text",
    "opener_repeated": "an opener is on the panel twice",
    "share_x": "the shares are not numbered 1 to n in order",
    "share_commit_malformed": "a share's commitment is not 32 bytes in lower-case hexadecimal",
    "share_age": "a share is not one age file of 33 bytes for one X25519 recipient",
    "files_count": "there is no file, or there are too many",
    "file_sha256_malformed": "a file's digest is not 32 bytes in lower-case hexadecimal",
    "file_size": "a file's size is none that an age file can have",
    "file_parts": "a file's parts are not its slices of 8,388,608 bytes",
    "part_malformed": "a part's digest is not 32 bytes in lower-case hexadecimal",
    "file_repeated": "two files have the same ciphertext",
}
_HEX: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_MONTH: Final = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])", re.ASCII)
_OCID_PREFIX: Final = 11  # ocds-xxxxxx


def _refuse(code: str, found: object) -> SealedError:
    return SealedError(code, f"{CODES[code]}: {str(found)[:80]!r}")


def month(value: str) -> None:
    """Refuse what is not YYYY-MM. Errors: `reveal_by_malformed`."""
    if not _MONTH.fullmatch(value):
        raise _refuse("reveal_by_malformed", value)


def hexadecimal(value: str, field: str) -> None:
    """Refuse what is not 64 lower-case hexadecimal figures. Errors: `<field>_malformed`."""
    if not _HEX.fullmatch(value):
        raise _refuse(f"{field}_malformed", value)


def ocid(value: str) -> None:
    """Refuse what is not an ocid. Errors: `ocid_malformed`."""
    prefix, dash, rest = value[:_OCID_PREFIX], value[_OCID_PREFIX : _OCID_PREFIX + 1], value[_OCID_PREFIX + 1 :]
    try:
        ids.ocid(prefix, rest)
    except ValueError as error:
        raise _refuse("ocid_malformed", value) from error
    if dash != "-":
        raise _refuse("ocid_malformed", value)


def supplier(value: str) -> None:
    """Refuse what has not the form of an RFC. Errors: `supplier_malformed`."""
    if not ids.is_rfc(value):
        raise _refuse("supplier_malformed", value)


def lot(value: str | None) -> None:
    """Refuse a lot that is no short text. Errors: `lot_malformed`."""
    if value is not None and not _short(value):
        raise _refuse("lot_malformed", value)


def recipient(value: str) -> None:
    """Refuse what is not an age X25519 recipient. Errors: `recipient_malformed`."""
    public_of(value)


def panel(k: int, openers: Sequence[tuple[str, int]], *, demo: bool) -> None:
    """Refuse a panel (id, x in order) or quorum against the rules. Errors: quorum, panel_of_one, opener_*, share_x."""
    n = len(openers)
    check_quorum(k, n)
    if n == 1 and not demo:
        raise _refuse("panel_of_one", openers[0][0])
    names = [name for name, _ in openers]
    if len(set(names)) != n:
        raise _refuse("opener_repeated", ", ".join(names))
    if [x for _, x in openers] != list(range(1, n + 1)):
        raise _refuse("share_x", [x for _, x in openers])


def share(opener: str, x: int, commit: str, age: str) -> None:
    """Refuse a malformed share. Errors: opener_malformed, share_x, share_commit_malformed, share_age."""
    if not _short(opener):
        raise _refuse("opener_malformed", opener)
    if not 1 <= x <= MOST_OPENERS:
        raise _refuse("share_x", x)
    hexadecimal(commit, "share_commit")
    try:
        unwrap(age, SHARE_BYTES)
    except SealedError as error:
        raise SealedError("share_age", f"share {x} ({opener}): {error.detail}") from error


def files(found: Sequence[tuple[str, int, Sequence[str]]]) -> None:
    """Refuse ciphertexts (digest, size, parts) that do not add up. Errors: files_count, file_*, part_malformed."""
    if not 1 <= len(found) <= MOST_FILES:
        raise _refuse("files_count", len(found))
    for sha256, size, parts in found:
        hexadecimal(sha256, "file_sha256")
        if not LEAST_BYTES <= size <= MOST_FILE_BYTES:
            raise _refuse("file_size", size)
        if len(parts) != -(-size // PART_BYTES):
            raise _refuse("file_parts", f"{size} bytes in {len(parts)} parts")
        for part in parts:
            hexadecimal(part, "part")
        if len(parts) == 1 and parts[0] != sha256:
            raise _refuse("file_parts", "its only part has another digest than the whole")
    if len({sha256 for sha256, _, _ in found}) != len(found):
        raise _refuse("file_repeated", len(found))


def _short(value: str) -> bool:
    return 0 < len(value) <= MOST_NAME and not any(unicodedata.category(c).startswith("C") for c in value)
