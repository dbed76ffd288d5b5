# SPDX-License-Identifier: Apache-2.0
"""R043, a supplier or bidder with the same contact as an official of the buyer. A private match."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from . import bases
from .contact import contacts, mail_key, name_key, phone_key, street_words
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .outside import taking_part
from .shared import processes
from .suppliers import both
from .units import worst

KEYS = ("phone", "email", "street")


class OfficialParams(Params, frozen=True):
    """The parameters of R043."""

    most: Annotated[
        int,
        Text(
            "máximo de servidores públicos con un mismo teléfono o domicilio; si son más, es el de la oficina",
            "officials of a buyer who share a telephone or an address; of more, it is the office's, not theirs",
        ),
    ] = 3


def rule(t: Tables, p: OfficialParams) -> ir.Table:
    """Bidders and suppliers whose telephone, mail or street address is that of an official who served the buyer on the
    day. Value: how many of the three. Rosters are kept without names, so none can come into a result; what matched is
    told in `basis`, who it is only the holder of the roster can read.
    """
    p_buyer = processes(t).filter(lambda r: r.buyer.notnull()).select("rid", "buyer", "who_oid")
    names = t.org.select(who_oid="oid", buyer_name=name_key(t.org.name_norm))
    buyer = attach(p_buyer, names, "who_oid").drop("who_oid")
    where = t.org.select("oid", street=street_words(t.org.street), code=_code(t.org.postal_code))
    mine = attach(contacts(t).select("oid", "phone", "email"), where, "oid")
    rows = taking_part(t).select("oid", "id", "rid", "day").join(buyer, "rid").join(mine, "oid")
    roster = _roster(t, p)
    staff = roster.select(staff_id="buyer_id", staff_name="buyer_name").distinct()
    hits = None
    for key in KEYS:
        there = roster.filter(roster[key].notnull()).select(
            "buyer_id", "since", "until", key, name="buyer_name", code_of_list="code"
        )
        told = rows.filter(rows[key].notnull()).join(there, key)
        same = (told.buyer_id == told.buyer).fill_null(False) | (told.name == told.buyer_name).fill_null(False)
        then = (told.since <= told.day).fill_null(True) & (told.until >= told.day).fill_null(True)
        # Half an address is enough between a buyer's own people and its bidders; two codes that differ are not.
        near = (told.code == told.code_of_list).fill_null(True) if key == "street" else ibis.literal(True)
        one = told.filter(same & then & near).select("buyer", "oid", key=ibis.literal(key)).distinct()
        hits = one if hits is None else hits.union(one)
    assert hits is not None
    marks = hits.group_by(["buyer", "oid"]).aggregate(
        n=hits.key.count(), **{key: (hits.key == key).cast("int32").max() for key in KEYS}
    )
    known = rows.mutate(told=rows.phone.notnull() | rows.email.notnull() | rows.street.notnull())
    whole = known.group_by(["buyer", "oid", "id"]).aggregate(
        rid=known.rid.min(), told=known.told.cast("int32").max(), buyer_name=known.buyer_name.max()
    )
    by_id = staff.filter(staff.staff_id.notnull()).select(buyer="staff_id").distinct().mutate(has_id=True)
    by_name = staff.filter(staff.staff_name.notnull()).select(buyer_name="staff_name").distinct().mutate(has_name=True)
    found = attach(attach(whole, marks.rename(k_phone="phone", k_email="email", k_street="street"), ["buyer", "oid"]),
                   by_id, "buyer")  # fmt: skip
    found = attach(found, by_name, "buyer_name")
    has_roster = found.has_id.notnull() | (found.buyer_name.notnull() & found.has_name.notnull())
    basis = ibis.literal("")
    for key in KEYS:
        basis = basis + (found[f"k_{key}"] == 1).fill_null(False).ifelse(f"|{key}", "")
    n = found.n.fill_null(0).cast("float64")
    judged = verdict(
        found,
        group=Group.BUYER_SUPPLIER,
        id=both(found.buyer, found.id),
        rid=found.rid,
        value=n,
        threshold=1.0,
        flagged=n > 0,
        missing=lacking(**{"lists.official": ~has_roster, "parties.contactPoint": has_roster & (found.told == 0)}),
        basis=basis.substr(1),
    )
    return worst(judged)


def _code(postal_code: ir.StringValue) -> ir.StringValue:
    return postal_code.re_replace("[^0-9]", "").nullif("")


def _roster(t: Tables, p: OfficialParams) -> ir.Table:
    """The rosters, comparable; a telephone or an address that many of an office tell is null."""
    o = t.official
    rows = o.select(
        *("source", "line", "buyer_id", "since", "until"),
        buyer_name=name_key(o.buyer_norm),
        phone=phone_key(o.phone),
        email=mail_key(o.email),
        street=street_words(o.street),
        code=_code(o.postal_code),
    )
    for key in KEYS:
        many = rows.line.count().over(ibis.window(group_by=["source", "buyer_id", "buyer_name", key])) > p.most
        rows = rows.mutate(**{key: many.ifelse(ibis.null("string"), rows[key])})
    return rows


FLAG = Flag(
    code="R043",
    title=Text("Mismo contacto que un servidor público del comprador", "Same contact as an official"),
    explanation=Text(
        "El teléfono, el correo o el domicilio de la empresa es el de una persona que servía en el comprador ese día. "
        "La coincidencia es privada: el nombre no se guarda ni se muestra.",
        "The telephone, mail or address of the firm is that of someone who served the buyer on that day. The match is "
        "private: the name is neither kept nor shown.",
    ),
    group=Group.BUYER_SUPPLIER,
    side=Side.YES,
    needs=Needs.CORE_PLUS,
    inputs=("parties.contactPoint", "parties.address", "lists.official"),
    rule=rule,
    definition_es=(
        "Licitantes y proveedores cuyo teléfono, correo o domicilio es el de un servidor público que ese día "
        "servía al comprador. Valor: cuántos de los tres. Las plantillas se guardan sin nombres, así que "
        "ninguno puede salir en un resultado; quién es solo lo lee quien tiene la plantilla."
    ),
    params=OfficialParams,
    innocent=(
        Text("El dato de la empresa lo escribió el comprador con el suyo.", "The buyer wrote its own contact."),
        Text("Viven en el mismo edificio.", "They live in the same building."),
    ),
    bases=bases.PHONE
    | bases.STREET
    | {
        "email": Text("el correo es el mismo", "the mail address is the same"),
    },
)
