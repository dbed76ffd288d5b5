# SPDX-License-Identifier: Apache-2.0
"""Sanctions: only firm ones are published, each is a dated event, and the platform reads them in both versions of S3."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from typing import Any

import jsonschema_rs
import msgspec
import pytest
from django.test import Client
from typer.testing import CliRunner

from tests.shared import shared
from tests.worlds.base import world
from tests.worlds.once import built_once, rolled_back
from vitrina.api.pdn.clients import token_for
from vitrina.cycle.core.refusal import Refused
from vitrina.insight.lists import pdn as reader
from vitrina.kernel.money import Money
from vitrina.redress import commands
from vitrina.redress.events import SanctionRef
from vitrina.redress.models import Sanction

AT = datetime(2026, 11, 20, 18, tzinfo=UTC)
SEARCH, COMPANIES = "/pdn/s3/v1/psancionados", "/pdn/s3/items/faltas_graves_personas_morales"
whole = built_once(world)


@pytest.fixture
def w(whole: Any, clock: Any) -> Any:
    clock.set(AT)
    with rolled_back():
        yield whole


def sanction(w: Any, **changes: Any) -> SanctionRef:
    told = SanctionRef(
        id="S-2026-1", name="Inventos del Ñandú, S.A.", rfc="INA010203AB1", person="M", institution=w.hospital.buyer.key,
        institution_name=w.hospital.buyer.name, authority="Órgano Interno de Control", file="SAN-7/2026",
        fault="Información falsa", cause="Presentó una fianza que nadie expidió.", kinds=("I", "M"),
        resolved_on=date(2026, 9, 1), firm_on=date(2026, 11, 1), debarred_from=date(2026, 11, 3),
        debarred_until=date(2027, 11, 2), fine=Money.parse("120000.50"),
    )  # fmt: skip
    return msgspec.structs.replace(told, **changes)


def headers() -> dict[str, str]:
    return {"authorization": f"Bearer {token_for('plataforma', 'vitrina-demo', 's3')}"}


def search(**body: Any) -> dict[str, Any]:
    answer = Client().post(SEARCH, json.dumps(body), content_type="application/json", headers=headers())
    assert answer.status_code == 200
    return answer.json()


def test_what_is_published_is_what_the_first_version_describes(w: Any) -> None:
    commands.publish(sanction(w), at=AT)
    commands.publish(sanction(w, id="S-2", name="Ana Inventada", person="F", rfc="INAA010203AB1", kinds=("A",), fine=None,
                              debarred_from=None, debarred_until=None), at=AT)  # fmt: skip
    parts = json.loads(shared("specs/pdn/s3/OAS_API_Particulares_Sancionados.json").read_text(encoding="utf-8"))[
        "components"
    ]
    check = jsonschema_rs.validator_for(
        {"$ref": "#/components/schemas/resParticularesSancionados", "components": parts}
    )
    found = search(sort={"nombreRazonSocial": "desc"})
    check.validate(found)
    assert [r["id"] for r in found["results"]] == ["S-2026-1", "S-2"]
    assert found["results"][0]["multa"]["monto"] == 120000.5
    assert found["results"][0]["inhabilitacion"]["fechaFinal"] == "2027-11-02"
    one = ({"id": "S-2"}, {"tipoSancion": ["A", "D"]}, {"nombreRazonSocial": "ANA inv"}, {"tipoPersona": "F"})
    assert {r["id"] for q in one for r in search(query=q)["results"]} == {"S-2"}
    assert search(query={"nombreRazonSocial": "nandu"})["pagination"]["totalRows"] == 0
    places = Client().get(f"{SEARCH}/dependencias", headers=headers()).json()
    assert [p["nombre"] for p in places] == [w.hospital.buyer.name]


def test_the_second_version_is_what_its_specification_describes_and_our_own_reader_reads_both(
    w: Any, tmp_path: Any
) -> None:
    commands.publish(sanction(w), at=AT)
    commands.publish(sanction(w, id="S-3", kinds=("S",), fine=None, debarred_from=None, debarred_until=None), at=AT)
    parts = json.loads(shared("specs/pdn/s3/s3-v2.json").read_text(encoding="utf-8"))["components"]
    check = jsonschema_rs.validator_for({"$ref": "#/components/schemas/inline_response_200_46", "components": parts})
    page = Client().get(COMPANIES, {"meta": "*", "sort": "-expediente"}, headers=headers()).json()
    check.validate(page)
    assert page["meta"] == {"total_count": 2, "filter_count": 2}
    for asks, n in (({"limit": "1"}, 1), ({"offset": "1"}, 1), ({"limit": "-1"}, 2), ({"search": "ÑANDÚ"}, 2), ({"search": "zzz"}, 0),
                    ({"filter": '{"expediente":{"_contains":"san"}}'}, 2), ({"filter": '{"fecha":{"_gte":"2027-01-01"}}'}, 0)):  # fmt: skip
        assert len(Client().get(COMPANIES, asks, headers=headers()).json()["data"]) == n, asks
    assert set(Client().get(COMPANIES, {"fields": "id,expediente"}, headers=headers()).json()["data"][0]) == {
        "id",
        "expediente",
    }
    assert Client().get("/pdn/s3/items/faltas_graves_personas_fisicas", headers=headers()).json() == {"data": []}
    for name, told in (("1.json", search()), ("2.json", page)):
        (tmp_path / name).write_text(json.dumps(told))
        rows = [dict(zip(reader.COLUMNS, row.cells, strict=True)) for row in list(reader.rows(tmp_path / name))[1:]]
        debarred = next(r for r in rows if r["kind"] == "inhabilitación")
        assert (debarred["start"], debarred["end"], debarred["rfc"]) == ("2026-11-03", "2027-11-02", "INA010203AB1")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"firm_on": date(2026, 11, 21)}, "firm"), ({"firm_on": date(2026, 8, 1)}, "firm"), ({"debarred_until": None}, "days"),
        ({"debarred_until": date(2026, 1, 1)}, "days"), ({"kinds": ("M",)}, "days"), ({"fine": None}, "fine"), ({"kinds": ("I",)}, "fine"),
        ({"kinds": ()}, "kinds"), ({"kinds": ("I", "I")}, "kinds"), ({"kinds": ("Z",)}, "kinds"), ({"id": "../x"}, "id"),
        ({"rfc": "X"}, "rfc"), ({"person": "F"}, "rfc"), ({"name": " "}, "text"), ({"cause": "\u202e"}, "text"),
        ({"institution": "nobody"}, "institution"), ({"url": "javascript:x"}, "url"), ({"fine": Money(0)}, "fine"),
    ],
)  # fmt: skip
def test_what_is_not_a_firm_sanction_is_refused(w: Any, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        commands.publish(sanction(w, **changes), at=AT)
    assert refused.value.codes == [code]
    assert not Sanction.objects.exists()


def test_one_that_no_longer_stands_is_served_no_more_and_told_why(w: Any) -> None:
    commands.publish(sanction(w), at=AT)
    for wrong in ({"reason": " "}, {"reason": "x" * 2001}):
        with pytest.raises(Refused):
            commands.withdraw("S-2026-1", at=AT, **wrong)
    entry = commands.withdraw("S-2026-1", at=AT, reason="El tribunal la anuló.")
    assert entry.event.detail() == "El tribunal la anuló."
    assert search()["results"] == Client().get(COMPANIES, headers=headers()).json()["data"] == []
    for again in (
        lambda: commands.withdraw("S-2026-1", at=AT, reason="x"),
        lambda: commands.publish(sanction(w), at=AT),
    ):
        with pytest.raises(Refused):
            again()


def test_a_file_is_published_whole_or_not_at_all(w: Any, tmp_path: Any) -> None:
    from vitrina.redress.cli import app

    text = """[[sanction]]
id = "{id}"
name = "Inventos"
rfc = "INA010203AB1"
person = "M"
institution = "{key}"
institution_name = "Instituto"
authority = "OIC"
file = "1/2026"
fault = "Información falsa"
cause = "Una fianza falsa."
kinds = ["I", "M"]
resolved_on = 2026-09-01
firm_on = {firm}
debarred_from = 2026-11-03
debarred_until = 2027-11-02
fine = {{ centavos = 100 }}
"""
    file = tmp_path / "s.toml"

    def run(*told: str) -> Any:
        file.write_text("".join(told))
        return CliRunner().invoke(app, ["publish", str(file)])

    key = w.hospital.buyer.key
    good, late = text.format(id="A", key=key, firm="2026-11-01"), text.format(id="B", key=key, firm="2027-01-01")
    assert run(good, late).exit_code == 1
    assert not Sanction.objects.exists()
    assert "1 published" in run(good).output
    assert "1 were published before" in run(good).output
    assert run("[[sanction]]\nid = 1").exit_code == run("[").exit_code == 2
    assert CliRunner().invoke(app, ["withdraw", "A", "--reason", "Anulada."]).exit_code == 0
    assert CliRunner().invoke(app, ["withdraw", "A", "--reason", "Anulada."]).exit_code == 1


@pytest.mark.parametrize(
    "wrong",
    [{"limit": "x"}, {"limit": "1001"}, {"offset": "-1"}, {"sort": "name"}, {"filter": "{"}, {"filter": '{"x":{"_eq":1}}'},
     {"filter": '{"id":{"_drop":1}}'}, {"search": "x" * 301}, {"filter": '{"id":1}'}, {"limit": "٣"}],
)  # fmt: skip
def test_a_list_that_cannot_be_understood_is_told_why(w: Any, wrong: dict[str, str]) -> None:
    answer = Client().get(COMPANIES, wrong, headers=headers())
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 400)


def test_nobody_reads_them_without_a_token(w: Any) -> None:
    assert Client().post(SEARCH, "{}", content_type="application/json").status_code == 401
    assert Client().get(COMPANIES).json()["error"]["code"] == 401
    assert Client().post(COMPANIES).status_code == 405
