# SPDX-License-Identifier: Apache-2.0
"""A log's side of being witnessed: ask for a cosignature, and prove growth from whatever the witness saw last."""

from __future__ import annotations

from .note import Checkpoint, Vkey, split
from .tile_reader import TileReader
from .witness import Conflict, WitnessError, request_cosignature

_ATTEMPTS = 3  # another process may have the witness see a larger tree meanwhile
_CONFLICT = 409


def obtain(url: str, vkey: Vkey, tiles: TileReader, note: str, *, seen: int = 0, timeout: float = 2.0) -> str:
    """The cosignature line of a witness for a checkpoint note of the log with these tiles.

    `seen`: the size that it probably saw last; when it saw another one it says so and is asked again. Errors:
    `WitnessError`, with status 409 when it has seen more leaves than there are; `NoteError`; those of reading tiles.
    """
    size = Checkpoint.parse(split(note)[0]).size
    for _ in range(_ATTEMPTS):
        proof = tiles.consistency_proof(seen, size) if seen else []
        answer = request_cosignature(url, vkey, seen, proof, note, timeout)
        if not isinstance(answer, Conflict):
            return answer
        seen = answer.size
        if seen > size:
            raise WitnessError(_CONFLICT, f"the witness has seen {seen} leaves, and this checkpoint has {size}")
    raise WitnessError(_CONFLICT, "others keep showing the witness larger trees")
