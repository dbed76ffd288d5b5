# SPDX-License-Identifier: Apache-2.0
"""Opening an envelope from k shares, and naming who is at fault when it does not open. Source: sealed-bids, section 8.

The act runs it on the server; anyone runs it again afterwards.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final

from . import index
from .agefile import decrypt_bytes as decrypt_blob
from .agefile import decrypt_stream, unwrap
from .errors import SealedError, Unopenable
from .keys import identity as identity_of
from .keys import recipient as recipient_of
from .keys import secret_of
from .objects import FileRef, Manifest
from .shares import SHARE_BYTES, combine, key_commit, share_commit, split

_READ: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Recovered:
    """The key of an envelope, and who was at fault.

    `share_audit`: for x = 1..n, whether the dealer committed to the true share; `false`: the x of posted shares that
    are not what was committed to (fault of who posted them).
    """

    secret: bytes
    identity: str
    share_audit: tuple[bool, ...]
    false: tuple[int, ...]


def decrypt_share(identity: str, age: str) -> bytes:
    """The 33 bytes of a share from its base64 age file. Errors: `SealedError` "age_blob", "age_decrypt"."""
    return decrypt_blob(unwrap(age, SHARE_BYTES), identity)


def check_share(ctx: str, commit: str, share: bytes) -> bool:
    """Whether a posted share is the one that was committed to; False for anything malformed."""
    return isinstance(share, bytes) and len(share) == SHARE_BYTES and share_commit(ctx, share) == commit


def recover(manifest: Manifest, shares: Sequence[bytes]) -> Recovered:
    """The key from posted shares (steps 3 to 6). Errors: `Unopenable`, with the x of the false shares.

    Decided by `key_commit` alone: five wrong secrets have the same public key (section 11, trap 1).
    """
    commits = {one.x: one.commit for one in manifest.shares}
    accepted: dict[int, bytes] = {}
    false: set[int] = set()
    for share in shares:
        x = share[-1] if share else 0
        if x in commits and check_share(manifest.ctx, commits[x], share):
            accepted[x] = share
        else:
            false.add(x)
    good, bad = tuple(sorted(accepted)), tuple(sorted(false))
    if len(accepted) < manifest.k:
        text = f"{len(accepted)} of {manifest.k} shares are there" + (f"; false: x = {list(bad)}" if bad else "")
        raise Unopenable("too_few_shares", text, bad, good)
    secret = recover_key(manifest.ctx, manifest.key_commit, manifest.k, [accepted[x] for x in good])
    if secret is None:
        text = "shares as the dealer committed to them do not give the key that it committed to"
        raise Unopenable("no_subset_matches", text, bad, good)
    return _recovered(manifest, secret, bad, good)


def recover_from_backup(manifest: Manifest, identity: str) -> Recovered:
    """The key from the supplier's own backup; `key_commit` proves that it is the same. Errors: `SealedError`."""
    secret = secret_of(identity)
    if key_commit(manifest.ctx, secret) != manifest.key_commit:
        raise Unopenable("backup_differs", "this backup is not the key of this envelope")
    return _recovered(manifest, secret, (), ())


def recover_key(ctx: str, commit: str, k: int, shares: Sequence[bytes]) -> bytes | None:
    """The secret of the first k-subset whose `key_commit` is the one given; None when there is none."""
    distinct: dict[int, bytes] = {}
    for share in shares:
        if len(share) == SHARE_BYTES and share[-1]:
            distinct.setdefault(share[-1], share)
    for subset in combinations(distinct.values(), k):
        secret = combine(list(subset)) if subset else b""
        if secret and key_commit(ctx, secret) == commit:
            return secret
    return None


def share_audit(manifest: Manifest, secret: bytes) -> tuple[bool, ...]:
    """For x = 1..n: whether the manifest commits to the share that this secret has (step 6)."""
    true = split(secret, manifest.k, len(manifest.shares), manifest.ctx)
    return tuple(
        check_share(manifest.ctx, one.commit, share) for one, share in zip(manifest.shares, true, strict=True)
    )


def _recovered(manifest: Manifest, secret: bytes, false: tuple[int, ...], accepted: tuple[int, ...]) -> Recovered:
    if recipient_of(secret) != manifest.recipient:
        text = "the committed key is not the one to which the manifest says the files are sealed"
        raise Unopenable("recipient_differs", text, false, accepted)
    return Recovered(secret, identity_of(secret), share_audit(manifest, secret), false)


def verify_file(path: Path, ref: FileRef) -> bool:
    """Whether a stored ciphertext is the one in the manifest; to be asked before decrypting it (step 7)."""
    if path.stat().st_size != ref.size:
        return False
    total = hashlib.sha256()
    with path.open("rb") as file:
        while data := file.read(_READ):
            total.update(data)
    return total.hexdigest() == ref.sha256


def decrypt_index(path: Path, identity: str) -> index.Index:
    """The index of an envelope (file 0). Errors: `SealedError` of age and of `index.parse`."""
    if path.stat().st_size > index.MOST_BYTES:
        raise SealedError("too_big", f"an index has at most {index.MOST_BYTES} bytes")
    out = io.BytesIO()
    with path.open("rb") as source:
        decrypt_stream(source, out, identity)
    return index.parse(out.getvalue())


def decrypt_file(src: Path, dst: Path, identity: str) -> str:
    """Open a ciphertext into a file; SHA-256, hex, of the plaintext. After an error nothing is left of `dst`.

    Errors: `SealedError` "age_header", "age_decrypt"; `OSError`.
    """
    partial = dst.with_name(f".{dst.name}.part")
    try:
        with src.open("rb") as source, partial.open("wb") as target:
            sha256, _ = decrypt_stream(source, target, identity)
        partial.replace(dst)
    finally:
        partial.unlink(missing_ok=True)
    return sha256
