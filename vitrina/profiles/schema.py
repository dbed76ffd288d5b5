# SPDX-License-Identifier: Apache-2.0
"""The tables of a book: a file of SQLite in which what belongs to one entity (`eid`) lies together.

`eid` 1 is the country. `share`: what an entity contracted by year and method; `top`: the largest of another kind with
it; `n_of`: how many there are of each kind; `largest`: its largest contracts; `paid`: what it paid by class; `flag`:
rules raised among its contracts, or of it (`is_own`); `raised`: rules raised by one process; `price`: peers of a unit
price; `registered`: suppliers told with one RFC, by which lists are asked.
"""

from __future__ import annotations

from typing import Final

VERSION: Final = 2
FIGURES: Final = (
    *("n", "centavos", "n_amount", "n_foreign", "n_signed", "n_class", "n_place", "n_supplier", "n_rfc", "n_joint"),
    *("n_open", "n_bids", "n_single", "n_due", "n_late", "late_days", "n_days", "days_q1", "days_median", "days_q3"),
    *("first_year", "last_year"),
)
TABLES: Final = {
    "entity": "eid INTEGER PRIMARY KEY, kind TEXT, key TEXT, name TEXT, rfc TEXT, text TEXT, parent INT, "
    + ", ".join(f"{name} INT" for name in FIGURES),
    "share": "eid INT, year INT, method TEXT, n INT, centavos INT, PRIMARY KEY (eid, year, method)",
    "top": "kind TEXT, eid INT, place INT, other INT, n INT, centavos INT, PRIMARY KEY (kind, eid, place)",
    "n_of": "kind TEXT, eid INT, n INT, PRIMARY KEY (kind, eid)",
    "largest": "eid INT, place INT, contract TEXT, PRIMARY KEY (eid, place)",
    "paid": "eid INT, place INT, item TEXT, unit TEXT, n INT, median REAL, PRIMARY KEY (eid, place)",
    "price": "item TEXT, unit TEXT, year INT, n INT, least REAL, q1 REAL, median REAL, q3 REAL, most REAL, low REAL, "
    "step REAL, bins TEXT, PRIMARY KEY (item, unit, year)",
    "flag": "eid INT, code TEXT, is_own INT, n INT, value REAL, threshold REAL, peer_n INT, percentile REAL, "
    "basis TEXT, PRIMARY KEY (eid, code, is_own)",
    "raised": "ocid TEXT, code TEXT, item TEXT, value REAL, threshold REAL, peer_n INT, percentile REAL, basis TEXT, "
    "PRIMARY KEY (ocid, code, item)",
    "rule": "code TEXT PRIMARY KEY, words TEXT, flagged INT, judged INT",
    "mention": "eid INT, place INT, list TEXT, kind TEXT, authority TEXT, file TEXT, start TEXT, until TEXT, "
    "cut TEXT, PRIMARY KEY (eid, place)",
    "registered": "eid INTEGER PRIMARY KEY",
    "fact": "name TEXT PRIMARY KEY, value TEXT",
}
PLAIN: Final = {"entity", "registered"}  # with a number for each row; the others lie in the order of their key
AFTER: Final = (
    "CREATE UNIQUE INDEX entity_key ON entity (kind, key)",
    "CREATE INDEX entity_amount ON entity (kind, centavos DESC, key)",
    "CREATE INDEX entity_parent ON entity (parent, centavos DESC) WHERE parent IS NOT NULL",
)


def create(name: str) -> str:
    """The statement that makes a table."""
    return f"CREATE TABLE {name} ({TABLES[name]})" + ("" if name in PLAIN else " WITHOUT ROWID")
