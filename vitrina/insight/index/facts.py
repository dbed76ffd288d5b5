# SPDX-License-Identifier: Apache-2.0
"""What the index knows of each purchase: one row a process, with the suppliers and the bidders beside it.

Amounts are active awards (else contracts) in the currency of the store. A record (call, clarifications, opening,
award, contract) is there when a document of that type is, or the object that tells the same; where a store holds no
document at all its source carries none, and what needs documents is not computable rather than missing by omission.
"""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from vitrina.insight.flags import market, shared, statutory
from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables

Ints = NDArray[np.int64]
Vector = NDArray[np.float64]
RECORDS = {
    "call": ("tenderNotice", "biddingDocuments"),
    "clarified": ("clarifications", "clarificationMeeting", "minutesClarification"),
    "opened": ("openingRecord", "bidOpening", "openingMinutes", "submissionDocuments"),
    "awarded": ("awardNotice", "evaluationReports"),
    "signed": ("contractSigned", "contractNotice"),
    "witnessed": ("socialWitnessTestimony", "socialWitness", "testimony"),
}


@dataclass(frozen=True)
class Facts:
    """`rows`: one a process, ordered by rid. `supplier`, `bidder`: (place of the row, firm), `won`: value of each row
    of `supplier`; an award of several firms is split evenly. `carries`: what the source has at all.
    """

    rows: pa.Table
    supplier: tuple[Ints, Ints]
    won: Vector
    bidder: tuple[Ints, Ints]
    carries: frozenset[str]

    def column(self, name: str) -> Vector:
        """A column as doubles, nan where unknown."""
        return self.rows.column(name).cast("float64").combine_chunks().to_numpy(zero_copy_only=False)

    def words(self, name: str) -> NDArray[np.object_]:
        """A column of text, empty where unknown."""
        return self.rows.column(name).combine_chunks().fill_null("").to_numpy(zero_copy_only=False)


def read(t: Tables) -> Facts:
    """The facts of a store."""
    rows = t.once("index_facts", _facts).order_by("rid").to_pyarrow()
    rid = rows["rid"].to_numpy().astype(np.int64)
    shares = t.once("index_won", _won).order_by(["rid", "oid"]).to_pyarrow()
    bidder = shared.bidders(t).select("rid", "oid").distinct().order_by(["rid", "oid"]).to_pyarrow()
    counts = {
        name: int(getattr(t, name).count().to_pyarrow().as_py()) for name in ("document", "amendment", "contract")
    }
    return Facts(
        rows,
        (_place(rid, shares["rid"]), shares["oid"].to_numpy().astype(np.int64)),
        shares["value"].cast("float64").combine_chunks().fill_null(0.0).to_numpy(zero_copy_only=False),
        (_place(rid, bidder["rid"]), bidder["oid"].to_numpy().astype(np.int64)),
        frozenset(name for name, n in counts.items() if n),
    )


def _place(rid: Ints, column: pa.ChunkedArray) -> Ints:
    return np.searchsorted(rid, column.to_numpy().astype(np.int64))


def _won(t: Tables) -> ir.Table:
    """(rid, oid, value) of active awards in the store's currency."""
    award = shared.active_awards(t)
    value = (award.currency.fill_null(t.manifest.currency) == t.manifest.currency).ifelse(
        award.amount, ibis.null("float64")
    )
    priced = award.select("rid", "award_no", value=value)
    named = shared.winners(t).filter(lambda w: w.oid.notnull()).select("rid", "award_no", "oid").distinct()
    several = named.group_by(["rid", "award_no"]).aggregate(n=named.count())
    joined = named.join(several, ["rid", "award_no"]).join(priced, ["rid", "award_no"])
    split = joined.select("rid", "oid", share=joined.value / joined.n)
    return split.group_by(["rid", "oid"]).aggregate(value=split.share.sum())


def _facts(t: Tables) -> ir.Table:
    p = attach(shared.releases(t), market.dated(t), "rid")
    p = attach(p, market.markets(t).select("rid", "market"), "rid")
    p = attach(p, shared.bid_counts(t).select("rid", "nbid"), "rid")
    law = statutory.statutory(t)
    wanted = ["rid", "law_category", "t_da", "t_i3", "publication_min_days"]
    p = attach(p, law.select(*[name for name in wanted if name in law.columns]), "rid")
    for part in (_awards(t), _contracts(t), _records(t)):
        p = attach(p, part, "rid")
    procedure = statutory.procedure_of(p.method, p.method_detail)
    is_competitive = procedure.isin([statutory.OPEN, statutory.INVITED])
    counted = {
        name: p[name].fill_null(0) for name in ("n_awards", "n_unnamed", "n_contracts", "n_amended", "n_amendments")
    }
    record = {name: p[f"d_{name}"].fill_null(0) > 0 for name in RECORDS}
    absent = [
        (p.title.isnull(), None),
        (p.method.isnull(), None),
        (p.buyer.isnull(), None),
        (p.awarded.isnull(), None),
        (p.signed_day.isnull(), None),
        (p.tender_start.isnull(), is_competitive),
        (p.tender_end.isnull(), is_competitive),
    ]
    due = sum((ibis.literal(1) if when is None else when.fill_null(False).cast("int64")) for _, when in absent)
    lost = sum((gone if when is None else gone & when.fill_null(False)).cast("int64") for gone, when in absent)
    return p.select(
        "rid",
        "year",
        "market",
        "nbid",
        "t_da",
        "t_i3",
        "publication_min_days",
        agency=p.buyer,
        unit=ibis.coalesce(p.unit_id, p.pe_id, p.buyer_id),
        kind=ibis.coalesce(p.law_category, p.category, ibis.literal("")),
        month=p.day.month(),
        epoch=p.day.delta(ibis.date("1970-01-05"), unit="day"),
        procedure=procedure,
        character=statutory.character_of(p.character),
        value=ibis.coalesce(p.awarded, p.contracted),
        days=p.tender_end_day.delta(p.tender_start_day, unit="day"),
        has_exception=p.exception_article.notnull(),
        has_start=p.tender_start.notnull(),
        in_person=(p.participation_form.fill_null("") != "").ifelse(
            p.participation_form.lower().contains("presencial"), ibis.null("boolean")
        ),
        has_award=counted["n_awards"] > 0,
        met=p.clarification.notnull(),
        has_file=p.n_files.fill_null(0) > 0,
        missing=lost.cast("float64") / due.cast("float64"),
        **counted,
        **record,
    )


def _awards(t: Tables) -> ir.Table:
    """(rid, awarded, n_awards, n_unnamed)."""
    award = shared.active_awards(t)
    named = (
        shared.winners(t)
        .filter(lambda w: w.oid.notnull())
        .select("rid", "award_no", known=ibis.literal(True))
        .distinct()
    )
    all_of = attach(award, named, ["rid", "award_no"])
    same = all_of.currency.fill_null(t.manifest.currency) == t.manifest.currency
    return all_of.group_by("rid").aggregate(
        awarded=same.ifelse(all_of.amount, ibis.null("float64")).sum(),
        n_awards=all_of.count(),
        n_unnamed=all_of.known.isnull().cast("int64").sum(),
    )


def _contracts(t: Tables) -> ir.Table:
    """(rid, contracted, n_contracts, n_amended, n_amendments, signed_day)."""
    contract = t.contract.filter(t.contract.status.fill_null("") != "cancelled")
    changed = t.amendment.filter(t.amendment.section == "contract").group_by(["rid", "contract_no"])
    joined = attach(contract, changed.aggregate(n=lambda a: a.count()), ["rid", "contract_no"])
    same = joined.currency.fill_null(t.manifest.currency) == t.manifest.currency
    return joined.group_by("rid").aggregate(
        contracted=same.ifelse(joined.amount, ibis.null("float64")).sum(),
        n_contracts=joined.count(),
        n_amended=(joined.n.fill_null(0) > 0).cast("int64").sum(),
        n_amendments=joined.n.fill_null(0).sum(),
        signed_day=joined.date_signed_day.min(),
    )


def _records(t: Tables) -> ir.Table:
    """(rid, n_files, d_call, ...): documents of each kind."""
    document = t.document
    return document.group_by("rid").aggregate(
        n_files=document.count(),
        **{f"d_{name}": document.type.isin(types).cast("int64").sum() for name, types in RECORDS.items()},
    )
