# SPDX-License-Identifier: Apache-2.0
"""What the entrance gives away, to whom it opens, and when it shuts. The browser's side: tests/browser/test_sign_in.py."""

from __future__ import annotations

import io
import re
import statistics
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.contrib.auth import SESSION_KEY
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tests.worlds.once import built_once, rolled_back
from vitrina.kernel import clock as kernel_clock
from vitrina.ledger.models import Entry
from vitrina.parties import commands as register
from vitrina.parties.models import Person
from vitrina.parties.roles import Role
from vitrina.parties.sign_in import one_time_path
from vitrina.site.demo.people import local, world
from vitrina.site.settings import base

PASSWORD = "vitrina-demo"
NEW = "cuatro gatos pardos saltan"


whole = built_once(world)


@pytest.fixture
def w(whole, clock):
    cache.clear()
    clock.set(local(2020, 2, 3))  # stands still, so that two pages differ only in what they say
    with rolled_back():
        yield whole


@pytest.fixture
def real(settings):
    """An installation that is no demonstration."""
    settings.VITRINA_DEMO = False
    return settings


def person_of(w, role: Role) -> Person:
    return Person.objects.select_related("user").get(pk=w[role].person_id)


def enter(client: Client, email: str, password: str = PASSWORD, **extra):
    return client.post("/cuenta/entrar/", {"login": email, "password": password}, **extra)


def with_totp(person: Person) -> str:
    secret = generate_totp_secret()
    TOTP.activate(person.user, secret)
    return secret


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


def words(answer) -> str:
    """A page without what differs by nature: the token against forgery and what was typed."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", answer.content.decode())
    return re.sub(r'name="login" value="[^"]*"', "", text)


def test_the_password_opens_the_space_and_the_session_is_a_new_one(w):
    client = Client()
    session = client.session
    session["planted"] = "1"
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before

    answer = enter(client, "officer@vitrina.example")

    assert answer["Location"] == "/mi-espacio/"
    assert client.session.session_key != before
    assert client.session[SESSION_KEY] == str(person_of(w, Role.OFFICER).user_id)
    assert Client(headers={"cookie": f"sessionid={before}"}).get("/mi-espacio/").status_code == 302


def test_entering_as_somebody_of_the_demonstration_makes_a_new_session_too(w):
    client = Client()
    session = client.session
    session["planted"] = "1"
    session.save()
    client.cookies["sessionid"] = before = session.session_key

    assert client.post("/demo/entrar/", {"person": person_of(w, Role.OFFICER).pk})["Location"] == "/mi-espacio/"
    first = client.session.session_key
    client.post("/demo/entrar/", {"person": person_of(w, Role.APPROVER).pk})

    assert len({before, first, client.session.session_key}) == 3
    for wanted in ("", "x", "١", "9" * 30, "-1"):
        assert client.post("/demo/entrar/", {"person": wanted}).status_code == 404


def test_an_unknown_address_a_wrong_password_and_an_invited_person_get_the_same_answer(w):
    register.register_person(email="invitada@vitrina.example", given_name="Invitada", surname="Sinclave")
    answers = [
        enter(Client(), email, password)
        for email, password in (
            ("nadie@vitrina.example", PASSWORD), ("officer@vitrina.example", "otra cosa"),
            ("invitada@vitrina.example", PASSWORD), ("invitada@vitrina.example", "!"),
        )
    ]  # fmt: skip

    assert {answer.status_code for answer in answers} == {200}
    assert len({words(answer) for answer in answers}) == 1
    assert "El correo o la contraseña no son correctos" in words(answers[0])


def test_an_unknown_address_takes_as_long_as_a_wrong_password(w, settings):
    settings.PASSWORD_HASHERS = base.PASSWORD_HASHERS
    person = person_of(w, Role.OFFICER)
    person.user.set_password(PASSWORD)
    person.user.save()

    def seconds(email: str) -> float:
        start = time.perf_counter()
        enter(Client(), email, "otra cosa")
        return time.perf_counter() - start

    known, unknown = [], []
    for _ in range(7):  # in turns, so that a slow moment of the machine meets both
        known.append(seconds("officer@vitrina.example"))
        unknown.append(seconds("nadie@vitrina.example"))

    assert 0.5 < statistics.median(unknown) / statistics.median(known) < 2


def test_five_failures_shut_the_password_of_one_account_for_five_minutes_known_or_not(w, settings):
    settings.ACCOUNT_RATE_LIMITS = base.ACCOUNT_RATE_LIMITS
    said = []
    for email in ("officer@vitrina.example", "nadie@vitrina.example"):
        for _ in range(5):
            assert "no son correctos" in words(enter(Client(), email, "otra cosa"))
        said.append(words(enter(Client(), email)))  # even the right one

    assert said[0] == said[1]
    assert "Demasiados intentos con este correo" in said[0]
    assert enter(Client(), "treasury@vitrina.example")["Location"] == "/mi-espacio/"


def test_guessing_codes_is_shut_after_five(w, settings):
    person = person_of(w, Role.TREASURY)
    secret = with_totp(person)
    settings.ACCOUNT_RATE_LIMITS = base.ACCOUNT_RATE_LIMITS
    client = Client()
    assert enter(client, "treasury@vitrina.example")["Location"].startswith("/cuenta/entrar/codigo/")
    for _ in range(5):
        client.post("/cuenta/entrar/codigo/", {"code": "000000"})

    answer = client.post("/cuenta/entrar/codigo/", {"code": code_of(secret)})

    assert "Demasiados intentos" in answer.content.decode()
    assert client.get("/mi-espacio/").status_code == 302


def test_a_code_opens_once(w):
    secret = with_totp(person_of(w, Role.TREASURY))
    code = code_of(secret)
    for expected in (302, 200):
        client = Client()
        enter(client, "treasury@vitrina.example")
        assert client.post("/cuenta/entrar/codigo/", {"code": code}).status_code == expected


def test_second_factors_are_unreadable_in_the_database_and_survive_a_new_key(w, settings):
    person = person_of(w, Role.TREASURY)
    secret = with_totp(person)
    row = Authenticator.objects.get()

    assert secret not in str(row.data)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another-" + "1" * 40
    assert row.wrap().validate_code(code_of(secret))


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.SUPPLIER])
def test_outside_a_demonstration_an_official_sets_up_a_second_factor_before_anything(w, real, role):
    client = Client()
    person = person_of(w, role)
    answer = enter(client, person.user.email)
    assert answer["Location"] == "/mi-espacio/"

    for path in ("/mi-espacio/", "/mi-espacio/personas/", "/mi-espacio/compra/nueva/planning.publish_line/"):
        assert client.get(path)["Location"] == "/cuenta/segundo-factor/"
        assert client.post(path, {"confirm": "1"}).status_code in (302, 405)
    page = client.get("/cuenta/segundo-factor/").content.decode()
    assert reverse("mfa_add_webauthn") in page
    assert client.get("/cuenta/seguridad/aplicacion/").status_code == 200  # without the password again
    assert not Entry.objects.filter(kind="plan_line.published").exists()

    with_totp(person)
    assert client.get("/mi-espacio/").status_code == 200


def test_a_supplier_is_offered_a_second_factor_and_not_forced(w, real):
    client = Client()
    enter(client, "supplier1@vitrina.example")
    assert client.get("/mi-espacio/").status_code == 200


def test_what_protects_the_account_asks_again_who_it_is_after_a_while(w):
    client = Client()
    enter(client, "officer@vitrina.example")
    session = client.session
    session["account_authentication_methods"][-1]["at"] -= 601
    session.save()

    for name in ("mfa_activate_totp", "mfa_add_webauthn"):
        assert client.get(reverse(name))["Location"].startswith("/cuenta/confirmar/")
    client.post("/cuenta/confirmar/?next=/cuenta/seguridad/aplicacion/", {"password": "otra cosa"})
    assert client.get(reverse("mfa_activate_totp")).status_code == 302
    client.post("/cuenta/confirmar/", {"password": PASSWORD})
    assert client.get(reverse("mfa_activate_totp")).status_code == 200


def test_a_one_time_link_opens_once_and_a_renewal_ends_links_sessions_and_keys(w):
    person = register.register_person(email="nueva@vitrina.example", given_name="Nueva", surname="Persona")
    register.appoint(at=kernel_clock.now(), person=person, role=Role.OFFICER, unit=w.unit)
    link, guest = one_time_path(person), Client()

    form = guest.get(link, follow=True)
    guest.post(form.request["PATH_INFO"], {"password1": NEW, "password2": NEW})
    assert guest.get("/mi-espacio/").status_code == 200
    assert "ya no sirve" in Client().get(link, follow=True).content.decode()
    person.user.refresh_from_db()
    assert one_time_path(person) == ""

    with_totp(person)
    register.renew_invitation(at=kernel_clock.now(), person=person, forget_keys=True)
    assert guest.get("/mi-espacio/").status_code == 302
    assert "no son correctos" in words(enter(Client(), "nueva@vitrina.example", NEW))
    assert not Authenticator.objects.filter(user=person.user).exists()
    stale = one_time_path(person)
    register.renew_invitation(at=kernel_clock.now(), person=person)
    assert "ya no sirve" in Client().get(stale, follow=True).content.decode()
    assert "ya no sirve" not in Client().get(one_time_path(person), follow=True).content.decode()
    kinds = list(Entry.objects.filter(stream=f"person:{person.pk}").order_by("seq").values_list("kind", flat=True))
    assert kinds == ["office.given", "invitation.renewed", "invitation.renewed"]


@pytest.mark.parametrize("link", ["1-x", "zzzz-a-b", "١-a-b", "0-" + "a" * 5000, "-", "1-set-password"])
def test_a_link_that_nobody_made_opens_nothing(w, link):
    answer = Client().get(f"/cuenta/enlace/{link}/", follow=True)
    assert answer.status_code in (200, 404)
    assert b'name="password1"' not in answer.content


def test_nobody_signs_up_nor_has_mail_sent(w):
    for name in ("account_signup", "account_email", "account_confirm_email", "mfa_signup_webauthn"):
        with pytest.raises(NoReverseMatch):
            reverse(name)
    page = Client().get("/cuenta/contrasena/olvidada/")
    assert b"<form method" not in page.content.split(b"<main")[1].split(b"</main>")[0]
    assert Client().post("/cuenta/contrasena/olvidada/", {"email": "officer@vitrina.example"}).status_code == 405


@pytest.mark.parametrize(
    "next_page", ["https://otra.example/", "//otra.example", "javascript:alert(1)", "/\\otra.example"]
)
def test_the_entrance_leads_nowhere_else(w, next_page):
    answer = Client().post(
        f"/cuenta/entrar/?next={next_page}",
        {"login": "officer@vitrina.example", "password": PASSWORD, "next": next_page},
    )
    assert answer["Location"] == "/mi-espacio/"
    client = Client()
    enter(client, "officer@vitrina.example")
    assert client.post("/cuenta/salir/", {"next": next_page})["Location"] == "/"


@pytest.mark.parametrize("value", ["x" * 2_000_000, "\x00", "a\u202eb@vitrina.example", "'; DROP TABLE--"])
def test_odd_things_typed_at_the_entrance_are_only_wrong(w, value):
    assert enter(Client(), value).status_code == 200
    assert enter(Client(), "officer@vitrina.example", value).status_code == 200


def test_signing_out_ends_the_session_on_the_server(w):
    client = Client()
    enter(client, "officer@vitrina.example")
    key = client.session.session_key

    assert client.get("/cuenta/salir/").status_code == 200  # asks; a link alone signs nobody out
    assert client.get("/mi-espacio/").status_code == 200
    client.post("/cuenta/salir/")

    assert Client(headers={"cookie": f"sessionid={key}"}).get("/mi-espacio/").status_code == 302


@pytest.mark.parametrize("path", ["/demo/quien/", "/demo/entrar/", "/demo/reloj/", "/en/demo/quien/"])
def test_the_demonstrations_doors_do_not_exist_elsewhere(w, real, path):
    client = Client()
    data = {"person": person_of(w, Role.OFFICER).pk, "step": "+1d"}
    assert client.get(path).status_code == client.post(path, data).status_code == 404
    assert SESSION_KEY not in client.session
    assert "demo" not in words(client.get("/cuenta/entrar/")).lower()


def test_everybody_of_the_demonstration_is_offered_once_by_office(w):
    page = Client().get("/demo/quien/").content.decode()

    assert page.count("<h2") - 4 == len(Role)  # four in the footer
    for supplier in w.supplier_rows:
        assert page.count(supplier.name) == 1
    assert "Vigila los actos desde la institución" in page


def test_the_first_operator_is_invited_from_the_command_line_and_only_the_first(db):
    given = {"email": "primera@vitrina.example", "given_name": "Primera", "surname": "Operadora", "unit_key": "00637"}
    with pytest.raises(CommandError, match="--unit-name"):
        call_command("first_operator", **given)
    out = io.StringIO()
    call_command("first_operator", **given, unit_name="Instituto de Prueba", stdout=out)
    link = out.getvalue().strip()

    assert Client().get(link[link.index("/cuenta/") :], follow=True).status_code == 200
    assert Person.objects.get().appointments.get().role == Role.OPERATOR
    with pytest.raises(CommandError, match="already"):
        call_command("first_operator", **given | {"email": "otra@vitrina.example"}, unit_name="Otro")
    assert Person.objects.count() == 1
