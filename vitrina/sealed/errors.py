# SPDX-License-Identifier: Apache-2.0
"""Refusals of the sealed-bid format: a stable code, and a sentence that tells what is wrong and where."""

from __future__ import annotations


class SealedError(ValueError):
    """Something that the format refuses. `code` is stable and short; `detail` is for people, in English."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code, self.detail = code, detail


class Unopenable(SealedError):
    """An envelope that the posted shares do not open: `false` holds the x of those that fail their commitment.

    Codes: `too_few_shares` (wait for other openers), `no_subset_matches` and `recipient_differs` (fault of the dealer:
    its backup, or rejection), `backup_differs` (the backup is of another envelope).
    """

    def __init__(self, code: str, detail: str, false: tuple[int, ...] = (), accepted: tuple[int, ...] = ()) -> None:
        super().__init__(code, detail)
        self.false, self.accepted = false, accepted
