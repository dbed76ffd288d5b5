# SPDX-License-Identifier: Apache-2.0
"""Sanctions of officials: only for grave faults, served in both versions of S3, read back by our own reader as theirs."""

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
from vitrina.cycle.core.refusal import Refused
from vitrina.insight.lists import pdn as reader
from vitrina.kernel.money import Money
from vitrina.redress import commands
from vitrina.redress.cli import app
from vitrina.redress.events import OfficialSanctionRef
from vitrina.redress.models import Sanction

from .test_sanctions import AT, headers, w, whole  # noqa: F401 - fixtures

SEARCH, GRAVE = "/pdn/s3/v1/ssancionados", "/pdn/s3/items/faltas_administrativas_graves"


def official(w: Any, **changes: Any) -> OfficialSanctionRef:  # noqa: F811
    told = OfficialSanctionRef(
        id="O-1", given_name="Íñigo", surname="Ñandú", second_surname="Peñalba", position="Titular de compras",
        institution=w.buyer.key, institution_name=w.buyer.name, authority="Tribunal Inventado", file="EXP-1",
        fault="CIND", cause="Contrató a una empresa inhabilitada.", kinds=("I", "M", "D"), resolved_on=date(2026, 1, 5),
        firm_on=date(2026, 3, 1), debarred_from=date(2026, 3, 2), debarred_until=date(2030, 3, 1), fine=Money.parse("5000.00"),
    )  # fmt: skip
    return msgspec.structs.replace(told, **changes)


def ask(**query: Any) -> dict[str, Any]:
    told = json.dumps({"query": query, "sort": {"nombres": "asc"}})
    answer = Client().post(SEARCH, told, content_type="application/json", headers=headers())
    assert answer.status_code == 200
    return answer.json()


def test_officials_are_served_as_both_versions_describe_and_suppliers_stay_apart(w: Any, tmp_path: Any) -> None:  # noqa: F811
    commands.publish_official(official(w), at=AT)
    commands.publish_official(
        official(w, id="O-2", given_name="Ana", kinds=("O",), fine=None, debarred_from=None, debarred_until=None),
        at=AT,
    )
    parts = json.loads(shared("specs/pdn/s3/OAS_API_Servidores_Sancionados.json").read_text(encoding="utf-8"))[
        "components"
    ]
    page = ask()
    jsonschema_rs.validator_for({"$ref": "#/components/schemas/ssancionados", "components": parts}).validate(page)
    assert [r["id"] for r in page["results"]] == ["O-2", "O-1"]
    assert [r["id"] for r in ask(primerApellido="ñandu", tipoSancion=["M"])["results"]] == ["O-1"]
    assert ask(primerApellido="nandu")["results"] == ask(rfc="X")["results"] == []
    assert Client().get(f"{SEARCH}/dependencias", headers=headers()).json()[0]["clave"] == w.buyer.key
    second = json.loads(shared("specs/pdn/s3/s3-v2.json").read_text(encoding="utf-8"))["components"]
    items = Client().get(GRAVE, headers=headers()).json()
    check = jsonschema_rs.validator_for(
        {"$ref": "#/components/schemas/ItemsFaltasAdministrativasGraves", "components": second}
    )
    for item in items["data"]:
        check.validate(item)
    assert len(items["data"]) == 2
    assert Client().get("/pdn/s3/items/faltas_graves_personas_morales", headers=headers()).json() == {"data": []}
    (tmp_path / "s3.json").write_text(json.dumps(page))
    assert len(list(reader.rows(tmp_path / "s3.json"))) >= 1  # an official is told apart, and is no supplier


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"fault": "NAD"}, "fault"), ({"kinds": ("A",)}, "kinds"), ({"firm_on": date(2027, 1, 1)}, "firm"), ({"surname": ""}, "text")],
)  # fmt: skip
def test_what_is_not_a_firm_sanction_for_a_grave_fault_is_refused(w: Any, changes: dict[str, Any], code: str) -> None:  # noqa: F811
    with pytest.raises(Refused) as refused:
        commands.publish_official(official(w, **changes), at=AT)
    assert refused.value.codes == [code]
    assert not Sanction.objects.exists()


def test_a_file_may_hold_both(w: Any, tmp_path: Any) -> None:  # noqa: F811
    (tmp_path / "s.toml").write_text(
        '[[official]]\nid = "O-9"\ngiven_name = "Ana"\nsurname = "Inventada"\nposition = "Titular"\nauthority = "Tribunal"\n'
        f'institution = "{w.buyer.key}"\ninstitution_name = "X"\nfile = "1"\nfault = "AG"\ncause = "X."\nkinds = ["D"]\n'
        f'resolved_on = 2026-01-01\nfirm_on = {datetime(2026, 2, 1, tzinfo=UTC):%Y-%m-%d}\n', encoding="utf-8",
    )  # fmt: skip
    done = CliRunner().invoke(app, ["publish", str(tmp_path / "s.toml")])
    assert done.output == "1 published, 0 were published before\n"
    assert ask(id="O-9")["pagination"]["totalRows"] == 1
