# SPDX-License-Identifier: Apache-2.0
"""`cri` per purchase: plain mean of the components that are available, each 0, 0.5 or 1; and how many there were.

After Fazekas, with cut points of our own: single bid; no call published; kind of procedure (open 0, invited .5, direct
1); days from call to opening under the term of law (1), up to a fifth above it (.5); an amended contract; the winner's
share of what its unit spends that year (under .1: 0; under .3: .5). No component is validated on labelled data, and
the score of a single purchase is unreliable. Source: design page of the indicators, 4.4.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from vitrina.insight.flags.statutory import DIRECT, INVITED, OPEN
from vitrina.insight.screens.cells import codes

from .facts import Facts, Vector

SOME, MUCH = 0.1, 0.3
NEAR = 1.2


def components(f: Facts) -> dict[str, Vector]:
    """Name -> value of each purchase, nan where not available."""
    procedure = f.words("procedure")
    competitive = np.isin(procedure, [OPEN, INVITED])
    nbid, days, least = f.column("nbid"), f.column("days"), f.column("publication_min_days")
    called = (f.column("call") == 1) | (f.column("has_start") == 1)
    timed = (procedure == OPEN) & ~np.isnan(days) & ~np.isnan(least)
    contracts = f.column("n_contracts")
    amended = np.where((contracts > 0) & ("amendment" in f.carries), 1.0 * (f.column("n_amended") > 0), np.nan)
    return {
        "single_bid": np.where(competitive & ~np.isnan(nbid), 1.0 * (nbid == 1), np.nan),
        "no_call": np.where(competitive, 1.0 * ~called, np.nan),
        "procedure": np.select([procedure == OPEN, procedure == INVITED, procedure == DIRECT], [0, 0.5, 1], np.nan),
        "short_term": np.where(timed, np.where(days < least, 1.0, np.where(days < NEAR * least, 0.5, 0.0)), np.nan),
        "amended": amended,
        "winner_share": _winner_share(f),
    }


def _winner_share(f: Facts) -> Vector:
    """The largest share of a winner of the purchase in what its unit spends that year, cut in three."""
    place, firm = f.supplier
    unit = codes(f.words("agency"), f.words("unit"), np.nan_to_num(f.column("year"), nan=-1))
    spent = np.bincount(unit[place], f.won, int(unit.max(initial=-1)) + 1)
    key = codes(unit[place], firm)
    won = np.bincount(key, f.won, int(key.max(initial=-1)) + 1)[key]
    share = np.full(len(unit), np.nan)
    whole = spent[unit[place]]
    known = whole > 0
    np.fmax.at(share, place[known], won[known] / whole[known])
    return np.where(np.isnan(share), np.nan, np.select([share < SOME, share < MUCH], [0, 0.5], 1.0))


def cri(f: Facts) -> pa.Table:
    """(rid, cri, n_components, one column each)."""
    parts = components(f)
    stacked = np.stack(list(parts.values()))
    n = (~np.isnan(stacked)).sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(n > 0, np.nansum(stacked, axis=0) / n, np.nan)
    columns = {"cri": mean, "n_components": n.astype(np.int32), **parts}
    return pa.table({"rid": f.rows["rid"], **{k: pa.array(v, from_pandas=True) for k, v in columns.items()}})
