# SPDX-License-Identifier: Apache-2.0
"""Keeping what was received - manifest and signature - unreadable until the opening (design beyond sealed-bids).

The server encrypts the record to a fresh key, deals that key to the openers with the shares of section 3 and forgets
it: until k of them act, its own tables do not tell who bids. Padding hides how long the record is.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any, Final

from . import keys
from .agefile import MOST_HEADER, decrypt_bytes, encrypt_bytes, from_base64
from .errors import SealedError, Unopenable
from .objects import MOST_BYTES
from .opening import check_share, recover_key
from .shares import key_commit, share_commit, split

BLOCK: Final = 4096


def lock(record: bytes, *, ocid: str, panel: Sequence[dict[str, str]], k: int) -> dict[str, Any]:
    """A JSON record under a fresh key: `{recipient, key_commit, k, shares: [{opener, x, commit, age}], blob}`.

    `panel` is `[{id, recipient}, ...]` in order. The record is padded with spaces to a multiple of 4,096 bytes.
    Errors: `SealedError` "record_malformed", "quorum", "recipient_malformed".
    """
    if not record.endswith(b"}") or len(record) > 2 * MOST_BYTES:
        raise SealedError("record_malformed", "what is kept is a JSON object, not too long")
    secret = keys.new_secret()
    recipient = keys.recipient(secret)
    ctx = f"{ocid}/{recipient}"
    padded = record + b" " * (-len(record) % BLOCK)
    return {
        "recipient": recipient,
        "key_commit": key_commit(ctx, secret),
        "k": k,
        "shares": deal(secret, ctx, panel, k),
        "blob": base64.b64encode(encrypt_bytes(padded, recipient)).decode(),
    }


def deal(secret: bytes, ctx: str, panel: Sequence[dict[str, str]], k: int) -> list[dict[str, Any]]:
    """Shares of a secret, each sealed to its opener: `{opener, x, commit, age}`, in the order of the panel."""
    dealt = zip(panel, split(secret, k, len(panel), ctx), strict=True)
    return [
        {
            "opener": opener["id"],
            "x": share[-1],
            "commit": share_commit(ctx, share),
            "age": base64.b64encode(encrypt_bytes(share, opener["recipient"])).decode(),
        }
        for opener, share in dealt
    ]


def unlock(locked: dict[str, Any], ocid: str, shares: Sequence[bytes]) -> bytes:
    """The record again, from k of the openers' shares. Errors: `Unopenable` too_few_shares, no_subset_matches."""
    ctx = f"{ocid}/{locked['recipient']}"
    commits = {one["x"]: one["commit"] for one in locked["shares"]}
    accepted = [s for s in shares if s and s[-1] in commits and check_share(ctx, commits[s[-1]], s)]
    good = tuple(sorted({s[-1] for s in accepted}))
    false = tuple(sorted({s[-1] for s in shares if s} - set(good)))
    if len(good) < locked["k"]:
        raise Unopenable("too_few_shares", f"{len(good)} of {locked['k']} shares are there", false, good)
    secret = recover_key(ctx, locked["key_commit"], locked["k"], accepted)
    if secret is None:
        raise Unopenable("no_subset_matches", "the committed shares do not give the committed key", false, good)
    if len(locked["blob"]) > 4 * (MOST_BYTES + MOST_HEADER):
        raise SealedError("too_big", "the record is longer than one can be")
    return decrypt_bytes(from_base64(locked["blob"], "age_blob"), keys.identity(secret)).rstrip(b" ")
