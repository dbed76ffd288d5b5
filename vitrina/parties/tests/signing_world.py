# SPDX-License-Identifier: Apache-2.0
"""People, companies and shorthands of the tests of signatures. All invented."""

from __future__ import annotations

from tests.fixtures.authority import AT, YEAR
from vitrina.parties import commands as parties
from vitrina.parties import signing
from vitrina.parties.actors import actor_of
from vitrina.parties.roles import Role
from vitrina.site.demo import issuing

TYPE, BODY = "vitrina/sobre/v1", b'{"type":"sobre/v1"}'
COMPANY = issuing.Holder(
    "EMPRESA DE PRUEBA, S.A. DE C.V.", "AAA010101AAA", rep_rfc="HEGT7610034S2", rep_curp="HEGT761003MDFRNN05"
)
WITH_AMPERSAND = issuing.Holder(
    "FIERRO & FIERRO, S.C.", "F&F010101AB9", rep_rfc="HEGT7610034S2", rep_curp="HEGT761003MDFRNN05"
)
WITH_TILDE = issuing.Holder("ÑUÑO MUÑOZ PEÑA", "ÑUPÑ800101AB1", curp="NUPX800101HDFXXX05")
OFFICIAL = issuing.Holder("ÓSCAR IBÁÑEZ LUNA", "IALO800102XY3", curp="IALO800102HDFXXX05")
PLAIN_OFFICIAL = issuing.Holder("ROSA ELVIRA DEL MAR", "MAER810203AB4", curp="MAER810203MDFXXX05")


def supplier(holder: issuing.Holder, key: str):
    row = parties.register_supplier(at=AT - YEAR, key=key, name=holder.name.title(), rfc=holder.rfc)
    person = parties.register_person(email=f"{key}@vitrina.example", given_name="Rita", surname="Gálvez")
    return actor_of(parties.appoint(at=AT - YEAR, person=person, role=Role.SUPPLIER, supplier=row))


def official(holder: issuing.Holder, *names: str, rfc: str = ""):
    unit = parties.register_unit(at=AT - YEAR, key=f"U{len(holder.name)}", name="Unidad", kind="office")
    person = parties.register_person(
        email="official@vitrina.example", given_name=names[0], surname=names[1], second_surname=names[2], rfc=rfc
    )
    return actor_of(parties.appoint(at=AT - YEAR, person=person, role=Role.OFFICER, unit=unit))


def accept(efirma, actor, *, at=AT, act="bid", body=BODY, **claimed):
    claim = efirma.claim(TYPE, BODY, at) | claimed
    return signing.accept(claim, payload_type=TYPE, body=body, actor=actor, act=act, at=at)


def verdict(efirma, actor, **more) -> str:
    try:
        return accept(efirma, actor, **more)["verdict"]
    except signing.SigningRefused as refused:
        assert "%(" not in refused.message and refused.message, refused.message
        return refused.code
