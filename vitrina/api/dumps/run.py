# SPDX-License-Identifier: Apache-2.0
"""One run: where it writes, up to which act, and what of the former generation holds still."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from .folder import File, Folder


@dataclass(frozen=True)
class Run:
    """`position`: the last act of this generation; `former`: the files that were there, by name; `tell`: rows done."""

    folder: Folder
    position: int
    former: dict[str, File] = field(default_factory=dict)
    tell: Callable[[int], None] = lambda _n: None

    def kept(self, name: str, mark: str) -> File | None:
        """The file of this name where it holds still what it must."""
        found = self.former.get(name)
        return found if found and found.mark == mark and self.folder.holds(found) else None
