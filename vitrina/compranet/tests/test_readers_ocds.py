# SPDX-License-Identifier: Apache-2.0
"""Records become OCDS 1.1 fragments that validate, merge under one process, and say nothing the source does not."""

import json

import pytest
from ocdsmerge.merge import CompiledRelease

from vitrina.compranet.normalise import _DRAFT_STATUSES, _PROCEDURE_STATUSES
from vitrina.compranet.ocds import process_key, release_fragment
from vitrina.compranet.readers import read
from vitrina.compranet.records import Rejected
from vitrina.history.card import WORDS, card
from vitrina.kernel import ids
from vitrina.kernel.canonical import canonical
from vitrina.kernel.money import Money

from .files import (
    CONTRACT_16,
    CONTRACT_21,
    CONTRACT_39,
    CONTRACT_45,
    CONTRACT_73,
    PROCEDURE_37,
    SHARED,
    UNIT,
    one,
    read_rows,
    real,
)

SAMPLES = {
    "procedures_37": PROCEDURE_37,
    "contracts_21": CONTRACT_21,
    "contracts_45": CONTRACT_45,
    "contracts_39": CONTRACT_39,
    "contracts_16": CONTRACT_16,
    "contracts_73": CONTRACT_73,
}


@pytest.fixture(scope="module")
def schema():
    path = SHARED / "specs" / "ocds" / "release-schema.json"
    if not path.exists():
        pytest.skip("the OCDS release schema is not beside the repository")
    jsonschema_rs = pytest.importorskip("jsonschema_rs")
    return jsonschema_rs.validator_for(json.loads(path.read_text()))


def release(record, number=1):
    return {
        "ocid": ids.ocid("ocds-abc123", process_key(record)),
        "id": str(number),
        "date": f"2026-03-01T00:00:{number:02}Z",
        **release_fragment(record),
    }


@pytest.mark.parametrize("layout_id", SAMPLES)
def test_a_fragment_of_each_layout_validates(tmp_path, schema, layout_id):
    body = release(one(tmp_path, layout_id, SAMPLES[layout_id]))
    assert [error.message for error in schema.iter_errors(body)] == []
    assert canonical(body)


@pytest.mark.parametrize(
    "name",
    ["expedientes_2026", "imss_contratos_2026", "imss_contratos_2023_layout45", "compranet_sample_2015",
     "compranet_2017_contracts", "sancionados_contratos_2010_2017"],
)  # fmt: skip
def test_fragments_of_the_real_files_validate(schema, name):
    bodies = [release(item) for item in read(real(name)) if not isinstance(item, Rejected)]
    assert len(bodies) > 300
    assert [body["ocid"] for body in bodies if not schema.is_valid(body)] == []


@pytest.mark.parametrize(
    ("label", "article", "method", "details"),
    [
        ("LICITACIÓN PÚBLICA", "", "open", "Licitación pública"),
        ("INVITACIÓN A CUANDO MENOS 3 PERSONAS POR LICITACIONES PÚBLICAS DESIERTAS", "ART. 54 FR. VII", "selective",
         "Invitación a cuando menos tres personas"),
        ("ADJUDICACIÓN DIRECTA POR LICITACIONES PÚBLICAS DESIERTAS", "ART. 54 FR. VII", "direct",
         "Adjudicación directa art.54-VII"),
        ("ADJUDICACIÓN DIRECTA", "", "direct", "Adjudicación directa"),
        ("ADJUDICACIÓN DIRECTA", "Art. 42 párrafo quinto", "direct", "Adjudicación directa art.42 párrafo 5"),
    ],
)  # fmt: skip
def test_the_method_is_named_as_validators_expect(tmp_path, label, article, method, details):
    changes = {"Tipo Procedimiento": label, "Artículo de excepción": article}
    tender = release_fragment(one(tmp_path, "contracts_21", CONTRACT_21, **changes))["tender"]
    assert (tender["procurementMethod"], tender["procurementMethodDetails"]) == (method, details)


def test_contracts_of_one_procedure_merge_into_one_process_with_it(tmp_path):
    number = CONTRACT_21["Número de procedimiento"]
    call = one(tmp_path, "procedures_37", PROCEDURE_37, **{"Núm. Proc. Proyecto": f"'{number}"})
    contracts, _ = read_rows(
        tmp_path, "contracts_21", CONTRACT_21, CONTRACT_21 | {"Importe DRC": "0.1", "Clave de la UC": "050ZZZ002"}
    )
    releases = [release(record, n) for n, record in enumerate([call, *contracts], 1)]
    assert {body["ocid"] for body in releases} == {f"ocds-abc123-{number}"}
    compiled = CompiledRelease(merge_rules={(name,): "omitWhenMerged" for name in ("id", "date", "tag")})
    for body in releases:
        compiled.append(body)
    merged = compiled.asdict()
    assert [award["value"]["amount"] for award in merged["awards"]] == [113543.45, 0.1]
    assert {c["awardID"] for c in merged["contracts"]} == {a["id"] for a in merged["awards"]}
    assert merged["tender"]["title"] == "REACTIVOS DE LABORATORIO"
    assert merged["tender"]["procuringEntity"]["id"] == f"MX-UC-{UNIT}"
    assert [unit["id"] for unit in merged["planning"]["contractingUnits"]] == [f"MX-UC-{UNIT}", "MX-UC-050ZZZ002"]
    assert {party["id"]: party["roles"] for party in merged["parties"]}["MX-UC-050ZZZ002"] == ["contractingUnit"]


def test_what_the_source_does_not_say_is_left_out(tmp_path):
    body = release_fragment(one(tmp_path, "contracts_16", CONTRACT_16))
    assert "buyer" not in body
    assert "status" not in body["contracts"][0]
    assert "date" not in body["awards"][0]
    assert "null" not in json.dumps(body)


def test_tags_and_dates(tmp_path):
    draft = {"Tipo de elemento": "PROYECTO DE CONVOCATORIA", "Estatus procedimiento": "VIGENTE"}
    assert release_fragment(one(tmp_path, "procedures_37", PROCEDURE_37, **draft))["tag"] == ["planning"]
    body = release_fragment(one(tmp_path, "procedures_37", PROCEDURE_37))
    assert body["tag"] == ["tender"]
    assert body["tender"]["tenderPeriod"]["endDate"] == "2026-02-16T10:00:00-06:00"
    contract = release_fragment(one(tmp_path, "contracts_45", CONTRACT_45))
    assert contract["tag"] == ["award", "contract"]
    assert contract["contracts"][0]["period"]["endDate"] == "2023-12-31T23:59:59-06:00"


def test_a_card_says_it_in_plain_words(tmp_path):
    shown = card(one(tmp_path, "contracts_45", CONTRACT_45))
    assert (shown.title, shown.unit) == ("Plantas de emergencia 2022", "IDP-Coordinación de Abasto")
    assert (shown.supplier, shown.amount) == ("JUANA PRUEBA INVENTADA", Money(100856000))
    assert (shown.status_word("es"), shown.status_word("en")) == ("Contrato vigente", "Contract in force")


def test_every_stage_has_its_words():
    stages = {stage for table in (_DRAFT_STATUSES, _PROCEDURE_STATUSES) for stage, _ in table.values()}
    assert stages <= set(WORDS)
