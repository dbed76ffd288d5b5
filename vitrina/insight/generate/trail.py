# SPDX-License-Identifier: Apache-2.0
"""What surrounds a purchase, as tables of the store: papers, questions, protests, amendments, deliveries, payments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from . import dates, profile
from .amounts import DIRECT, INVITATION, NONE, OPEN
from .arrow import choose, instant, money, only, table, text
from .frame import KNOWN, Frame

if TYPE_CHECKING:
    from .tables import Context

Array = npt.NDArray[Any]
DAY = dates.DAY
URL = "https://sintetico.example/"
# Paper: (section, type, share among tenders and invitations, among direct awards); P.
PAPERS = (
    ("planning", "procurementPlan", 0.45, 0.20),
    ("planning", "marketStudies", 0.60, 0.45),
    ("tender", "tenderNotice", 0.97, 0.0),
    ("tender", "biddingDocuments", 0.93, 0.0),
    ("tender", "technicalSpecifications", 0.75, 0.0),
    ("tender", "evaluationCriteria", 0.70, 0.0),
    ("award", "awardNotice", 0.85, 0.30),
    ("contract", "contractSigned", 0.70, 0.55),
)
MADE, MET, CLAIMED = 0.20, 0.6, 0.25


def build(frame: Frame, context: Context) -> dict[str, pa.Table]:
    """The tables of what surrounds the procedures of a batch."""
    return {
        "document": _documents(frame, context),
        "enquiry": _enquiries(frame, context),
        "complaint": _complaints(frame, context),
        "amendment": _amendments(frame, context),
        **_execution(frame, context),
    }


def _documents(frame: Frame, context: Context) -> pa.Table:
    p, lots, rng = frame.procedures, frame.lots, context.rng
    direct = p.kind >= DIRECT
    rows, kinds, parents, when = [], [], [], []
    signed = np.where((lots.signature == KNOWN), lots.signed, dates.NEVER)
    for number, (section, _, of_tenders, of_direct) in enumerate(PAPERS):
        of_lots = section in {"award", "contract"}
        at = lots.procedure if of_lots else np.arange(len(p))
        there = rng.random(len(at)) < np.where(direct[at], of_direct, of_tenders)
        if of_lots:
            there &= lots.supplier >= 0
        if section == "contract":
            there &= ~np.isnat(signed)
        at_rows = np.flatnonzero(there)
        procedure = at[at_rows]
        # A few notices come late; plans and studies come before the call, the rest with its act.
        late = rng.random(len(at_rows)) < 0.03  # noqa: PLR2004
        moved = np.where(late, rng.integers(1, 6, len(at_rows)), 0).astype("timedelta64[D]").astype("timedelta64[s]")
        base = {
            "planning": p.published[procedure] - (rng.integers(5, 90, len(at_rows)) * DAY),
            "tender": p.published[procedure] + moved,
            "award": p.decided[procedure],
            "contract": signed[at_rows] if of_lots else p.published[procedure],
        }[section]
        rows.append(procedure)
        kinds.append(np.full(len(at_rows), number))
        parents.append(lots.no[at_rows] if of_lots else np.full(len(at_rows), -1))
        when.append(np.minimum(base, dates.CUT))
    row, kind, parent, time = (np.concatenate(x) for x in (rows, kinds, parents, when))
    order = np.lexsort((kind, parent, np.array([_SECTION_ORDER[s] for s, *_ in PAPERS])[kind], row))
    row, kind, parent, time = row[order], kind[order], parent[order], time[order]
    section_no = np.array([_SECTION_ORDER[s] for s, *_ in PAPERS])[kind]
    pos = _within(row * 8_000 + section_no * 1_000 + parent + 1)
    ids = text("D-", np.arange(len(row)) + 1)
    first = np.searchsorted(row, row)
    ids = text("D-", np.arange(len(row)) - first + 1)
    number = text(URL, p.number[row], 8)
    return table(
        "document", len(row), rid=context.first + row, section=choose([s for s, *_ in PAPERS], kind),
        parent_no=only(parent, parent >= 0), pos=pos, document_id=ids, type=choose([t for _, t, *_ in PAPERS], kind),
        published=instant(time), format="application/pdf", language="es",
        url=pc.binary_join_element_wise(number, ids, "/"),
    )  # fmt: skip


_SECTION_ORDER = {"planning": 0, "tender": 1, "award": 2, "contract": 3}


def _within(keys: Array) -> Array:
    """Position of each row among those of its key; equal keys are neighbours."""
    if not len(keys):
        return np.empty(0, np.int64)
    starts = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]]))
    found: Array = np.arange(len(keys)) - np.repeat(starts, np.diff(np.concatenate([starts, [len(keys)]])))
    return found


def _enquiries(frame: Frame, context: Context) -> pa.Table:
    p, rng = frame.procedures, context.rng
    count = np.where((p.kind == OPEN) & p.has_bids & ~np.isnat(p.clarification), rng.poisson(1.5, len(p)), 0)
    row = np.repeat(np.arange(len(p)), count)
    meeting = p.clarification[row]
    asked = meeting - (rng.integers(24, 60, len(row)) * np.timedelta64(3600, "s"))
    asked = np.maximum(asked, p.published[row])
    answered = np.where((rng.random(len(row)) < 0.97) & (meeting < dates.CUT), meeting, dates.NEVER)  # noqa: PLR2004
    return table(
        "enquiry", len(row), rid=context.first + row, pos=_within(row), date=instant(np.minimum(asked, dates.CUT)),
        answered=instant(answered), has_answer=~np.isnat(answered),
    )  # fmt: skip


def _complaints(frame: Frame, context: Context) -> pa.Table:
    p, rng = frame.procedures, context.rng
    filed = (p.kind <= INVITATION) & ~np.isnat(p.decided) & (rng.random(len(p)) < profile.COMPLAINTS)
    row = np.flatnonzero(filed)
    date = np.minimum(p.decided[row] + rng.integers(1, 9, len(row)) * DAY, dates.CUT)
    resolved = date + rng.integers(20, 120, len(row)) * DAY
    is_open = resolved >= dates.CUT
    founded = rng.random(len(row)) < profile.FOUNDED_COMPLAINTS
    state = np.where(is_open, 0, np.where(founded, 1, 2))
    return table(
        "complaint", len(row), rid=context.first + row, pos=0, date=instant(date),
        resolved=instant(np.where(is_open, dates.NEVER, resolved)),
        state=choose(["pending", "upheld", "rejected"], state),
        is_founded=only(founded, ~is_open),
    )  # fmt: skip


def _amendments(frame: Frame, context: Context) -> pa.Table:
    """Amendments: those of planted cases, and honest ones within a fifth of the amount. Writes `lots.amended`."""
    lots, rng = frame.lots, context.rng
    n = len(lots)
    date = lots.start + ((lots.end - lots.start).astype(np.int64) * 0.6).astype(np.int64).astype("timedelta64[s]")
    possible = (lots.supplier >= 0) & (date < dates.CUT) & (lots.amount > 0)
    lots.amended[~possible] = NONE
    own = possible & (lots.amended < 0) & (rng.random(n) < profile.AMENDED)
    more = rng.random(n) < 0.6  # noqa: PLR2004 - the others only get more time
    factor = 1 + np.where(more, rng.uniform(-0.05, 0.19, n), 0)
    lots.amended[:] = np.where(own, np.rint(lots.amount * factor).astype(np.int64), lots.amended)
    at = np.flatnonzero(lots.amended >= 0)
    longer = own[at] & ~more[at]
    before = np.where(longer, lots.end[at], dates.NEVER)
    lots.end[at] = np.where(longer, lots.end[at] + 30 * DAY, lots.end[at])
    return table(
        "amendment", len(at), rid=context.first + lots.procedure[at], section="contract", contract_no=lots.no[at],
        pos=0, date=instant(date[at]), rationale=choose(["Convenio modificatorio"], np.zeros(len(at), np.int64)),
        amount_before=only(lots.amount[at] / 100, ~longer), end_before=instant(before),
    )  # fmt: skip


def _execution(frame: Frame, context: Context) -> dict[str, pa.Table]:
    """Deliveries and payments, where the buyer publishes them."""
    p, lots, rng = frame.procedures, frame.lots, context.rng
    begun = frame.of_lots("has_execution") & (lots.supplier >= 0) & (lots.start < dates.CUT) & (lots.amount > 0)
    at = np.flatnonzero(begun)
    met = lots.end[at] + lots.late_days[at] * DAY
    is_met = met < dates.CUT
    is_late = ~is_met & (lots.end[at] < dates.CUT)
    rid = context.first + lots.procedure[at]
    milestones = table(
        "milestone", len(at), rid=rid, section="implementation", contract_no=lots.no[at], pos=0, type="delivery",
        due=instant(lots.end[at]), met=instant(np.where(is_met, met, dates.NEVER)),
        status=choose(["scheduled", "met", "notMet"], np.where(is_met, 1, np.where(is_late, 2, 0))),
    )  # fmt: skip
    n_paid = rng.integers(1, 4, len(at))
    row = np.repeat(np.arange(len(at)), n_paid)
    part = _within(row) + 1
    lot = at[row]
    length = (lots.end[lot] - lots.start[lot]).astype(np.int64)
    date = lots.start[lot] + (length * part / n_paid[row]).astype(np.int64).astype("timedelta64[s]") + 20 * DAY
    total = np.where(lots.amended >= 0, lots.amended, lots.amount)[lot]
    each = total // n_paid[row]
    amount = np.where(part == n_paid[row], total - each * (n_paid[row] - 1), each)
    paid = np.flatnonzero(date < dates.CUT)
    lot, date, amount, part = lot[paid], date[paid], amount[paid], part[paid]
    procedure = lots.procedure[lot]
    year = dates.year(p.published)[procedure]
    payments = table(
        "transaction", len(lot), rid=context.first + procedure, contract_no=lots.no[lot], pos=part - 1,
        date=instant(date),
        **money(amount), payer_oid=context.buyer_oid(context.world.unit_institution[p.unit[procedure]]),
        payee_oid=context.supplier_oid(lots.supplier[lot], year),
    )  # fmt: skip
    return {"milestone": milestones, "transaction": payments}
