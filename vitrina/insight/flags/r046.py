# SPDX-License-Identifier: Apache-2.0
"""R046, a supplier or bidder that was debarred, or definitive in the 69-B list of the SAT, on that day."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .outside import SURE, covered, debarments, definitive_on, firms, matched, presumed_on, taking_part, taxpayers
from .statutory import mexican
from .units import org_ids, worst

REASONS = (  # column -> word of `basis`, the gravest first
    ("debarred_sure", "debarred:rfc"),
    ("definitive_sure", "tax_definitive:rfc"),
    ("debarred_possible", "debarred:name_only"),
    ("definitive_possible", "tax_definitive:name_only"),
    ("presumed_sure", "tax_presumed:rfc"),
    ("presumed_possible", "tax_presumed:name_only"),
    ("derived", "end_derived_from_term"),
    ("stale", "list_older_than_30_days"),
)
WEAK = 0.25


class SanctionParams(Params, frozen=True):
    """The parameters of R046."""

    presumed: Annotated[
        bool,
        Text(
            "marcar también a quienes el SAT solo presume; en todo caso se dicen aparte",
            "flag also those whom the SAT only presumes; they are told apart in any case",
        ),
    ] = False


def rule(t: Tables, p: SanctionParams) -> ir.Table:
    """Bidders and suppliers whose debarment covers the day of a bid or an award of theirs, or who were definitive in
    the 69-B list on it. Value: 1 by RFC, 0.5 by name alone (possible, to be checked), 0.25 presumed. `basis` has every
    reason. Who is not found is clear only where both lists tell of all their days (69-B: of Mexican processes).
    """
    rows = covered(t, covered(t, taking_part(t), "sanction"), "tax")
    rows = attach(rows, mexican(t).select("rid", is_mexican=ibis.literal(True)), "rid")
    tax_due = rows.is_mexican.fill_null(False)
    stale = (rows.sanction_loaded & ~rows.sanction_fresh) | (tax_due & rows.tax_loaded & ~rows.tax_fresh)
    absent = ~rows.sanction_loaded
    each = rows.mutate(stale=stale, no_sanctions=absent, no_tax=tax_due & ~rows.tax_loaded)
    whole = each.group_by("oid").aggregate(
        rid=each.rid.min(),
        **{name: each[name].fill_null(False).cast("int32").max() for name in ("stale", "no_sanctions", "no_tax")},
    )
    found = attach(attach(whole.join(org_ids(t), "oid"), _debarred(t), "oid"), _taxed(t), "oid")
    yes = {name: (found[name] == 1).fill_null(False) for name, _ in REASONS}
    sure = yes["debarred_sure"] | yes["definitive_sure"]
    possible = yes["debarred_possible"] | yes["definitive_possible"]
    weak = yes["presumed_sure"] | yes["presumed_possible"]
    flagged = sure | possible | (weak if p.presumed else ibis.literal(False))
    basis = ibis.literal("")
    for name, word in REASONS:
        basis = basis + yes[name].ifelse(f"|{word}", "")
    judged = verdict(
        found,
        group=Group.TENDERER,
        id=found.id,
        rid=found.rid,
        value=ibis.cases((sure, 1.0), (possible, 0.5), (weak, WEAK), else_=0.0),
        flagged=flagged,
        missing=lacking(
            **{
                "lists.sanction": ~flagged & (found.no_sanctions == 1),
                "lists.tax": ~flagged & (found.no_tax == 1),
                "lists.cut": ~flagged & yes["stale"],
                "lists.tax.definitive": ~flagged & (found.unknown == 1).fill_null(False),
            }
        ),
        basis=basis.substr(1),
    )
    return worst(judged)


def _debarred(t: Tables) -> ir.Table:
    """(oid, debarred_sure, debarred_possible, derived): 1 where so on one of their days."""
    hits = taking_part(t).join(matched(firms(t), debarments(t)), "oid")
    hits = hits.filter((hits.start <= hits.day) & (hits.day <= hits.end))
    sure = hits.how == SURE
    return hits.group_by("oid").aggregate(
        debarred_sure=sure.cast("int32").max(),
        debarred_possible=(~sure).cast("int32").max(),
        derived=hits.is_derived.fill_null(False).cast("int32").max(),
    )


def _taxed(t: Tables) -> ir.Table:
    """(oid, definitive_sure, definitive_possible, presumed_sure, presumed_possible, unknown): 1 where so on a day."""
    hits = taking_part(t).join(matched(firms(t), taxpayers(t)), "oid")
    hits = hits.mutate(definitive_then=definitive_on(hits), presumed_then=presumed_on(hits))
    sure, definitive = hits.how == SURE, hits.definitive_then.fill_null(False)
    presumed = hits.presumed_then & ~definitive
    marks = {
        "definitive_sure": definitive & sure,
        "definitive_possible": definitive & ~sure,
        "presumed_sure": presumed & sure,
        "presumed_possible": presumed & ~sure,
        "unknown": hits.definitive_then.isnull(),
    }
    return hits.group_by("oid").aggregate(**{name: mark.cast("int32").max() for name, mark in marks.items()})


FLAG = Flag(
    code="R046",
    title=Text("Inhabilitado o en lista definitiva 69-B", "Debarred or sanctioned"),
    explanation=Text(
        "El día de su oferta o de la adjudicación, la empresa estaba inhabilitada o publicada como definitiva en la "
        "lista del artículo 69-B. Por RFC es seguro; sólo por nombre es posible y hay que comprobarlo.",
        "On the day of its bid or award the firm was debarred, or published as definitive in the list of article "
        "69-B. By RFC it is sure; by name alone it is possible and has to be checked.",
    ),
    group=Group.TENDERER,
    side=Side.YES,
    needs=Needs.OUTSIDE,
    inputs=("parties.identifier.id", "parties.name", "awards.date", "lists.sanction", "lists.tax"),
    rule=rule,
    definition_es=(
        "Licitantes y proveedores cuya inhabilitación cubre el día de una proposición o adjudicación suya, o "
        "que ese día eran definitivos en la lista del 69-B. Valor: 1 por RFC, 0.5 solo por nombre (posible, "
        "por comprobar), 0.25 presunto. Quien no aparece solo está limpio donde ambas listas dicen de todos "
        "sus días (69-B: de procesos mexicanos)."
    ),
    params=SanctionParams,
    innocent=(
        Text("Es otra persona con el mismo nombre.", "It is someone else with the same name."),
        Text("Un juez suspendió la sanción.", "A judge suspended the sanction."),
        Text("La sanción vale sólo ante otro gobierno.", "The sanction binds another government only."),
    ),
    bases={
        "debarred:rfc": Text("inhabilitada ese día, por RFC", "debarred on the day, by RFC"),
        "tax_definitive:rfc": Text("definitiva en la lista del 69-B, por RFC", "definitive in the 69-B list, by RFC"),
        "debarred:name_only": Text(
            "quizá inhabilitada: coincide solo el nombre", "perhaps debarred: only the name matches"
        ),
        "tax_definitive:name_only": Text(
            "quizá definitiva en el 69-B: coincide solo el nombre",
            "perhaps definitive in the 69-B list: only the name matches",
        ),
        "tax_presumed:rfc": Text("presunta en la lista del 69-B, por RFC", "presumed in the 69-B list, by RFC"),
        "tax_presumed:name_only": Text(
            "quizá presunta en el 69-B: coincide solo el nombre",
            "perhaps presumed in the 69-B list: only the name matches",
        ),
        "end_derived_from_term": Text(
            "el fin de la sanción se calculó de su plazo", "the end of the sanction was worked out from its term"
        ),
        "list_older_than_30_days": Text(
            "la lista tenía más de treinta días", "the list was more than thirty days old"
        ),
    },
)
