# SPDX-License-Identifier: Apache-2.0
"""Signing acts in a real browser: e.firma files that never leave it, what is refused in words, passkeys, the check by a visitor."""

from __future__ import annotations

import base64
import itertools
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote_to_bytes

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_der_private_key,
)
from django.utils import translation
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.test_sign_in import enter, with_authenticator
from tests.worlds.tendering import reach_tendering
from vitrina.cycle.core import signed
from vitrina.kernel.canonical import parse
from vitrina.ledger.models import Entry
from vitrina.parties.roles import Role
from vitrina.parties.signing import in_words
from vitrina.sealed.signature import verify_record
from vitrina.site.demo import authority, issuing
from vitrina.site.demo.people import World, world

pytestmark = pytest.mark.browser
PASSWORD = "una clave larga y secreta"
REVIEW = "Léalo una vez más antes de firmar."
REASON = "Se revisa una denuncia: «¿cuánto?», 50 % & <más>.\nSegunda línea."
NOW = datetime.now(UTC)


@dataclass
class Place:
    """The running site, its people, and a new purchase for each test that wants one."""

    site: str
    w: World
    weeks: itertools.count = field(default_factory=lambda: itertools.count(1))

    def purchase(self) -> str:
        return reach_tendering(self.w.earlier(next(self.weeks))).ocid


@pytest.fixture(scope="module")
def place(live_site) -> Place:
    """Passkeys need a name: an IP number is none."""
    return Place(live_site.url.replace("127.0.0.1", "localhost"), world())


@dataclass
class Files:
    """An e.firma of the test's own: certificate, key as DER without lock, who it is of."""

    cer: bytes
    plain: bytes

    @property
    def key(self) -> rsa.RSAPrivateKey:
        return load_der_private_key(self.plain, None)

    def locked_as_the_sat_does(self) -> bytes:
        return issuing.key_file(self.key, PASSWORD)

    def locked_with_aes(self) -> bytes:
        return self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, BestAvailableEncryption(PASSWORD.encode()))


def made_for(rfc: str, name: str, *, until: datetime | None = None, branch: str = "") -> Files:
    """A certificate of the demonstration's authority: an e.firma, or with a branch an invoice seal."""
    key = rsa.generate_private_key(65537, 2048)
    cer = issuing.certificate(
        subject=issuing.sat_name(issuing.Holder(name=name, rfc=rfc, curp="XEXX010101HNEXXXA4"), branch=branch),
        key=key.public_key(),
        issuer=authority._issuer(),
        number=issuing.number_for(name, branch, until),
        since=NOW - timedelta(days=900),
        until=until or NOW + timedelta(days=500),
        extensions=issuing.seal_extensions() if branch else issuing.efirma_extensions(),
    )
    return Files(cer, key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


@pytest.fixture(scope="module")
def efirma(place) -> Files:
    """Of the head of internal control, with an Ñ in the name that their certificate bears."""
    return made_for(place.w.people[Role.OIC].rfc, "INÉS OLAIZ MUÑOZ")


def file(name: str, content: bytes) -> dict:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


class Wire:
    """Everything that a browser sends: addresses, headers, bodies."""

    def __init__(self, context: BrowserContext) -> None:
        self.sent: list[bytes] = []
        context.on("request", self._note)

    def _note(self, request) -> None:
        body = request.post_data_buffer or b""
        self.sent += [request.url.encode(), repr(request.headers).encode(), body]
        self.sent += [unquote_to_bytes(request.url), unquote_to_bytes(body.replace(b"+", b" "))]

    def holds(self, secret: bytes) -> bool:
        """Whether the bytes went out: raw, in hexadecimal, or in base64 of either alphabet at any of its alignments."""
        shapes = [secret, secret.hex().encode(), secret.hex().upper().encode()]
        for skip in range(3):
            middle = base64.b64encode(secret[skip : skip + (len(secret) - skip) // 3 * 3])
            shapes += [middle, middle.replace(b"+", b"-").replace(b"/", b"_")]
        return any(shape in sent for shape in shapes for sent in self.sent)


def secrets_of(files: Files, locked: bytes) -> list[bytes]:
    """Pieces of whatever must not leave: the numbers of the key, its file open and locked, the password."""
    numbers = files.key.private_numbers()
    parts = [
        n.to_bytes((n.bit_length() + 7) // 8) for n in (numbers.d, numbers.p, numbers.q, numbers.dmp1, numbers.iqmp)
    ]
    return [*(p[i : i + 24] for p in parts for i in (0, 60)), files.plain[-60:], locked[-80:-20], PASSWORD.encode()]


def at_the_review(page: Page, place: Place, ocid: str, who: Role = Role.OIC, *, choose: bool = False) -> None:
    """Sign in and fill in a suspension, up to the page that asks to read it once more."""
    if choose:  # the demonstration's own way in
        page.goto(f"{place.site}/demo/quien/")
        page.get_by_role("button", name=str(place.w.people[who]), exact=True).click()
    elif "/mi-espacio/" not in page.url:
        enter(page, place.site, f"{who.value}@vitrina.example")
        expect(page).to_have_url(re.compile("/mi-espacio/$"))
    page.goto(f"{place.site}/mi-espacio/compra/{ocid}/tendering.suspend/")
    page.get_by_label("Autoridad que la ordena").fill("Secretaría Anticorrupción y Buen Gobierno")
    page.get_by_label("Motivo").fill(REASON)
    page.get_by_role("button", name="Suspender la compra").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(REVIEW)


def give_files(page: Page, cer: bytes, key: bytes, password: str = PASSWORD) -> None:
    page.get_by_label("Con mi e.firma").check()
    page.get_by_label("Certificado (.cer)").set_input_files([file("uno.cer", cer)])
    page.get_by_label("Llave privada (.key)").set_input_files([file("uno.key", key)])
    page.get_by_label("Contraseña de la llave privada").fill(password)


def sign(page: Page) -> None:
    page.get_by_role("button", name="Suspender la compra").click()


def error(page: Page):
    return page.locator("[data-sign-error]")


def the_signature(ocid: str) -> Entry:
    """The entry that says who signed the suspension, after checking it as a stranger would."""
    said = Entry.objects.get(stream=f"ocid:{ocid}", kind="act.signed")
    act = Entry.objects.get(stream=f"ocid:{ocid}", kind="tender.suspended")
    body = signed.payload_of(said.event)
    assert said.event.act == act.digest
    assert verify_record(said.event.signature, "vitrina/acto/v1", body)
    assert parse(body)["fields"][-1] == {"label": "Motivo", "value": REASON}
    return said


def words_of(said: Entry) -> str:
    with translation.override("es"):
        return in_words(said.event.signature)


def lock_with_forge(page: Page, plain: bytes) -> bytes:
    """The key locked with 3DES by node-forge itself, as programs in browsers do."""
    made = page.evaluate(
        """async ([plain, password]) => {
            if (!window.forge) await import("/static/vendor/forge.min.js");
            const info = forge.asn1.fromDer(atob(plain));
            const locked = forge.pki.encryptPrivateKeyInfo(info, password, {algorithm: "3des", count: 2048, saltSize: 8});
            return btoa(forge.asn1.toDer(locked).getBytes());
        }""",
        [base64.b64encode(plain).decode(), PASSWORD],
    )
    return base64.b64decode(made)


@pytest.mark.parametrize("lock", ["3des", "forge", "aes"])
def test_an_act_is_signed_with_e_firma_files_and_nothing_of_the_key_leaves_the_browser(
    place, efirma, new_page, axe, lock
):
    page, ocid = new_page(), place.purchase()
    at_the_review(page, place, ocid)
    locks: dict[str, Callable[[], bytes]] = {
        "3des": efirma.locked_as_the_sat_does,
        "forge": lambda: lock_with_forge(page, efirma.plain),
        "aes": efirma.locked_with_aes,
    }
    locked = locks[lock]()
    wire = Wire(page.context)
    give_files(page, efirma.cer, locked)
    expect(page.locator("[data-sign-facts]")).to_contain_text("INÉS OLAIZ MUÑOZ, RFC")
    axe(page)

    sign(page)

    expect(page.get_by_role("heading", name="Quién lo firmó")).to_be_visible()
    expect(page.locator("main")).to_contain_text(words_of(the_signature(ocid)))
    axe(page)
    assert the_signature(ocid).event.signature["alg"] == "RSASSA-PKCS1-v1_5-SHA256"
    assert wire.holds(b"vitrina/acto/v1")  # the search finds what did leave
    assert wire.holds(efirma.cer[:60])
    for secret in secrets_of(efirma, locked):
        assert not wire.holds(secret)


def test_what_cannot_sign_is_said_in_words_and_put_right_on_the_same_page(place, efirma, new_page, axe):
    page, ocid = new_page(), place.purchase()
    at_the_review(page, place, ocid)
    rfc, name = place.w.people[Role.OIC].rfc, "INÉS OLAIZ"
    other, seal = made_for(rfc, name), made_for(rfc, name, branch="Matriz")
    old, foreign = made_for(rfc, name, until=NOW - timedelta(days=1)), made_for("BTL100203AB1", "OTRA EMPRESA")
    good = efirma.locked_as_the_sat_does()
    cases = [
        (efirma.cer, good, "otra clave", "La contraseña no abre esta llave", "password"),
        (efirma.cer, other.locked_as_the_sat_does(), PASSWORD, "no corresponde a este certificado", "key"),
        (seal.cer, seal.locked_as_the_sat_does(), PASSWORD, "sello de facturas (CSD)", "cer"),
        (old.cer, old.locked_as_the_sat_does(), PASSWORD, "ya venció", "cer"),
        (foreign.cer, foreign.locked_as_the_sat_does(), PASSWORD, "es del RFC BTL100203AB1", "cer"),
        (b"no es un certificado", good, PASSWORD, "no es un certificado", "cer"),
        (good, efirma.cer, PASSWORD, "están al revés", "cer"),
        (efirma.cer, b"no es una llave", PASSWORD, "no es la llave privada", "key"),
        (efirma.cer, good, "", "Escriba la contraseña", "password"),
    ]
    for cer, key, password, words, wrong in cases:
        give_files(page, cer, key, password)
        sign(page)
        expect(error(page)).to_contain_text(words)
        field_ = page.locator(f"[data-sign-{wrong}]")
        expect(field_).to_be_focused()
        expect(field_).to_have_attribute("aria-invalid", "true")
        axe(page)
    assert page.get_by_role("heading", level=1).inner_text() == REVIEW
    assert not Entry.objects.filter(stream=f"ocid:{ocid}", kind="tender.suspended").exists()

    give_files(page, efirma.cer, good)
    expect(error(page)).to_be_empty()
    sign(page)

    expect(page.get_by_role("heading", name="Quién lo firmó")).to_be_visible()
    the_signature(ocid)


def test_the_demonstration_s_e_firma_signs_by_keyboard_on_a_phone(place, new_page, axe):
    page, ocid = new_page(viewport={"width": 320, "height": 700}), place.purchase()
    at_the_review(page, place, ocid)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    axe(page)
    page.get_by_label("Con mi e.firma").focus()
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label(re.compile("^Con la e.firma de demostración de Inés Olaiz"))).to_be_checked()
    for _press in range(6):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "confirm":
            break
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name="Quién lo firmó")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    assert the_signature(ocid).event.signature["test"] is True


def test_the_files_of_the_demonstration_can_be_downloaded_and_used_as_in_real_life(place, new_page):
    page, ocid = new_page(), place.purchase()
    at_the_review(page, place, ocid)
    taken = []
    for link in ("Certificado (.cer)", "Llave privada (.key)"):
        with page.expect_download() as download:
            page.get_by_role("link", name=link).click()
        taken.append(download.value.path().read_bytes())

    give_files(page, *taken, password="vitrina-demo")
    sign(page)

    expect(page.get_by_role("heading", name="Quién lo firmó")).to_be_visible()
    the_signature(ocid)


def test_a_passkey_signs_and_is_marked_as_such(place, new_page, axe):
    page, ocid = new_page(), place.purchase()
    with_authenticator(page)
    enter(page, place.site, "approver@vitrina.example")
    expect(page).to_have_url(re.compile("/mi-espacio/$"))
    page.goto(f"{place.site}/cuenta/seguridad/llaves/nueva/")
    page.get_by_role("button", name="Agregar la llave").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Guarde estos códigos en papel.")
    page.goto(f"{place.site}/mi-espacio/")

    at_the_review(page, place, ocid, Role.APPROVER)
    page.get_by_label("Con mi llave de acceso").check()
    axe(page)
    sign(page)

    expect(page.get_by_role("heading", name="Quién lo firmó")).to_be_visible()
    expect(page.locator("main")).to_contain_text(words_of(the_signature(ocid)))
    record = the_signature(ocid).event.signature
    assert (record["kind"], record["alg"], record["rp_id"]) == ("passkey", "ES256", "localhost")
    check_here(page, place, ocid, "Comprobada en este navegador")

    number = page.context.new_page()
    at_the_review(
        number,
        Place(place.site.replace("localhost", "127.0.0.1"), place.w),
        place.purchase(),
        Role.APPROVER,
        choose=True,
    )
    expect(number.get_by_label("Con mi llave de acceso")).to_be_disabled()
    expect(number.locator("main")).to_contain_text("Las llaves de acceso no funcionan en una dirección con números")


def check_here(page: Page, place: Place, ocid: str, words: str) -> None:
    """Open the public page of the suspension and press what checks its signature."""
    act = Entry.objects.get(stream=f"ocid:{ocid}", kind="tender.suspended")
    page.goto(f"{place.site}/actos/{position_of(act)}/")
    page.get_by_role("button", name="Comprobar la firma aquí").click()
    expect(page.locator("[data-check-words]")).to_contain_text(words)


def position_of(entry: Entry, seconds: float = 15) -> int:
    """The ledger number of an entry, once the sequencer has given it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = Entry.objects.select_related("placed").get(pk=entry.pk)
        if hasattr(found, "placed"):
            return found.placed.position
        time.sleep(0.1)
    raise AssertionError("the entry got no number")


def test_a_visitor_checks_the_signature_and_finds_what_was_changed(place, new_page, axe):
    page, ocid = new_page(), place.purchase()
    at_the_review(page, place, ocid)
    sign(page)
    expect(page.get_by_role("heading", name="Quién lo firmó")).to_be_visible()
    visitor = new_page()
    check_here(visitor, place, ocid, "Comprobada en este navegador")
    axe(visitor)

    visitor.route(
        "**/firmado.json", lambda route: route.fulfill(body=route.fetch().text().replace("denuncia", "demanda"))
    )
    check_here(visitor, place, ocid, "No corresponde")
    visitor.unroute("**/firmado.json")

    def other_value(route):
        evidence = route.fetch().json()
        value = bytearray(base64.b64decode(evidence["signature"]["value"]))
        value[40] ^= 1
        evidence["signature"]["value"] = base64.b64encode(value).decode()
        route.fulfill(json=evidence)

    visitor.route("**/firma.json", other_value)
    check_here(visitor, place, ocid, "No corresponde")


def test_without_scripts_the_page_says_what_is_missing_and_the_act_says_how_it_was_signed(place, browser: Browser):
    context = browser.new_context(java_script_enabled=False, locale="es-MX")
    page, ocid = context.new_page(), place.purchase()
    at_the_review(page, place, ocid)
    expect(page.locator("main")).to_contain_text("hace falta JavaScript")
    expect(page.locator("[data-sign-with]")).to_be_hidden()

    sign(page)

    expect(page.locator("main")).to_contain_text("Firmado con inicio de sesión")
    assert not Entry.objects.filter(stream=f"ocid:{ocid}", kind="act.signed").exists()
    context.close()


def test_signed_in_only_is_a_choice_that_sends_no_signature(place, new_page):
    page, ocid = new_page(), place.purchase()
    at_the_review(page, place, ocid)
    page.get_by_label("Sin firma, solo con mi inicio de sesión").check()

    sign(page)

    expect(page.locator("main")).to_contain_text("Firmado con inicio de sesión")
    assert Entry.objects.filter(stream=f"ocid:{ocid}", kind="tender.suspended").exists()
    assert not Entry.objects.filter(stream=f"ocid:{ocid}", kind="act.signed").exists()
