# SPDX-License-Identifier: Apache-2.0
"""S2 and S6 of the national digital platform against its specifications, as one of its systems asks."""

from __future__ import annotations

import functools
import json
from datetime import timedelta
from typing import Any

import jsonschema_rs
import pytest
from django.core import signing
from django.test import Client

from tests.acts.conftest import Told
from tests.shared import shared
from vitrina.api.pdn import clients
from vitrina.kernel import clock
from vitrina.parties.models import Person

NAME, PASSWORD = "plataforma", "vitrina-demo"
S2, S6 = "/pdn/s2/v1/spic", "/pdn/s6/contrataciones-abiertas"
FILES = {S2: ("s2/OAS_API_servidores_intervienen_contrataciones.json", "/v1/spic"),
         S6: ("s6/OAS_API_Contrataciones_Abiertas.json", "/contrataciones-abiertas")}  # fmt: skip


@functools.cache
def specification(address: str) -> tuple[Any, dict[str, Any]]:
    """Validators of the request and, by status, of the answers that a specification describes."""
    file, path = FILES[address]
    whole = json.loads(shared(f"specs/pdn/{file}").read_text(encoding="utf-8"))
    release = json.loads(shared("specs/ocds/release-schema.json").read_text(encoding="utf-8"))

    def of(content: dict[str, Any]) -> Any:
        schema = {**content["content"]["application/json"]["schema"], "components": whole["components"]}
        return jsonschema_rs.validator_for(schema, retriever=lambda _uri: release)

    post = whole["paths"][path]["post"]
    return of(post["requestBody"]), {status: of(answer) for status, answer in post["responses"].items()}


@functools.cache
def token(system: str) -> str:
    form = {"grant_type": "password", "username": NAME, "password": PASSWORD}
    answer = Client().post(f"/pdn/{system}/oauth", form)
    assert answer.json()["token_type"] == "Bearer"
    assert answer.json()["expires_in"] == 3600
    return answer.json()["access_token"]


def post(address: str, body: Any, *, bearer: str | None = None) -> Any:
    bearer = token(address[5:7]) if bearer is None else bearer
    text = body if isinstance(body, (str, bytes)) else json.dumps(body)
    return Client().post(address, text, content_type="application/json", headers={"authorization": f"Bearer {bearer}"})


def found(address: str, **body: Any) -> dict[str, Any]:
    """The answer to a search that the specification allows; it is one that the specification describes."""
    asks, answers = specification(address)
    assert asks.is_valid(body), body
    answer = post(address, body)
    told = answer.json()
    errors = [e.message for e in answers["200"].iter_errors(told) if "minimum" not in e.message]
    assert answer.status_code == 200
    # the specification gives totalRows a minimum of 1, yet a search may find nothing
    assert [e for e in errors if "less than" not in e or told["pagination"]["totalRows"]] == []
    return told


@pytest.fixture(autouse=True)
def _now(told: Told) -> Any:
    with clock.frozen(Person.objects.first().appointments.first().since + timedelta(days=400)):
        yield


def test_officials_are_found_by_any_part_of_a_name_and_told_without_their_rfc(told: Told) -> None:
    everybody = found(S2, pageSize=200)["results"]
    assert len(everybody) > 5
    one = everybody[0]
    assert not {"rfc", "curp"} & set(one)
    part = one["primerApellido"][1:4].upper()
    for query in ({"id": one["id"], "nombres": "nobody"}, {"primerApellido": part, "nombres": one["nombres"]},
                  {"institucionDependencia": one["institucionDependencia"]["nombre"].lower(), "tipoProcedimiento": [1, 5]}):  # fmt: skip
        assert one["id"] in {r["id"] for r in found(S2, query=query, pageSize=200)["results"]}, query
    for query in ({"tipoProcedimiento": [2]}, {"nombres": "ñ" * 9}, {"id": "x"}, {"curp": "X", "rfcSolicitante": "X"}):
        assert found(S2, query=query)["pagination"]["totalRows"] == 0, query
    suppliers = {p.surname for p in Person.objects.filter(appointments__supplier__isnull=False)}
    own = {p.surname for p in Person.objects.filter(appointments__unit__isnull=False)}
    assert not {r["primerApellido"] for r in everybody} & (suppliers - own)


def test_the_order_is_the_spanish_one_and_pages_have_everybody_once(told: Told) -> None:
    from vitrina.api.pdn.asked import spanish

    whole = found(S2, sort={"primerApellido": "desc"}, pageSize=200)["results"]
    names = [spanish(r["primerApellido"]) for r in whole]
    assert names == sorted(names, reverse=True)
    paged, page = [], 1
    while True:
        part = found(S2, sort={"primerApellido": "desc"}, pageSize=3, page=page)
        paged += part["results"]
        assert part["pagination"]["totalRows"] == len(whole)
        if not part["pagination"]["hasNextPage"]:
            break
        page += 1
    assert paged == whole
    beyond = found(S2, page=9999)
    assert (beyond["results"], beyond["pagination"]["hasNextPage"]) == ([], False)


def test_institutions_are_listed(told: Told) -> None:
    answer = Client().get(f"{S2}/dependencias", headers={"authorization": f"Bearer {token('s2')}"})
    assert {"nombre", "siglas", "clave"} == set(answer.json()[0])
    assert Client().get(f"{S2}/dependencias").status_code == 401


def test_contracts_are_found_by_what_they_say_and_are_valid_releases(told: Told) -> None:
    compiled = Client().get(f"/p/{told.ocids['paid']}.json").json()
    award = compiled["awards"][0]
    whole = {"ocid": compiled["ocid"], "title": "nobody calls it so"}
    assert found(S6, query=whole)["results"] == [compiled]
    for query in (
        {"title": award["title"][:9].upper()}, {"buyerName": compiled["buyer"]["name"][3:12]},
        {"supplierName": award["suppliers"][0]["name"].lower(), "procurementMethod": ["open", "direct"]},
        {"awardStatus": ["active"], "numberOfTenderers": compiled["tender"]["numberOfTenderers"]},
        {"tenderStartDate": compiled["tender"]["tenderPeriod"]["startDate"], "awardStatus": ["active"]},
        {"itemDescription": award["items"][0]["description"][2:9]},
    ):  # fmt: skip
        assert compiled["ocid"] in {r["ocid"] for r in found(S6, query=query, pageSize=200)["results"]}, query
    nothing = ({"title": "ñoño"}, {"procurementMethod": ["limited"]}, {"tenderStartDate": "2999-01-01T00:00:00Z"})
    assert [found(S6, query=q)["results"] for q in nothing] == [[], [], []]
    everything = found(S6, sort={"title": "asc", "buyerName": "desc"}, pageSize=200)
    assert {r["ocid"] for r in everything["results"]} >= set(told.ocids.values())
    assert everything["pagination"]["totalRows"] == everything["totalRows"]  # the specification asks for both


@pytest.mark.parametrize("address", [S2, S6])
@pytest.mark.parametrize(
    "body",
    ["", "[]", "{", "null", {"page": 0}, {"page": "1"}, {"page": None}, {"page": 10**30}, {"page": True}, {"page": 1.5},
     {"pageSize": 0}, {"pageSize": 201}, {"pageSize": "x"}, {"sort": []}, {"query": []}, {"query": None},
     {"sort": {"nombres": "up", "title": "up"}}, {"query": {"rfc": "X", "awardStatus": ["none"]}},
     {"query": {"tipoProcedimiento": [9], "procurementMethod": "open"}}, {"query": {"nombres": 1, "title": 1}},
     {"query": {"nombres": "\x00", "title": "\x00"}}, {"query": {"nombres": "x" * 301, "title": "x" * 301}},
     {"query": {"tipoProcedimiento": [1, 1], "tenderEndDate": "yesterday"}}, b'{"query":"\xff"}',
     {"query": {"tipoProcedimiento": [True], "numberOfTenderers": 2**70}}, '{"a":' * 3000,
     {"query": {"tipoProcedimiento": [[1]], "tenderStartDate": "0001-01-01T00:00:00+14:00"}}],
)  # fmt: skip
def test_a_search_that_is_not_right_is_told_why(told: Told, address: str, body: Any) -> None:
    _, answers = specification(address)
    answer = post(address, body)
    assert answer.status_code == 400
    assert answers["400"].is_valid(answer.json())
    assert answer.json()["message"]


@pytest.mark.parametrize("address", [S2, S6])
def test_nobody_asks_without_a_token_of_that_very_system(told: Told, address: str) -> None:
    system, other = address[5:7], {"s2": "s6", "s6": "s2"}[address[5:7]]
    old = signing.dumps([NAME, system], salt=clients.SALT)[:-1]
    forged = signing.dumps([NAME, system], salt="other")
    for bearer in ("", "x", token(other), old, forged, signing.dumps("x", salt=clients.SALT)):
        answer = post(address, {}, bearer=bearer)
        assert answer.status_code == 401, bearer
        assert specification(address)[1]["401"].is_valid(answer.json())
    assert Client().get(address).status_code == 405


def test_a_token_ends_with_its_hour_and_with_its_client(
    told: Told, monkeypatch: Any, settings: Any, tmp_path: Any
) -> None:
    good = token("s2")
    assert clients.holder(good, "s2") == NAME
    monkeypatch.setattr(clients, "SECONDS", -1)
    assert not clients.holder(good, "s2")
    monkeypatch.undo()
    settings.PDN_DEMO_CLIENT = None
    assert not clients.holder(good, "s2")
    file = tmp_path / "clients.toml"
    settings.PDN_CLIENTS = str(file)
    assert not clients.known()
    file.write_text("[[client]]\nname = 1")
    assert not clients.known()


def test_the_entry_of_a_client_is_made_by_a_command(told: Told, settings: Any, tmp_path: Any) -> None:
    from typer.testing import CliRunner

    from vitrina.api.cli import app

    said = CliRunner().invoke(app, ["client", "secretaria", "--systems", "s6"])
    password = said.stderr.strip().rpartition(" ")[2]
    file = tmp_path / "clients.toml"
    file.write_text(said.stdout)
    settings.PDN_CLIENTS, settings.PDN_DEMO_CLIENT = str(file), None
    form = {"grant_type": "password", "username": "secretaria", "password": password}
    assert Client().post("/pdn/s6/oauth", form).status_code == 200
    for system, wrong in (
        ("s2", {}),
        ("s6", {"password": "x"}),
        ("s6", {"grant_type": "code"}),
        ("s6", {"username": "x"}),
    ):
        answer = Client().post(f"/pdn/{system}/oauth", {**form, **wrong})
        assert answer.status_code == 400
        assert answer.json()["error"] in {"invalid_grant", "unsupported_grant_type"}
    assert Client().post("/pdn/s9/oauth", form).status_code == 404
    assert Client().get("/pdn/s6/oauth").status_code == 405
    for wrong in (["client", "x y"], ["client", "x", "--systems", "s9"]):
        assert CliRunner().invoke(app, wrong).exit_code == 2


def test_a_client_of_the_reference_implementation_is_answered_in_its_shape(told: Told) -> None:
    compiled = Client().get(f"/p/{told.ocids['paid']}.json").json()
    award, address = compiled["awards"][0], "/pdn/s6/api/records"
    for query in (
        {"ocid": compiled["ocid"]},
        {"awards": {"suppliers": {"name": award["suppliers"][0]["name"][:12]}, "status": "active"}},
        {"buyer": {"name": compiled["buyer"]["name"]}, "tender": {"procurementMethod": "open"}},
        {"tender": {"tenderPeriod": {"startDate": compiled["tender"]["tenderPeriod"]["startDate"]}}},
        {"parties": {"name": award["suppliers"][0]["name"], "roles": ["supplier"]}}, {"tender.title": award["title"][:9]},
        {"unheard": {"of": 1}, "contracts": {"title": award["title"]}},
    ):  # fmt: skip
        answer = post(address, {"query": query, "pageSize": 200, "sort": {"buyer": {"name": "asc"}}})
        records = {record["ocid"]: record for record in answer.json()["results"]}
        assert records[compiled["ocid"]]["compiledRelease"] == compiled, query
        assert answer.json()["pagination"]["pageSize"] == 200
    record = records[compiled["ocid"]]
    assert Client().get(record["releases"][0]["url"].partition("8000")[2]).json()["ocid"] == compiled["ocid"]
    party = {"parties": {"name": award["suppliers"][0]["name"], "roles": "buyer"}}
    assert post(address, {"query": party}).json()["results"] == []
    assert post(address, {"page": 10**6}).json()["results"] == []
    for body in (
        "[",
        {"query": []},
        {"pageSize": 0},
        {"query": {"parties": {"name": ["x"]}}},
        {"sort": {"buyer.name": "up"}},
    ):
        assert post(address, body).status_code == 400, body
    assert post(address, {}, bearer=token("s2")).status_code == 401


def test_a_token_is_renewed_without_the_password(told: Told, settings: Any, monkeypatch: Any) -> None:
    form = {"grant_type": "password", "username": NAME, "password": PASSWORD}
    first = Client().post("/pdn/s6/oauth", form).json()
    assert (first["refresh_token_expires_in"], clients.holder(first["refresh_token"], "s6")) == (3960, "")

    def renewed(token_: str, system: str = "s6") -> int:
        return (
            Client().post(f"/pdn/{system}/oauth", {"grant_type": "refresh_token", "refresh_token": token_}).status_code
        )

    assert renewed(first["refresh_token"]) == 200
    assert [renewed(first["access_token"]), renewed("x"), renewed(first["refresh_token"], "s2")] == [400, 400, 400]
    monkeypatch.setattr(clients, "REFRESH_SECONDS", -1)
    assert renewed(first["refresh_token"]) == 400
    monkeypatch.undo()
    settings.PDN_DEMO_CLIENT = None
    assert renewed(first["refresh_token"]) == 400
