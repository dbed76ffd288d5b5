# SPDX-License-Identifier: Apache-2.0
"""R041, two bidders of one process whose papers are alike."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .shared_files import likenesses, marks, same_marks
from .units import bidder_pairs

PAPERS = ("author", "file")


class LikenessParams(Params, frozen=True):
    """The parameters of R041."""

    jaccard: Annotated[
        float,
        Text(
            "parte en común de dos textos, sin la plantilla, desde la que son casi copias",
            "part in common of two texts, without the template, above which they are near copies",
        ),
    ] = 0.8


def rule(t: Tables, p: LikenessParams) -> ir.Table:
    """Pairs of bidders of one process whose papers have the same author, or a file in common, or nearly the same text.
    Value: in how many of these three ways, at most in one process. `basis` names them.
    """
    pair = bidder_pairs(t)
    same = same_marks(t, PAPERS)
    hits = same.group_by(["rid", "a", "b"]).aggregate(
        author=(same.kind == "author").cast("int32").max(), file=(same.kind == "file").cast("int32").max()
    )
    alike = likenesses(t).rename(a="oid", b="other")
    m = marks(t)
    papers = m.filter(m.kind.isin(PAPERS)).select("rid", "oid").distinct()
    joined = attach(attach(pair, hits, ["rid", "a", "b"]), alike, ["rid", "a", "b"])
    joined = attach(joined, papers.select("rid", a="oid", has_a=ibis.literal(1)), ["rid", "a"])
    joined = attach(joined, papers.select("rid", b="oid", has_b=ibis.literal(1)), ["rid", "b"])
    copied = (joined.jaccard > p.jaccard).fill_null(False)
    ways = joined.author.fill_null(0) + joined.file.fill_null(0) + copied.cast("int32")
    known = (joined.has_a.notnull() & joined.has_b.notnull()) | joined.jaccard.notnull()
    each = joined.mutate(ways=ways, copied=copied.cast("int32"), known=known.cast("int32"))
    found = each.group_by("id").aggregate(
        rid=(each.ways > 0).ifelse(each.rid, ibis.null("int64")).min(),
        first=each.rid.min(),
        known=each.known.max(),
        **{name: each[name].fill_null(0).max() for name in ("ways", "author", "file", "copied")},
    )
    basis = ibis.literal("")
    for name in ("author", "file", "copied"):
        basis = basis + (found[name] > 0).ifelse(f"|{name}", "")
    return verdict(
        found,
        group=Group.PAIR,
        id=found.id,
        rid=ibis.coalesce(found.rid, found.first),
        value=found.ways.cast("float64"),
        threshold=1.0,
        flagged=found.ways > 0,
        missing=lacking(**{"bids.details.documents": found.known == 0}),
        basis=basis.substr(1),
    )


FLAG = Flag(
    code="R041",
    title=Text("Proposiciones con documentos parecidos", "Similar documents"),
    explanation=Text(
        "Dos licitantes del mismo proceso presentaron documentos con el mismo autor, el mismo archivo o casi el mismo "
        "texto.",
        "Two bidders of one process sent papers with the same author, the same file or nearly the same text.",
    ),
    group=Group.PAIR,
    side=Side.YES,
    needs=Needs.OUTSIDE,
    inputs=("bids.details.documents", "bids.details.tenderers"),
    rule=rule,
    definition_es=(
        "Pares de licitantes de un proceso cuyos documentos tienen el mismo autor, un archivo en común o casi "
        "el mismo texto. Valor: de cuántos de los tres modos, a lo más en un proceso."
    ),
    params=LikenessParams,
    innocent=(
        Text("Los dos usaron el mismo despacho o gestor.", "Both used the same agent or office."),
        Text("El fabricante les dio el mismo folleto.", "The maker gave both the same leaflet."),
    ),
    bases={
        "author": Text("sus documentos tienen el mismo autor", "their papers have the same author"),
        "file": Text("entregaron un mismo archivo", "they sent one same file"),
        "copied": Text("sus textos son casi iguales", "their texts are nearly equal"),
    },
)
