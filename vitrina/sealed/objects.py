# SPDX-License-Identifier: Apache-2.0
"""Reveal objects: manifest, withdrawal, re-dealt share, decoy; their digest and leaf. Source: sealed-bids, section 4.

`parse` is the only way in: bytes that are not byte for byte the canonical JSON of a well-formed object are refused.
"""

from __future__ import annotations

from typing import Any, Final, Literal

import msgspec

from vitrina.kernel.canonical import canonical, digest

from . import rules
from .errors import SealedError

MOST_BYTES: Final = 1024 * 1024  # of one object: a manifest of 100 GB of documents has about 900 kB of part digests
LEAF_BYTES: Final = 115


class FileRef(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One ciphertext: SHA-256 of the whole, bytes, and SHA-256 of every slice of 8,388,608 bytes (last shorter)."""

    sha256: str
    size: int
    parts: tuple[str, ...]


class ShareRef(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The share of one opener: its number, its commitment, base64 of the 33 bytes sealed to that opener."""

    opener: str
    x: int
    commit: str
    age: str


class Manifest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A sealed bid: one envelope, one key, one leaf. `files[0]` is the encrypted index; `shares` in panel order."""

    type: Literal["sobre/v1"]
    ocid: str
    lot: str | None
    envelope: Literal["legal", "tecnica", "economica"]
    supplier: str
    k: int
    recipient: str
    key_commit: str
    files: tuple[FileRef, ...]
    shares: tuple[ShareRef, ...]
    replaces: str | None
    reveal_by: str
    salt: str

    @property
    def ctx(self) -> str:
        """What its shares and commitments are bound to."""
        return f"{self.ocid}/{self.recipient}"

    @property
    def size(self) -> int:
        """Bytes of all its ciphertexts, as declared."""
        return sum(file.size for file in self.files)


class Withdrawal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The supplier takes the bid `bid` (a digest c) back."""

    type: Literal["sobre/v1/retiro"]
    ocid: str
    supplier: str
    bid: str
    reveal_by: str
    salt: str


class Redeal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The supplier gives one share of the bid `bid` to another opener; its x and commitment stay."""

    type: Literal["sobre/v1/reparto"]
    ocid: str
    supplier: str
    bid: str
    share: ShareRef
    reveal_by: str
    salt: str


class Decoy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A leaf of the platform that hides how many bids there are; unsigned."""

    type: Literal["sobre/v1/senuelo"]
    reveal_by: str
    salt: str


Reveal = Manifest | Withdrawal | Redeal | Decoy
TYPES: Final[dict[str, type[Reveal]]] = {
    "sobre/v1": Manifest,
    "sobre/v1/retiro": Withdrawal,
    "sobre/v1/reparto": Redeal,
    "sobre/v1/senuelo": Decoy,
}
PAYLOAD_TYPES: Final = {kind: f"vitrina/{kind}" for kind in TYPES if kind != "sobre/v1/senuelo"}


def parse(data: bytes, *, demo: bool = False) -> Reveal:
    """A reveal object from its canonical bytes. `demo` allows the panel of one person.

    Errors: `SealedError` with a code of its own for each fault: too_big, not_json, not_canonical, unknown_type,
    missing_key, unknown_key, wrong_type, and those of `rules`.
    """
    value = load(data)
    kind = value.get("type") if isinstance(value, dict) else None
    struct = TYPES.get(kind) if isinstance(kind, str) else None
    if struct is None:
        raise SealedError("unknown_type", f"its type is none of {', '.join(TYPES)}")
    try:
        found = msgspec.convert(value, struct, strict=True)
    except msgspec.ValidationError as error:
        raise SealedError(_shape_code(str(error)), str(error)) from error
    check(found, demo=demo)
    return found


def check_redeal(manifest: Manifest, found: Redeal) -> None:
    """Refuse a re-dealt share that is none of the manifest's: only its opener may change. Errors: "redeal_differs"."""
    if (found.ocid, found.supplier) != (manifest.ocid, manifest.supplier):
        raise SealedError("redeal_differs", "it is for another tender or supplier than the bid")
    if found.bid != reveal_digest(to_jcs(manifest)):
        raise SealedError("redeal_differs", "it names another bid")
    if (found.share.x, found.share.commit) not in [(s.x, s.commit) for s in manifest.shares]:
        raise SealedError("redeal_differs", "its x and commitment are none of the bid's")


def _shape_code(message: str) -> str:
    for beginning, code in (("Object missing", "missing_key"), ("Object contains unknown", "unknown_key")):
        if message.startswith(beginning):
            return code
    return "wrong_type"


def load(data: bytes, most: int = MOST_BYTES) -> Any:
    """A JSON value from its exact RFC 8785 bytes. Errors: `SealedError` too_big, not_json, not_canonical."""
    if len(data) > most:
        raise SealedError("too_big", f"it has {len(data)} bytes; at most {most} are read")
    try:
        value = msgspec.json.decode(data)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise SealedError("not_json", f"it is not JSON: {error}") from error
    try:
        same = canonical(value) == data
    except (ValueError, RecursionError) as error:
        raise SealedError("not_canonical", f"it has no canonical form: {error}") from error
    if not same:
        raise SealedError("not_canonical", "its bytes are not the canonical form (RFC 8785) of what it says")
    return value


def check(found: Reveal, *, demo: bool = False) -> None:
    """Refuse values out of their bounds. Errors: `SealedError`, codes in `rules`."""
    rules.month(found.reveal_by)
    rules.hexadecimal(found.salt, "salt")
    if isinstance(found, Decoy):
        return
    rules.ocid(found.ocid)
    rules.supplier(found.supplier)
    if isinstance(found, Manifest):
        _check_manifest(found, demo=demo)
        return
    rules.hexadecimal(found.bid, "bid")
    if isinstance(found, Redeal):
        rules.share(found.share.opener, found.share.x, found.share.commit, found.share.age)


def _check_manifest(found: Manifest, *, demo: bool) -> None:
    rules.lot(found.lot)
    rules.recipient(found.recipient)
    rules.hexadecimal(found.key_commit, "key_commit")
    if found.replaces is not None:
        rules.hexadecimal(found.replaces, "replaces")
    rules.panel(found.k, [(s.opener, s.x) for s in found.shares], demo=demo)
    for one in found.shares:
        rules.share(one.opener, one.x, one.commit, one.age)
    rules.files([(f.sha256, f.size, f.parts) for f in found.files])


def to_jcs(found: Reveal) -> bytes:
    """The canonical bytes of a reveal object: what is signed and what `c` digests."""
    return canonical(msgspec.to_builtins(found))


def reveal_digest(data: bytes) -> str:
    """`c`: SHA-256, hex, of the canonical bytes of a reveal object."""
    return digest(data)


def leaf(c: str, reveal_by: str) -> bytes:
    """The blinded leaf: always 115 bytes, the same for bids, withdrawals, re-deals and decoys (section 4.4).

    Errors: `SealedError` for a digest or a month that is none.
    """
    rules.hexadecimal(c, "c")
    rules.month(reveal_by)
    return canonical({"v": 1, "type": "sobre", "c": c, "reveal_by": reveal_by})
