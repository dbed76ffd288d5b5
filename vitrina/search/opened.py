# SPDX-License-Identifier: Apache-2.0
"""An index that is open, and what was worked out of it and still holds."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, NamedTuple

import tantivy


class Open(NamedTuple):
    """An index that is open. `generation` says what it holds: while it stays, counts need not be made anew."""

    searcher: tantivy.Searcher
    generation: Hashable


class Kept:
    """What was worked out last, by question and generation. Threads may share it: at worst two work out the same."""

    def __init__(self, size: int) -> None:
        self._size, self._kept = size, OrderedDict[Hashable, Any]()

    def get(self, key: Hashable, build: Callable[[], Any]) -> Any:
        """What is kept under a key, else what `build` makes."""
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = build()
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return found

    def clear(self) -> None:
        """Forget it all."""
        self._kept.clear()
