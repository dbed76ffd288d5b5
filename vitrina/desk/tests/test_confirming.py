# SPDX-License-Identifier: Apache-2.0
"""Who signs, or gives a key, showed within ten minutes who they are; what they wrote waits meanwhile and goes on."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.internal.flows import login
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.conf import settings as installed
from django.contrib.auth import SESSION_KEY
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.worlds.once import built_once, rolled_back
from tests.worlds.tendering import reach_tendering
from vitrina.cycle.core.models import ActSignature, Submission
from vitrina.desk import parked
from vitrina.desk.confirming import WAITING
from vitrina.kernel import clock as kernel_clock
from vitrina.kernel.canonical import canonical
from vitrina.parties.models import Person
from vitrina.site.demo.people import world

from .review import FORM, NOW, TOKEN, Desk

PASSWORD = "vitrina-demo"
SUSPENDS = "Se revisa una denuncia."


whole = built_once(lambda: (w := world(), reach_tendering(w)))


@pytest.fixture
def desk(whole, client, clock, settings):
    """The internal control body of an installation that is no demonstration, about to suspend a purchase."""
    clock.set(NOW)
    settings.VITRINA_DEMO = False
    with rolled_back():
        found = Desk(*whole, client)
        TOTP.activate(found.person.user, generate_totp_secret())
        entered(found, 0)
        yield found


def entered(desk, minutes: float) -> None:
    """The person signed in so long ago."""
    session = desk.client.session
    at = (kernel_clock.system() - timedelta(minutes=minutes)).timestamp()
    session[login.AUTHENTICATION_METHODS_SESSION_KEY] = [{"method": "password", "at": at}]
    session[login._AUTHENTICATION_METHODS_USER_SESSION_KEY] = str(desk.client.session[SESSION_KEY])
    session.save()


def confirm(desk, answer, password: str = PASSWORD):
    """Follow the way to the confirmation and give the password there; the answer after it."""
    page = desk.client.get(answer["Location"])
    assert "Nada de lo que escribió se pierde" in page.content.decode()
    return desk.client.post(answer["Location"], {"password": password, **parse_qs(urlsplit(answer["Location"]).query)})


def is_sent_to_confirm(answer) -> bool:
    return answer.status_code == 302 and answer["Location"].startswith("/cuenta/confirmar/?next=")


def test_the_installation_counts_ten_minutes():
    assert installed.ACCOUNT_REAUTHENTICATION_TIMEOUT == 600


@pytest.mark.parametrize(("minutes", "is_asked"), [(0, False), (9.9, False), (10.1, True), (300, True)])
def test_whoever_entered_a_moment_ago_is_not_asked(desk, minutes, is_asked):
    entered(desk, minutes)

    assert is_sent_to_confirm(desk.post()) is is_asked


def test_the_clock_decides(desk, monkeypatch):
    assert not is_sent_to_confirm(desk.post())
    later = kernel_clock.system() + timedelta(minutes=11)
    monkeypatch.setattr(kernel_clock, "system", lambda: later)

    assert is_sent_to_confirm(desk.post())


def test_nobody_is_asked_in_a_demonstration(desk, settings):
    entered(desk, 300)
    settings.VITRINA_DEMO = True

    assert desk.post().status_code == 200


def test_what_was_written_waits_and_is_read_once_more_afterwards(desk):
    entered(desk, 11)
    asked = desk.post()
    assert SUSPENDS not in str(dict(desk.client.session))  # it waits encrypted

    back = confirm(desk, asked)
    page = desk.client.get(back["Location"]).content.decode()

    assert back["Location"].startswith(desk.url)
    assert SUSPENDS in page
    assert desk.payload(page)["fields"][1]["value"] == FORM["reason"].replace("\r\n", "\n")
    assert not Submission.objects.exists()


def test_a_signature_that_took_longer_counts_after_the_confirmation_and_once(desk, settings):
    payload = desk.payload(desk.post().content.decode())
    text = canonical(payload)
    settings.VITRINA_DEMO = True  # whose authority makes the e.firma of a person who does not exist
    claim = desk.claim(text)
    settings.VITRINA_DEMO = False
    entered(desk, 11)
    asked = desk.post(confirm="1", signed=text.decode(), signature=claim)
    assert is_sent_to_confirm(asked)
    assert not Submission.objects.exists()

    back = confirm(desk, asked)
    done = desk.client.get(back["Location"])

    assert done["Location"].startswith(f"/mi-espacio/recibo/{TOKEN}/")
    assert (Submission.objects.count(), ActSignature.objects.count()) == (1, 1)
    assert desk.client.get(back["Location"]).status_code != 302  # the word is spent: the plain form
    assert Submission.objects.count() == 1


def test_a_wrong_password_does_nothing(desk):
    entered(desk, 11)
    asked = desk.post()

    assert confirm(desk, asked, "otra cosa").status_code == 200
    word = parse_qs(urlsplit(asked["Location"]).query)["next"][0]
    assert SUSPENDS not in desk.client.get(word).content.decode()  # without the confirmation it does not go on


def test_what_waits_goes_on_at_no_other_address_and_not_without_its_word(desk):
    entered(desk, 11)
    desk.post()
    entered(desk, 0)

    for address in (desk.url, f"{desk.url}?seguir=", f"{desk.url}?seguir={'x' * 26}"):
        assert SUSPENDS not in desk.client.get(address).content.decode()
    assert desk.client.session[WAITING]


def test_what_waits_too_long_is_forgotten(desk, monkeypatch):
    entered(desk, 11)
    next_ = parse_qs(urlsplit(desk.post()["Location"]).query)["next"][0]
    later = kernel_clock.system() + timedelta(minutes=11)
    monkeypatch.setattr(kernel_clock, "system", lambda: later)
    entered(desk, 0)

    assert SUSPENDS not in desk.client.get(next_).content.decode()
    assert WAITING not in desk.client.session


def test_files_wait_too(desk, settings, tmp_path):
    settings.FILES_DIR = tmp_path / "files"
    entered(desk, 11)

    asked = desk.post(document=SimpleUploadedFile("oficio.pdf", b"%PDF-1.7 oficio", "application/pdf"))

    assert is_sent_to_confirm(asked)
    with parked.parked(TOKEN, desk.person.pk) as kept:
        assert kept["document"].read() == b"%PDF-1.7 oficio"


def test_a_step_that_nobody_signs_asks_for_nothing(desk):
    entered(desk, 300)

    assert desk.client.get(desk.url).status_code == 200
    assert desk.client.get("/mi-espacio/").status_code == 200


def test_keys_of_envelopes_are_given_by_whoever_confirmed(desk):
    entered(desk, 11)
    for url, body in (
        ("/mi-espacio/llave/datos/", {"action": "retire"}),
        (f"/mi-espacio/compra/{desk.process.ocid}/llaves/datos/", {"round": "bids", "shares": {}}),
    ):
        refused = desk.client.post(url, body, content_type="application/json")
        (error,) = refused.json()["errors"]
        assert (refused.status_code, error["code"]) == (403, "SIGN_IN_AGAIN")
        assert "Confirme que es usted" in error["message"]
        back = desk.client.post(error["url"], {"password": PASSWORD, "next": "/mi-espacio/confirmado/"})
        assert "Listo: es usted." in desk.client.get(back["Location"]).content.decode()
        again = desk.client.post(url, body, content_type="application/json")
        assert again.status_code in {200, 409}
        entered(desk, 11)
    assert desk.client.get("/mi-espacio/llave/datos/").status_code == 200


def test_a_supplier_confirms_before_the_work_of_a_bid_begins(desk):
    desk.sits(Person.objects.get(pk=desk.w.suppliers[0].person_id))
    entered(desk, 11)
    url = f"/mi-espacio/compra/{desk.process.ocid}/sellar/"

    asked = desk.client.get(url)

    assert is_sent_to_confirm(asked)
    back = confirm(desk, asked)
    assert desk.client.get(back["Location"]).status_code == 200
