# SPDX-License-Identifier: Apache-2.0
"""R042, a supplier or bidder with an abnormal address or telephone."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from .contact import PHONE_DIGITS, contacts
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .owners import folded, owners
from .suppliers import participants
from .units import mentions, worst

NO_OFFICE = (
    *("apartado postal", "p.o. box", "po box", "casilla postal", "domicilio conocido", "sin numero", "s/n "),
    *("oficina virtual", "oficinas virtuales", "virtual office", "coworking", "casa habitacion"),
)
# The first two digits of Mexican postal codes by state (SEPOMEX), and a word by which each state is known.
STATES = {
    "ciudad de mexico|distrito federal|cdmx": range(1, 17),
    "aguascalientes": [20], "baja california": [21, 22], "baja california sur": [23], "campeche": [24],
    "coahuila": range(25, 28), "colima": [28], "chiapas": [29, 30], "chihuahua": range(31, 34), "durango": [34, 35],
    "guanajuato": range(36, 39), "guerrero": range(39, 42), "hidalgo": [42, 43], "jalisco": range(44, 50),
    "estado de mexico|edomex": range(50, 58), "michoacan": range(58, 62), "morelos": [62], "nayarit": [63],
    "nuevo leon": range(64, 68), "oaxaca": range(68, 72), "puebla": range(72, 76), "queretaro": [76],
    "quintana roo": [77], "san luis potosi": [78, 79], "sinaloa": range(80, 83), "sonora": range(83, 86),
    "tabasco": [86], "tamaulipas": range(87, 90), "tlaxcala": [90], "veracruz": range(91, 97), "yucatan": [97],
    "zacatecas": [98, 99],
}  # fmt: skip
NAMES = ("state_a", "state_b", "state_c")
POSTAL_DIGITS = 5
MEXICO = ("", "mx", "mex", "mexico")


class AddressParams(Params, frozen=True):
    """The parameters of R042."""

    firms: Annotated[
        int,
        Text(
            "otras empresas en el mismo domicilio o teléfono, sin dueño común, desde las que es anormal",
            "other firms at the same address or telephone, not related by owner, above which it is abnormal",
        ),
    ] = 5


def rule(t: Tables, p: AddressParams) -> ir.Table:
    """Bidders and suppliers whose telephone is none, whose address is a post box, a virtual office or no address,
    whose postal code belongs to another state, or who share either with many firms that have no owner in common with
    them. Value: how many of these hold; `basis` names them.
    """
    took = participants(t).group_by("oid").aggregate(rid=lambda x: x.rid.min())
    c = contacts(t).select("oid", "id", "phone", "street")
    o = t.org.select(
        "oid", "country", said_phone=t.org.phone, said_street=folded(t.org.street), code=t.org.postal_code,
        state=folded(t.org.region),
    )  # fmt: skip
    found = attach(took.join(c, "oid"), o, "oid")
    found = attach(found, _crowd(t, "phone").rename(phone_crowd="n"), "oid")
    found = attach(found, _crowd(t, "street").rename(street_crowd="n"), "oid")
    found = attach(found.mutate(prefix=_prefix(found)), _states(t), "prefix")
    digits = found.said_phone.re_replace("[^0-9]", "")
    marks = {
        "no_phone": (digits.length() > 0) & (found.phone.isnull() | (digits.length() < PHONE_DIGITS)),
        "no_office": mentions(found.said_street + " ", NO_OFFICE),
        "phone_shared": found.phone_crowd > p.firms,
        "address_shared": found.street_crowd > p.firms,
        "other_state": _is_another(found),
    }
    marks = {name: mark.fill_null(False) for name, mark in marks.items()}
    n = sum((mark.cast("int32") for mark in marks.values()), ibis.literal(0))
    basis = ibis.literal("")
    for name, mark in marks.items():
        basis = basis + mark.ifelse(f"|{name}", "")
    judged = verdict(
        found,
        group=Group.TENDERER,
        id=found.id,
        rid=found.rid,
        value=n.cast("float64"),
        threshold=1.0,
        flagged=n > 0,
        missing=lacking(**{"parties.contactPoint.telephone": _nothing(found), "parties.address": _nothing(found)}),
        basis=basis.substr(1),
    )
    return worst(judged)


def _nothing(found: ir.Table) -> ir.BooleanValue:
    return found.said_phone.isnull() & found.said_street.isnull() & found.code.isnull()


def _is_another(found: ir.Table) -> ir.BooleanValue:
    """Whether the state is one of Mexico's by its name, and not that of the postal code. `mexico` alone may be any."""
    own, any_state = ibis.literal(False), ibis.literal(False)
    for column in NAMES:
        own = own | ((found[column] != "") & found.state.startswith(found[column]))
    for name in "|".join(STATES).split("|"):
        any_state = any_state | found.state.startswith(name)
    return any_state & ~own & found[NAMES[0]].notnull()


def _prefix(found: ir.Table) -> ir.StringValue:
    """The first two digits of a Mexican postal code of five; null for another one."""
    code = found.code.re_replace("[^0-9]", "")
    here = folded(found.country.fill_null("")).fill_null("").isin(MEXICO)
    return (here & (code.length() == POSTAL_DIGITS)).ifelse(code.substr(0, 2), ibis.null("string"))


def _states(t: Tables) -> ir.Table:
    """(prefix, *NAMES): names of the state of each prefix, empty where it has fewer."""
    rows = []
    for names, prefixes in STATES.items():
        named = dict(zip(NAMES, [*names.split("|"), "", ""], strict=False))
        rows += [{"prefix": f"{n:02}", **named} for n in prefixes]
    return t.once("postal_states", lambda t: t.engine.hold("postal_states_rows", pa.Table.from_pylist(rows)))


def _crowd(t: Tables, key: str) -> ir.Table:
    """(oid, n): how many other firms have this telephone or address, those with an owner in common left out."""
    c = contacts(t)
    mine = c.filter(c[key].notnull()).select("oid", key).semi_join(participants(t), "oid")
    sizes = mine.group_by(key).aggregate(size=mine.oid.count())
    held = owners(t, shareholders=False).union(owners(t, shareholders=True)).select("oid", "owner_id", "name")
    who = held.select("oid", owner=ibis.coalesce(held.owner_id, held.name)).filter(lambda h: h.owner.notnull())
    placed = mine.join(who.distinct(), "oid")
    other = placed.select(key, "owner", other="oid")
    kin = placed.join(other, [key, "owner"])
    kin = kin.filter(kin.oid != kin.other).select("oid", "other").distinct()
    related = kin.group_by("oid").aggregate(kin=kin.other.count())
    found = attach(mine.join(sizes, key), related, "oid")
    return found.select("oid", n=found["size"] - 1 - found.kin.fill_null(0))


FLAG = Flag(
    code="R042",
    title=Text("Domicilio o teléfono anormal", "Abnormal address or phone"),
    explanation=Text(
        "El teléfono de la empresa no es un teléfono, su domicilio es un apartado, una oficina virtual o ninguno, su "
        "código postal es de otro estado, o los comparte con muchas otras empresas.",
        "The firm's telephone is none, its address is a post box, a virtual office or no address, its postal code is "
        "of another state, or it shares them with many other firms.",
    ),
    group=Group.TENDERER,
    side=Side.YES,
    needs=Needs.CORE,
    inputs=("parties.address", "parties.contactPoint.telephone"),
    rule=rule,
    definition_es=(
        "Licitantes y proveedores cuyo teléfono no lo es, cuyo domicilio es un apartado, una oficina virtual "
        "o ninguno, cuyo código postal es de otro estado, o que comparten uno u otro con muchas empresas sin "
        "dueño en común. Valor: cuántas de estas cosas se dan."
    ),
    params=AddressParams,
    innocent=(
        Text("Las empresas están en un mismo edificio o parque.", "The firms are in one building or estate."),
        Text("El dato se capturó mal.", "The contact was mistyped."),
    ),
    bases={
        "no_phone": Text("el teléfono no es un teléfono", "the telephone is no telephone"),
        "no_office": Text(
            "el domicilio es un apartado, una oficina virtual o ninguno",
            "the address is a post box, a virtual office or none",
        ),
        "phone_shared": Text("muchas empresas tienen el mismo teléfono", "many firms have the same telephone"),
        "address_shared": Text("muchas empresas tienen el mismo domicilio", "many firms have the same address"),
        "other_state": Text("el código postal es de otro estado", "the postal code is of another state"),
    },
)
