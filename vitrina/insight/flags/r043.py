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
from .contact import code_key, contacts, mail_key, name_key, phone_key, street_words
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .outside import taking_part
from .shared import processes
from .suppliers import PAIR, buyer_numbers, supplier_numbers, worst_pairs

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
    roster = _roster(t, p)
    staff = roster.select(staff_id="buyer_id", staff_name="buyer_name").distinct()
    bought = processes(t).select("rid", "buyer", "who_oid").join(buyer_numbers(t), "buyer")
    of = ["buyer_no", "who_oid"]
    asked = bought.select("buyer", *of).distinct()
    names = t.org.semi_join(asked, t.org.oid == asked.who_oid)
    buyers = attach(asked, names.select(who_oid="oid", buyer_name=name_key(names.name_norm)), "who_oid")
    met = taking_part(t).join(bought.drop("buyer"), "rid")
    marks = _marks(t, roster, met, buyers)
    each = met.group_by([*of, "oid"]).aggregate(rid=met.rid.min())
    each = attach(each, buyers, of)
    whole = each.group_by(["buyer_no", "oid"]).aggregate(
        rid=each.rid.min(), buyer=each.buyer.max(), buyer_name=each.buyer_name.max()
    )
    c = contacts(t)
    told = c.phone.notnull() | c.email.notnull() | c.road.notnull()
    whole = whole.join(c.select("oid", told=told), "oid").join(supplier_numbers(t), "oid")
    by_id = staff.filter(staff.staff_id.notnull()).select(buyer="staff_id").distinct().mutate(has_id=True)
    by_name = staff.filter(staff.staff_name.notnull()).select(buyer_name="staff_name").distinct().mutate(has_name=True)
    found = attach(whole, marks, ["buyer_no", "oid"])
    found = attach(attach(found, by_id, "buyer"), by_name, "buyer_name")
    has_roster = found.has_id.notnull() | (found.buyer_name.notnull() & found.has_name.notnull())
    basis = ibis.literal("")
    for key in KEYS:
        basis = basis + (found[key] == 1).fill_null(False).ifelse(f"|{key}", "")
    n = found.n.fill_null(0).cast("float64")
    judged = verdict(
        found,
        group=Group.BUYER_SUPPLIER,
        id=ibis.null("string"),
        rid=found.rid,
        value=n,
        threshold=1.0,
        flagged=n > 0,
        missing=lacking(**{"lists.official": ~has_roster, "parties.contactPoint": has_roster & ~found.told}),
        basis=basis.substr(1),
        unit={name: found[name] for name in PAIR},
    )
    return worst_pairs(t, judged)


def _marks(t: Tables, roster: ir.Table, met: ir.Table, buyers: ir.Table) -> ir.Table:
    """(buyer_no, oid, n, *KEYS): firms whose key is that of an official who served the buyer on a day when they met,
    with how many of the keys, and 1 for each. Rosters are short, so firms are first looked for in them.
    """
    c = contacts(t).select("oid", "phone", "email", "code", street="road")
    hits = None
    for key in KEYS:
        there = roster.filter(roster[key].notnull()).select(
            "buyer_id", "since", "until", key, name="buyer_name", code_of_list="code"
        )
        told = c.select("oid", "code", key).filter(c[key].notnull()).join(there, key).join(met, "oid")
        told = attach(told, buyers, ["buyer_no", "who_oid"])
        same = (told.buyer_id == told.buyer).fill_null(False) | (told.name == told.buyer_name).fill_null(False)
        then = (told.since <= told.day).fill_null(True) & (told.until >= told.day).fill_null(True)
        # Half an address is enough between a buyer's own people and its bidders; two codes that differ are not.
        near = (told.code == told.code_of_list).fill_null(True) if key == "street" else ibis.literal(True)
        one = told.filter(same & then & near).select("buyer_no", "oid", key=ibis.literal(key)).distinct()
        hits = one if hits is None else hits.union(one)
    assert hits is not None
    return hits.group_by(["buyer_no", "oid"]).aggregate(
        n=hits.key.count(), **{key: (hits.key == key).cast("int32").max() for key in KEYS}
    )


def _roster(t: Tables, p: OfficialParams) -> ir.Table:
    """The rosters, comparable; a telephone or an address that many of an office tell is null."""
    o = t.official
    rows = o.select(
        *("source", "line", "buyer_id", "since", "until"),
        buyer_name=name_key(o.buyer_norm),
        phone=phone_key(o.phone),
        email=mail_key(o.email),
        street=street_words(o.street),
        code=code_key(o.postal_code),
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
