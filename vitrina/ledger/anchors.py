# SPDX-License-Identifier: Apache-2.0
"""What others vouch for: cosignatures of witnesses and RFC 3161 time stamps, got beside the sequencer's way.

A witness or a provider that is slow or silent never holds up an act: the checkpoint is published with the log's own
signature first, and again when others have added theirs (public log, sections 6 and 8).
"""

from __future__ import annotations

from typing import Self

from .writer import Writer


class Anchors:
    """Nobody is asked yet."""

    def __init__(self, writer: Writer) -> None:
        self.writer = writer

    def ring(self, size: int) -> None:
        pass

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass
