# SPDX-License-Identifier: Apache-2.0
"""The single-file client, opened from a disk: it seals what Python opens, and asks nothing of any network."""

from __future__ import annotations

import hashlib
import json

import pytest

from tests.seal.test_interop import OCID, RFC
from vitrina.sealed import client, keys, objects, opening

pytestmark = pytest.mark.browser
NAME = "sellar-sin-conexion.html"
DOCUMENTS = {"propuesta técnica.pdf": 9_000_000, "carta.txt": 12}


@pytest.fixture
def secrets() -> list[bytes]:
    return [keys.new_secret() for _ in range(3)]


@pytest.fixture
def context(secrets) -> dict:
    return {
        "ocid": OCID, "number": "LA-99-AAA-099AAA001-N-7-2026", "title": "Guantes <b>de nitrilo</b>", "buyer": "Instituto Inventado", "envelope": "economica", "lot": None,
        "supplier": {"rfc": RFC, "name": "Empresa Inventada"}, "k": 2, "reveal_by": "2026-12", "opening_at": "2026-11-30T17:00:00Z",
        "panel": [{"id": f"abre-{n}", "name": f"Persona {n}", "body": f"Oficina {n}", "recipient": keys.recipient(secret)} for n, secret in enumerate(secrets)],
        "items": [{"number": 1, "lot": None, "description": "Guantes", "quantity": "412000", "unit": "par"}, {"number": 2, "lot": None, "description": "Gasas", "quantity": "2.5", "unit": "kg"}],
        "criteria": [{"number": 1, "title": "Garantía", "description": "Diga cuántos meses.", "lot": None}],
        "statement": "Preparé este precio sin ponerme de acuerdo con nadie.", "limits": {"max_documents": 20, "max_bytes": 500_000_000, "max_total": 10**9},
    }  # fmt: skip


def test_it_seals_from_a_disk_without_a_network(built, context, secrets, new_page, axe, tmp_path) -> None:
    asked: list[str] = []
    page = new_page(viewport={"width": 390, "height": 844}, accept_downloads=True)
    page.context.on("request", lambda request: asked.append(request.url))
    page.set_default_timeout(60_000)
    page.goto((built / NAME).as_uri())
    (tmp_path / "datos.json").write_text(json.dumps(context), encoding="utf-8")
    for name, size in DOCUMENTS.items():
        (tmp_path / name).write_bytes(hashlib.shake_256(name.encode()).digest(size))

    page.locator("#context").set_input_files(tmp_path / "datos.json")
    page.get_by_label("1. Guantes").fill("61.40")
    page.get_by_label("2. Gasas").fill("3.33")
    assert page.locator("#total").inner_text() == "25,296,808.33"
    assert page.get_by_text("Guantes <b>de nitrilo</b>").is_visible()
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_label("1. Garantía").fill(" 24 meses ")
    page.get_by_label("Preparé este precio").check()
    page.get_by_label("Elija los documentos").set_input_files([tmp_path / name for name in DOCUMENTS])
    with page.expect_download() as backup:
        page.get_by_text("Guardar la llave de respaldo").click()
    page.get_by_label("Ya la guardé").check()
    page.get_by_role("button", name="Sellar", exact=True).click()
    page.get_by_role("heading", name="Sobre sellado").wait_for()
    links = page.locator("#downloads a")
    saved = {}
    for n in range(links.count()):
        with page.expect_download() as download:
            links.nth(n).click()
        saved[download.value.suggested_filename] = download.value.path()

    manifest_bytes = saved["manifiesto.json"].read_bytes()
    manifest = objects.parse(manifest_bytes)
    assert page.locator("#c").inner_text() == objects.reveal_digest(manifest_bytes)
    assert set(saved) == {"manifiesto.json", *(f"{ref.sha256}.age" for ref in manifest.files)}
    assert all(opening.verify_file(saved[f"{ref.sha256}.age"], ref) for ref in manifest.files)
    shares = [opening.decrypt_share(keys.identity(secrets[n]), manifest.shares[n].age) for n in (1, 2)]
    identity = opening.recover(manifest, shares).identity
    assert backup.value.path().read_text(encoding="utf-8").rstrip().splitlines()[-1] == identity
    index = opening.decrypt_index(saved[f"{manifest.files[0].sha256}.age"], identity)
    assert index.offer.total == "25296808.33"
    assert [one.name for one in index.files] == ["respuestas.json", *DOCUMENTS]
    opening.decrypt_file(saved[f"{manifest.files[1].sha256}.age"], tmp_path / "answers", identity)
    assert json.loads((tmp_path / "answers").read_text()) == {
        "v": 1,
        "responses": {"1": "24 meses"},
        "statement": context["statement"],
    }
    assert [url for url in asked if not url.startswith(("file:", "blob:", "data:"))] == []


def test_it_refuses_what_is_no_context(built, context, page, tmp_path) -> None:
    page.goto((built / NAME).as_uri())
    context["panel"][1]["recipient"] = context["panel"][1]["recipient"][:-1] + "q"
    for wrong in ("no es JSON", "{}", json.dumps(context)):
        (tmp_path / "datos.json").write_text(wrong)
        page.locator("#context").set_input_files(tmp_path / "datos.json")
        page.get_by_text("Ese archivo no trae los datos").wait_for()
        assert not page.locator("#bid").is_visible()
        page.locator("#context").set_input_files([])


def test_its_policy_lets_nothing_out(built, page, watch) -> None:
    watch.allow("Content Security Policy")
    page.goto((built / NAME).as_uri())
    for attempt in ("fetch('http://127.0.0.1:9/')", "fetch('/x')"):
        assert page.evaluate(f"{attempt}.then(() => 'out', () => 'stopped')") == "stopped"
    assert (
        page.evaluate(
            "new Promise((done) => { addEventListener('securitypolicyviolation', (e) => done(e.effectiveDirective)); new Image().src = 'http://127.0.0.1:9/'; })"
        )
        == "img-src"
    )


def sealed_elsewhere(context, out):
    of = {
        "ocid": OCID,
        "lot": None,
        "envelope": "economica",
        "supplier": RFC,
        "panel": context["panel"],
        "k": 2,
        "reveal_by": "2026-12",
    }
    sealed = client.seal(
        [client.answers({}, ""), ("plano.zip", "application/zip", bytes(9_000_000))], None, **of, out=out
    )
    (out / "manifiesto.json").write_bytes(sealed.manifest_bytes)
    (out / "acuse.json").write_text("{}")
    return sealed


def test_what_it_saved_goes_up_from_the_site(context, site, visit, page, tmp_path) -> None:
    sealed = sealed_elsewhere(context, tmp_path)
    site.expect(json.loads(sealed.manifest_bytes))
    page.locator("input").set_input_files([*sealed.files, tmp_path / "acuse.json", tmp_path / "manifiesto.json"])
    made = visit(
        "async (seal, context) => seal.bringSealed({ files: [...document.querySelector('input').files], context })",
        context,
    )
    page.locator("input").set_input_files([])  # from here on the browser keeps what it needs
    done = visit(
        """async (seal, { c, kept }) => {
          const { read } = await seal.partStore(kept.recipient, kept.kind);
          return seal.uploadMissing({ ...seal.partsAt(`/parts/${c}/`, "x"), read, parts: kept.parts });
        }""",
        {"c": made["c"], "kept": made},
    )

    assert (made["manifest"].encode(), made["c"], made["payload_type"]) == (
        sealed.manifest_bytes,
        sealed.c,
        "vitrina/sobre/v1",
    )
    assert done == {"sent": 4, "cuts": 0}
    assert not site.missing()


def test_what_does_not_belong_to_the_purchase_is_not_brought(context, visit, page, tmp_path) -> None:
    sealed = sealed_elsewhere(context, tmp_path)
    bring = "async (seal, context) => seal.bringSealed({ files: [...document.querySelector('input').files], context }).then(() => 'brought', ({ code, detail }) => [code, detail])"
    manifest, largest = tmp_path / "manifiesto.json", sealed.files[-1]
    whole = [*sealed.files, manifest]
    touched = tmp_path / "touched" / largest.name
    touched.parent.mkdir()
    content = bytearray(largest.read_bytes())
    content[8_400_000] ^= 1
    touched.write_bytes(content)
    another = {**context, "panel": [context["panel"][0], context["panel"][2], context["panel"][1]]}
    for files, of, code in (
        (sealed.files, context, ["manifest_missing", ""]),
        (whole, {**context, "ocid": OCID + "9"}, ["other_purchase", OCID]),
        (whole, {**context, "supplier": {"rfc": "XYZ010203AB1"}}, ["other_supplier", RFC]),
        (whole, another, ["panel_changed", ""]),
        (whole[1:], context, ["file_absent", sealed.files[0].name]),
        ([*sealed.files[:-1], touched, manifest], context, ["file_damaged", largest.name]),
        (whole, context, "brought"),
    ):
        page.locator("input").set_input_files(files)
        assert visit(bring, of) == code


def test_a_lot_is_priced_whole_or_left(built, context, page, tmp_path) -> None:
    context["items"][1]["lot"], context["items"][0]["lot"] = 2, 1
    context["criteria"].append({"number": 2, "title": "Caducidad", "description": "", "lot": 2})
    (tmp_path / "datos.json").write_text(json.dumps(context))
    page.goto((built / NAME).as_uri())
    page.locator("#context").set_input_files(tmp_path / "datos.json")
    page.get_by_text("Deje vacía la partida").wait_for()
    required = "[...document.querySelectorAll('#prices input, #criteria textarea')].map((one) => one.required)"

    assert page.evaluate(required) == [True, True, True, False]
    page.get_by_label("1. Guantes").fill("61.4")
    assert page.evaluate(required) == [True, False, True, False]
    page.get_by_label("2. Gasas").fill("3.333")
    assert page.evaluate(required) == [True, True, True, True]
    assert page.evaluate("document.querySelector('#prices input[name=\"2\"]').validity.patternMismatch")
