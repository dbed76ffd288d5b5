# SPDX-License-Identifier: Apache-2.0
"""Profiles: the figures of who buys, who sells, what is bought and where, over the contracts of a store of
`vitrina.insight`, made once when the store is put behind the search and looked up in a few milliseconds. No framework.

    book = current(Path(settings.SEARCH_DIR))          # None where no store was loaded
    book.profile("buyer", "MX-INST-050GYR")             # -> Profile, None where there is none
    book.listed("unit", text="saltillo", order="n")     # -> Page of rows, the most first
    book.raised("ocds-x-1")                             # -> flags raised by one process, with their rules in words
    book.rule("R018")                                   # -> one rule, and how often it was raised (explain)
    book.prices("25301-0009", "FRASCO", 2024)           # -> quartiles of the unit price among its peers

`kinds` names the kinds and their keys, `shapes` what is answered, `book` looks it up. `making` puts a book beside the
index: `facts` reads a contract a row, `sums` adds them up, `prices` and `flags` do what their names say. Why a file of
SQLite: `docs/decisions/0031-profiles.md`.
"""

from .book import Book, current
from .shapes import Profile

__all__ = ["Book", "Profile", "current"]
