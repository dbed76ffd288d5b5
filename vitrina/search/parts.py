# SPDX-License-Identifier: Apache-2.0
"""What is told of a contract in several rows of a store, as one row of SQL each: the index and the profiles read the
same.

`where` chooses releases by `rid` in every table that is read, so that a chunk reads only its own rows.
"""

from __future__ import annotations

from typing import Final

ALL: Final = "TRUE"
CHUNK: Final = "rid >= $first AND rid < $last"


def awarded(where: str = ALL) -> str:
    """(rid, award_no, date_day) of each award."""
    return f"SELECT rid, award_no, any_value(date_day) AS date_day FROM award WHERE {where} GROUP BY ALL"  # noqa: S608


def delivered(where: str = ALL) -> str:
    """(rid, state): the state of delivery of each process that names one, and only one."""
    return f"""SELECT rid, CASE WHEN min(state) = max(state) THEN min(state) END AS state
      FROM tender_item WHERE state <> '' AND {where} GROUP BY rid"""  # noqa: S608 - conditions of ours, here and below


def bidders(where: str = ALL) -> str:
    """(rid, n): firms with a bid that was sent and not withdrawn."""
    return f"""SELECT rid, count(DISTINCT oid) AS n FROM (SELECT rid, bid_no, oid FROM bid_tenderer WHERE {where})
      SEMI JOIN (SELECT rid, bid_no FROM bid WHERE status NOT IN ('invited', 'withdrawn') AND {where})
      USING (rid, bid_no) GROUP BY rid"""  # noqa: S608


def named(where: str = ALL) -> str:
    """(rid, n): firms that the process names as having bid."""
    return f"SELECT rid, count(DISTINCT oid) AS n FROM tenderer WHERE {where} GROUP BY rid"  # noqa: S608


def executed(where: str = ALL) -> str:
    """(rid, contract_no, due, met, is_late, late_days) of each contract of which some delivery was due on a day:
    whether one came late or is said not to have come; null where the source tells neither.
    """
    return f"""SELECT rid, contract_no, max(due)::DATE AS due, max(met)::DATE AS met,
      bool_or(CASE WHEN met IS NOT NULL THEN met::DATE > due::DATE WHEN status = 'notMet' THEN TRUE END) AS is_late,
      max(CASE WHEN met::DATE > due::DATE THEN date_diff('day', due::DATE, met::DATE) END) AS late_days
      FROM milestone WHERE contract_no IS NOT NULL AND due IS NOT NULL AND {where} GROUP BY ALL"""  # noqa: S608


def joined(where: str = ALL) -> str:
    """The joins of all of these to `contract c` and `release r`, as `a`, `t`, `g`, `h` and `m`."""
    return f"""
      LEFT JOIN ({awarded(where)}) a ON a.rid = c.rid AND a.award_no = c.award_no
      LEFT JOIN ({delivered(where)}) t ON t.rid = c.rid
      LEFT JOIN ({bidders(where)}) g ON g.rid = c.rid LEFT JOIN ({named(where)}) h ON h.rid = c.rid
      LEFT JOIN ({executed(where)}) m ON m.rid = c.rid AND m.contract_no = c.contract_no"""


REGION: Final = "coalesce(t.state, r.region)"  # where it is delivered, else where who buys is
N_BIDS: Final = "coalesce(g.n, r.n_tenderers, h.n, r.n_bids_said)"
UNIT: Final = "coalesce(nullif(c.unit_id, ''), nullif(r.unit_id, ''), r.pe_id, '')"
