# SPDX-License-Identifier: Apache-2.0
"""Signing in with real keys: an invitation, a passkey, an app with codes, recovery codes; at every width, by keyboard."""

from __future__ import annotations

import base64
import hmac
import re
import struct
import time

import pytest
from playwright.sync_api import Page, expect

from vitrina.kernel import clock
from vitrina.parties import commands
from vitrina.parties.models import Person
from vitrina.parties.roles import Role
from vitrina.parties.sign_in import one_time_path
from vitrina.site.demo.people import local, world

pytestmark = pytest.mark.browser
PASSWORD = "vitrina-demo"
# A device without the key is asked for half a second, not for the minute that a person has.
HURRY = """const get = CredentialsContainer.prototype.get;
CredentialsContainer.prototype.get = function (asked) { asked.publicKey.timeout = 500; return get.call(this, asked); };"""


@pytest.fixture(scope="module")
def site(live_site) -> str:
    """The address of a running site with its people. Passkeys need a name: an IP number is none."""
    world()
    return live_site.url.replace("127.0.0.1", "localhost")


def one_time_code(secret: str, at: float | None = None) -> str:
    """RFC 6238: six digits, SHA-1, 30 seconds."""
    counter = struct.pack(">Q", int((at or time.time()) // 30))
    digest = hmac.digest(base64.b32decode(secret + "=" * (-len(secret) % 8)), counter, "sha1")
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def test_the_code_of_this_file_is_the_one_of_the_standard():
    assert one_time_code(base64.b32encode(b"12345678901234567890").decode(), 59) == "287082"  # RFC 6238, appendix B


def with_authenticator(page: Page) -> None:
    """A device that confirms every time, as a finger would."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
        "isUserVerified": True, "automaticPresenceSimulation": True,
    }  # fmt: skip
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def enter(page: Page, site: str, email: str, password: str = PASSWORD) -> None:
    page.goto(f"{site}/cuenta/entrar/")
    page.get_by_role("textbox", name="Correo electrónico").fill(email)
    page.get_by_role("textbox", name="Contraseña").fill(password)
    page.get_by_role("button", name="Entrar", exact=True).click()


def leave(page: Page) -> None:
    page.get_by_role("banner").get_by_role("button", name="Salir").click()
    expect(page.get_by_role("banner").get_by_role("link", name="Entrar")).to_be_visible()


def test_a_passkey_is_added_and_then_opens_the_account_alone(site, new_page, axe):
    page = new_page()
    with_authenticator(page)
    enter(page, site, "officer@vitrina.example")
    expect(page).to_have_url(re.compile("/mi-espacio/$"))

    page.goto(f"{site}/cuenta/seguridad/")
    axe(page)
    page.get_by_role("link", name="Agregar una llave de acceso").click()
    axe(page)
    page.get_by_label("Un nombre para ella").fill("Mi teléfono")
    page.get_by_role("button", name="Agregar la llave").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Guarde estos códigos en papel.")
    expect(page.get_by_role("list", name="Códigos de recuperación").get_by_role("listitem")).to_have_count(10)
    axe(page)
    page.goto(f"{site}/cuenta/seguridad/")
    expect(page.get_by_role("heading", name="Mi teléfono")).to_be_visible()
    axe(page)

    leave(page)
    page.goto(f"{site}/cuenta/entrar/?next=/datos/")  # where one wanted to go is kept
    page.get_by_role("button", name="Entrar con llave de acceso").press("Enter")
    expect(page).to_have_url(re.compile("/datos/$"))
    expect(page.get_by_role("banner").get_by_role("button", name="Salir")).to_be_visible()

    leave(page)
    enter(page, site, "officer@vitrina.example")  # the password alone is no longer enough
    expect(page.get_by_role("heading", level=1)).to_have_text("Ahora, su segunda llave.")
    axe(page)
    page.goto(f"{site}/mi-espacio/")
    expect(page).to_have_url(re.compile("/cuenta/entrar/"))
    page.get_by_role("button", name="Usar mi llave de acceso").click()
    expect(page).to_have_url(re.compile("/mi-espacio/$"))


def test_a_device_without_the_key_is_told_in_words(site, new_page):
    page = new_page()
    with_authenticator(page)
    page.add_init_script(HURRY)
    page.goto(f"{site}/cuenta/entrar/")

    page.get_by_role("button", name="Entrar con llave de acceso").click()

    expect(page.locator("[data-passkey-words]")).to_contain_text("No se hizo nada", timeout=70_000)
    expect(page.get_by_role("button", name="Entrar con llave de acceso")).to_be_enabled()


def test_an_app_with_codes_and_then_a_recovery_code(site, new_page, axe):
    page = new_page()
    enter(page, site, "treasury@vitrina.example")
    page.goto(f"{site}/cuenta/seguridad/aplicacion/")
    axe(page)
    secret = page.locator("[data-secret]").inner_text()

    page.get_by_label("El código que la aplicación muestra ahora").fill("000000")
    page.get_by_role("button", name="Unir la aplicación").click()
    expect(page.get_by_role("alert")).to_contain_text("El código no es correcto")
    axe(page)
    assert page.locator("[data-secret]").inner_text() == secret
    page.get_by_label("El código que la aplicación muestra ahora").fill(one_time_code(secret))
    page.get_by_role("button", name="Unir la aplicación").click()
    recovery = page.get_by_role("list", name="Códigos de recuperación").get_by_role("listitem").all_inner_texts()
    page.get_by_role("link", name="Ya los tengo: ir a mi espacio").click()
    leave(page)

    enter(page, site, "treasury@vitrina.example")
    page.get_by_label("Código").fill(one_time_code(secret, time.time() + 300))
    page.get_by_role("button", name="Entrar", exact=True).click()
    expect(page.get_by_role("alert").first).to_contain_text("El código no es correcto")
    page.get_by_label("Código").fill(one_time_code(secret, time.time() + 30))  # one not used yet
    page.get_by_role("button", name="Entrar", exact=True).click()
    expect(page).to_have_url(re.compile("/mi-espacio/$"))
    leave(page)

    for attempt, heading in enumerate(("", "Ahora, su segunda llave.")):  # each recovery code opens once
        enter(page, site, "treasury@vitrina.example")
        page.get_by_label("Código").fill(recovery[0])
        page.get_by_role("button", name="Entrar", exact=True).click()
        if attempt == 0:
            expect(page).to_have_url(re.compile("/mi-espacio/$"))
            leave(page)
        else:
            expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def test_an_invited_person_comes_in_by_the_link_the_operator_hands_over(site, new_page, axe):
    operator, guest = new_page(), new_page()
    with_authenticator(guest)
    enter(operator, site, "operator@vitrina.example")
    axe(operator)
    operator.get_by_role("link", name="Invitar a la persona").click()
    axe(operator)
    for label, text in {
        "Nombres": "Lucía", "Primer apellido": "Etxeberria", "Puesto": "Jefa de compras",
        "Correo con el que entrará": "lucia@vitrina.example", "Por quién actúa": "050GYR047",
    }.items():  # fmt: skip
        operator.get_by_role("textbox", name=label).fill(text)
    operator.get_by_role("radio", name=re.compile("Área contratante")).check()
    operator.get_by_role("button", name="Invitar a la persona").click()
    axe(operator)
    operator.get_by_role("button", name="Invitar a la persona").click()
    link = operator.locator("[data-link]").inner_text()
    axe(operator)
    operator.goto(f"{site}/mi-espacio/personas/?q=Etxeberria")
    expect(operator.get_by_text("Con invitación")).to_be_visible()
    axe(operator)

    guest.goto(link)
    assert link.rsplit("/", 2)[1].split("-", 1)[1] not in guest.url  # the key does not stay in the address
    axe(guest)
    guest.get_by_label("Su contraseña").fill("corta")
    guest.get_by_label("La misma otra vez").fill("corta")
    guest.get_by_role("button", name="Guardar esta contraseña").click()
    expect(guest.get_by_role("alert")).to_be_visible()
    guest.get_by_label("Su contraseña").fill("cuatro gatos pardos saltan")
    guest.get_by_label("La misma otra vez").fill("cuatro gatos pardos saltan")
    guest.get_by_role("button", name="Guardar esta contraseña").click()
    expect(guest).to_have_url(re.compile("/mi-espacio/$"))
    expect(guest.get_by_text("Lucía Etxeberria, área contratante")).to_be_visible()
    guest.goto(f"{site}/cuenta/segundo-factor/")  # offered here, compulsory outside a demonstration
    axe(guest)
    guest.get_by_role("link", name="Agregar una llave de acceso").click()
    guest.get_by_role("button", name="Agregar la llave").click()  # at once: the link was proof enough a minute ago
    expect(guest.get_by_role("heading", level=1)).to_have_text("Guarde estos códigos en papel.")

    other = new_page()
    other.goto(link)
    expect(other.get_by_role("heading", level=1)).to_have_text("Este enlace ya no sirve.")
    axe(other)


def test_the_pages_of_the_account_fit_a_narrow_screen_in_both_languages(site, new_page, axe):
    person = commands.register_person(email="quinta@vitrina.example", given_name="Quinta", surname="Arrieta")
    commands.appoint(at=local(2020, 1, 2), person=person, role=Role.SUPPLIER, supplier=world_supplier())
    page = new_page(viewport={"width": 320, "height": 700}, color_scheme="dark")
    for prefix in ("", "/en"):
        for path in ("/cuenta/entrar/", "/cuenta/contrasena/olvidada/", "/demo/quien/"):
            page.goto(site + prefix + path)
            axe(page)
            assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.goto(site + one_time_path(person))
    axe(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def world_supplier():
    return Person.objects.get(user__email="supplier1@vitrina.example").appointments.get().supplier


def test_without_scripts_the_password_opens_and_the_passkey_says_why_not(site, new_page):
    page = new_page(java_script_enabled=False)
    page.goto(f"{site}/cuenta/entrar/")
    expect(page.get_by_text("Las llaves de acceso necesitan scripts")).to_be_visible()
    enter(page, site, "auditor@vitrina.example")
    expect(page).to_have_url(re.compile("/mi-espacio/$"))
    leave(page)


def test_an_office_that_ends_closes_the_open_page(site, new_page, watch):
    watch.allow("403")
    page = new_page()
    enter(page, site, "warehouse@vitrina.example")
    office = Person.objects.get(user__email="warehouse@vitrina.example").appointments.get()

    commands.end_appointment(at=clock.now(), appointment=office)
    page.reload()

    expect(page.get_by_role("heading", level=1)).to_have_text("Hoy no tiene ningún cargo.")
