# SPDX-License-Identifier: Apache-2.0
"""R045, a supplier or bidder that is not in the business registers, or not active in them on that day."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .contact import contacts
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .outside import covered, firms, taking_part
from .units import worst

# The alphabet of the check digit: the place of a sign is its value (SAT).
ALPHABET = "0123456789ABCDEFGHIJKLMN&OPQRSTUVWXYZ Ñ"
LONG, MODULUS = 13, 11
INACTIVE, UNKNOWN, ACTIVE = 0, 1, 2


class RegisterParams(Params, frozen=True):
    """The parameters of R045."""

    check_digit: Annotated[
        bool,
        Text(
            "si un dígito verificador equivocado basta; lo tiene uno de cada doscientos RFC reales",
            "whether a wrong check digit is enough; about one real RFC in two hundred has one",
        ),
    ] = True


def rule(t: Tables, p: RegisterParams) -> ir.Table:
    """Bidders and suppliers whose RFC has a wrong check digit, or is not in any register that is loaded, or was not
    active in any on a day of theirs. Value: 1; 0.5 for the check digit alone.
    """
    rows = covered(t, taking_part(t), "register")
    whole = rows.group_by("oid").aggregate(
        rid=rows.rid.min(),
        loaded=rows.register_loaded.cast("int32").max(),
        fresh=rows.register_fresh.cast("int32").max(),
        stale=(~rows.register_fresh).cast("int32").max(),
    )
    whole = whole.join(contacts(t).select("oid", "id", "rfc"), "oid")
    found = attach(attach(whole, _standing(t), "oid"), _digits(whole), "oid")
    wrong = (found.wrong == 1).fill_null(False) if p.check_digit else ibis.literal(False)
    # After the list was made a firm may have registered: only of a day that the list tells is it absent.
    absent = found.rfc.notnull() & found.known.isnull() & (found.fresh == 1)
    inactive = (found.worst == INACTIVE).fill_null(False)
    flagged = wrong | absent | inactive
    judged = verdict(
        found,
        group=Group.TENDERER,
        id=found.id,
        rid=found.rid,
        value=ibis.cases((inactive | absent, 1.0), (wrong, 0.5), else_=0.0),
        flagged=flagged,
        missing=lacking(
            **{
                "parties.identifier.id": found.rfc.isnull(),
                "lists.register": ~flagged & found.rfc.notnull() & (found.loaded == 0),
                "lists.cut": ~flagged & found.rfc.notnull() & (found.loaded == 1) & (found.stale == 1),
                "lists.register.until": ~flagged & (found.worst == UNKNOWN).fill_null(False),
            }
        ),
        basis=ibis.cases((absent, "not_found"), (inactive, "not_active"), (wrong, "check_digit"), else_=""),
    )
    return worst(judged)


def _standing(t: Tables) -> ir.Table:
    """(oid, known, worst): on how many days of theirs a register has the RFC, and the worst standing of those days;
    of a day the best that any register tells. `UNKNOWN`: not active when the list was made, nor since when.
    """
    g = t.register
    last = ibis.window(group_by=["register", "rfc"], order_by=[g.cut.desc(), g.is_active.cast("int8"), g.line])
    newest = g.mutate(place=ibis.row_number().over(last)).filter(lambda r: r.place == 0)
    newest = newest.select("register", "rfc", "is_active", "since", "until", "cut")
    told = firms(t).filter(lambda r: r.rfc.notnull()).select("oid", "rfc").join(newest, "rfc")
    rows = taking_part(t).join(told, "oid")
    out = ((rows.since > rows.day) | (rows.until < rows.day)).fill_null(False)
    gone = ~rows.is_active & rows.until.isnull()
    standing = ibis.cases((out | (gone & (rows.day >= rows.cut)), INACTIVE), (gone, UNKNOWN), else_=ACTIVE)
    daily = (
        rows.mutate(standing=standing.cast("int32"))
        .group_by(["oid", "day"])
        .aggregate(best=lambda r: r.standing.max())
    )
    return daily.group_by("oid").aggregate(known=daily.best.count(), worst=daily.best.min())


def _digits(rows: ir.Table) -> ir.Table:
    """(oid, wrong): 1 where the last sign of the RFC is not its check digit."""
    known = rows.filter(rows.rfc.notnull())
    body = known.rfc.substr(0, known.rfc.length() - 1)
    padded = (known.rfc.length() == LONG).ifelse(body, ibis.literal(" ") + body)
    letters = ibis.literal(ALPHABET)
    weighed = sum(
        (letters.find(padded.substr(place, 1)) * (LONG - place) for place in range(LONG - 1)), ibis.literal(0)
    )
    left = MODULUS - weighed % MODULUS
    expected = ibis.cases((left == MODULUS, "0"), (left == MODULUS - 1, "A"), else_=left.cast("string"))
    last = known.rfc.substr(known.rfc.length() - 1, 1)
    return known.select("oid", wrong=(last != expected).cast("int32"))


FLAG = Flag(
    code="R045",
    title=Text("No aparece en los registros de empresas", "Not in business registries"),
    explanation=Text(
        "El RFC de la empresa no cumple su dígito verificador, o no está en los registros cargados, o no estaba "
        "activo el día de su oferta o adjudicación.",
        "The firm's RFC fails its check digit, or is in none of the registers that were loaded, or was not active on "
        "the day of its bid or award.",
    ),
    group=Group.TENDERER,
    side=Side.YES,
    needs=Needs.OUTSIDE,
    inputs=("parties.identifier.id", "awards.date", "lists.register"),
    rule=rule,
    definition_es=(
        "Licitantes y proveedores cuyo RFC tiene mal el dígito verificador, o no está en ningún registro "
        "cargado, o no estaba activo en ninguno un día suyo. Valor: 1; 0.5 si es solo el dígito."
    ),
    params=RegisterParams,
    innocent=(
        Text("El RFC se escribió mal.", "The RFC was mistyped."),
        Text("El SAT dio un RFC con otro dígito; pasa en uno de cada doscientos.", "The SAT gave another digit."),
        Text("El registro no cubre a esa empresa.", "The register does not cover the firm."),
    ),
    reasons={
        "not_found": Text("el RFC no está en ningún registro cargado", "the RFC is in no register that is loaded"),
        "not_active": Text(
            "no estaba activa en el registro un día suyo", "it was not active in the register on a day of its own"
        ),
        "check_digit": Text("el dígito verificador del RFC no cuadra", "the check digit of the RFC is wrong"),
    },
)
