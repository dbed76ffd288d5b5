# SPDX-License-Identifier: Apache-2.0
"""R007, unreasonable technical specifications."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Methods, Needs, Params, Side, lacking, verdict
from .market import CELL_MIN, CellMin, standing
from .shared import releases
from .units import mentions

NAME = "R007"


class SpecificationParams(Params, frozen=True):
    """The parameters of R007."""

    brand_words: Annotated[
        tuple[str, ...], Text("palabras que anuncian una marca o un modelo", "words that name a brand or a model")
    ] = ("marca ", "marca:", "modelo ", "modelo:", "brand ", "brand:", "model ", "model:")
    open_words: Annotated[
        tuple[str, ...], Text("palabras que dejan lugar a otros", "words that leave room for others")
    ] = ("equivalente", "similar", "o superior", "equivalent", "or better")
    similarity: Annotated[
        float,
        Text(
            "parecido con los papeles anteriores de un proveedor desde el que se marca",
            "likeness to one supplier's past papers above which it is flagged",
        ),
    ] = 0.95
    percentile: Annotated[
        float,
        Text(
            "percentil de la extensión entre pares desde el que se marca",
            "percentile of the length among peers above which it is flagged",
        ),
    ] = 0.99
    cell_min: CellMin = CELL_MIN
    procurement_methods: Methods = ("open", "selective")


def rule(t: Tables, p: SpecificationParams) -> ir.Table:
    """Competitive processes whose specification or items name a brand and no equivalent, whose text is nearly that of
    one supplier, or whose specification is longer than nearly all of the cell. Value: how many of the three hold.
    """
    asked = releases(t).filter(lambda r: r.method.isin(p.procurement_methods))
    i, s = t.tender_item, t.specification
    said = i.filter(i.description.notnull()).select("rid", text="description")
    said = said.union(s.filter(s.text.notnull()).select("rid", "text"))
    lower = said.mutate(text=said.text.lower())
    closed = mentions(lower.text, p.brand_words) & ~mentions(lower.text, p.open_words)
    branded = lower.group_by("rid").aggregate(texts=lower.count(), branded=closed.cast("int64").sum())
    spec = s.group_by("rid").aggregate(
        n_chars=ibis.coalesce(s.n_chars, s.text.length()).max().cast("float64"), similarity=s.similarity.max()
    )
    found = attach(attach(asked, branded, "rid"), spec, "rid")
    lengths = found.select("rid", "n_chars")
    peers = standing(t, NAME, lengths, "n_chars", {"top": p.percentile}, cell_min=p.cell_min)
    both = attach(found, peers.select("rid", "top", "peer_n", "percentile"), "rid")
    signs = {
        "brand": (both.branded > 0).fill_null(False),
        "similar": (both.similarity > p.similarity).fill_null(False),
        "long": (both.n_chars > both.top).fill_null(False),
    }
    value = sum((sign.cast("float64") for sign in signs.values()), ibis.literal(0.0))
    return verdict(
        both,
        group=Group.OCID,
        id=both.ocid,
        rid=both.rid,
        value=value,
        threshold=1.0,
        peer_n=both.peer_n,
        percentile=both.percentile,
        flagged=value >= 1,
        missing=lacking(**{"tender.items.description": both.texts.isnull() & both.n_chars.isnull()}),
        basis=ibis.cases(*((sign, name) for name, sign in signs.items()), else_=""),
    )


FLAG = Flag(
    code=NAME,
    title=Text("Especificaciones a la medida", "Unreasonable technical specifications"),
    explanation=Text(
        "Las especificaciones nombran marca o modelo sin admitir equivalentes, repiten casi a la letra los papeles de "
        "un proveedor, o son mucho más largas que las de compras semejantes.",
        "The specifications name a brand or model and admit no equivalent, repeat almost word for word the papers of "
        "one supplier, or are much longer than those of similar purchases.",
    ),
    group=Group.OCID,
    side=Side.HIGH,
    needs=Needs.OUTSIDE,
    inputs=("tender.items.description", "tender.documents"),
    rule=rule,
    definition_es=(
        "Concursos cuya especificación o partidas nombran una marca sin equivalente, cuyo texto es casi el de "
        "un proveedor, o cuya especificación es más larga que casi todas las de la celda. Valor: cuántas de "
        "las tres cosas se dan."
    ),
    params=SpecificationParams,
    innocent=(
        Text("Son refacciones de un equipo que ya se tiene.", "They are spare parts of equipment already owned."),
        Text("La ley admite marca determinada con razones.", "The law admits a given brand with reasons."),
    ),
    bases={
        "brand": Text(
            "se nombra una marca o un modelo sin admitir equivalentes",
            "a brand or a model is named and no equivalent let in",
        ),
        "similar": Text("el texto es casi el de un proveedor", "the text is nearly that of one supplier"),
        "long": Text(
            "la especificación es más larga que casi todas las de sus pares",
            "the specification is longer than nearly all of the peers",
        ),
    },
)
