# SPDX-License-Identifier: Apache-2.0
"""R044, two bidders of one process that look like one business."""

from __future__ import annotations

from typing import Annotated

import ibis
import ibis.expr.types as ir

from vitrina.insight.stats import attach
from vitrina.insight.tables import Tables
from vitrina.insight.text import Text

from . import bases
from .contact import contacts
from .declare import Flag, Group, Needs, Params, Side, lacking, verdict
from .owners import folded, pairs
from .shared_files import marks, same_marks
from .units import worst

KEYS = ("phone", "domain", "street", "representative", "bank", "rfc_base")
STRONG = ("representative", "bank")
HOMOCLAVE = 3


class BusinessParams(Params, frozen=True):
    """The parameters of R044."""

    shared: Annotated[
        int,
        Text(
            "cuántas señas débiles deben compartir dos licitantes; una fuerte basta",
            "how many of the weak keys two bidders must share; one strong key is enough",
        ),
    ] = 2


def rule(t: Tables, p: BusinessParams) -> ir.Table:
    """Pairs that bid in one process and share two of telephone, mail domain, address, representative, bank account and
    the RFC without its last three signs; or one of representative, bank account and the device that sent the bids.
    Value: how many they share. A key is known where both tell it.
    """
    found = pairs(t)
    keys = _keys(t)
    for side in ("a", "b"):
        found = attach(found, keys.rename({side: "oid", **{f"{key}_{side}": key for key in KEYS}}), side)
    device = same_marks(t, ["device"]).group_by(["a", "b"]).aggregate(device=lambda d: d.rid.count())
    m = marks(t)
    sent = m.filter(m.kind == "device").select("oid").distinct()
    found = attach(found, device, ["a", "b"])
    found = attach(found, sent.select(a="oid", sent_a=ibis.literal(1)), "a")
    found = attach(found, sent.select(b="oid", sent_b=ibis.literal(1)), "b")
    same = {key: (found[f"{key}_a"] == found[f"{key}_b"]).fill_null(False) for key in KEYS}
    same["device"] = found.device.notnull()
    both = [found[f"{key}_a"].notnull() & found[f"{key}_b"].notnull() for key in KEYS]
    both.append(found.sent_a.notnull() & found.sent_b.notnull())
    known = sum((each.cast("int32") for each in both), ibis.literal(0))
    n = sum((each.cast("int32") for each in same.values()), ibis.literal(0))
    strong = same["device"] | same[STRONG[0]] | same[STRONG[1]]
    basis = ibis.literal("")
    for key, each in same.items():
        basis = basis + each.ifelse(f"|{key}", "")
    judged = verdict(
        found,
        group=Group.PAIR,
        id=found.id,
        rid=found.rid,
        value=n.cast("float64"),
        threshold=float(p.shared),
        flagged=(n >= p.shared) | strong,
        missing=lacking(**{"parties.contactPoint": (known < p.shared) & ~strong}),
        basis=basis.substr(1),
    )
    return worst(judged)


def _keys(t: Tables) -> ir.Table:
    """(oid, *KEYS): what is compared, null where not told."""
    rest = t.org.select(
        "oid", representative=folded(t.org.representative), bank=t.org.bank_account.re_replace("[^0-9]", "").nullif("")
    )
    c = contacts(t)
    base = c.rfc.substr(0, c.rfc.length() - HOMOCLAVE)
    return attach(c.select("oid", "phone", "domain", "street", rfc_base=base), rest, "oid").select("oid", *KEYS)


FLAG = Flag(
    code="R044",
    title=Text("Licitantes que parecen el mismo negocio", "Business similarities"),
    explanation=Text(
        "Dos licitantes del mismo proceso comparten teléfono, dominio de correo, domicilio, representante, cuenta o "
        "equipo.",
        "Two bidders of one process share a telephone, mail domain, address, representative, account or device.",
    ),
    group=Group.PAIR,
    side=Side.HIGH,
    needs=Needs.CORE,
    inputs=("parties.contactPoint", "parties.address", "parties.identifier.id", "bids.details.tenderers"),
    rule=rule,
    definition_es=(
        "Pares que participan en un proceso y comparten dos de teléfono, dominio del correo, domicilio, "
        "representante, cuenta bancaria y RFC sin sus tres últimos signos; o uno de representante, cuenta "
        "bancaria y equipo desde el que se enviaron. Valor: cuántos comparten. Una seña se conoce donde ambos "
        "la dicen."
    ),
    params=BusinessParams,
    innocent=(
        Text("Comparten contador o gestor, que puso sus datos.", "They share an accountant, who wrote its contact."),
        Text("Son del mismo grupo y lo declaran.", "They belong to one group and say so."),
    ),
    bases=bases.PHONE
    | bases.STREET
    | {
        "domain": Text("el dominio del correo es el mismo", "the mail domain is the same"),
        "representative": Text("el representante es el mismo", "the representative is the same"),
        "bank": Text("la cuenta bancaria es la misma", "the bank account is the same"),
        "rfc_base": Text(
            "el RFC es el mismo salvo los tres últimos signos", "the RFC is the same but for its last three signs"
        ),
        "device": Text("las proposiciones salieron del mismo equipo", "the bids came from the same device"),
    },
)
