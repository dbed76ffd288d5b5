# SPDX-License-Identifier: Apache-2.0
"""`/registro/`: the answer first, whatever state the log is in."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from vitrina.kernel import clock
from vitrina.ledger import log, log_acts, published
from vitrina.ledger.anchors import Anchors
from vitrina.ledger.models import Cosignature, Head, Timestamp
from vitrina.ledger.tests.kinds import Closed, Noted
from vitrina.ledger.tests.log_keeping import AT, place, policy, restore, witness, write
from vitrina.ledger.writer import Refused

pytestmark = pytest.mark.django_db(transaction=True)


def page(path: str = "/registro/") -> str:
    answer = Client().get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def heading(text: str) -> str:
    return text.partition("<h1>")[2].partition("</h1>")[0]


def test_before_the_first_checkpoint():
    assert heading(page()) == "El registro público todavía no tiene un punto de control."
    assert Client().get("/log/checkpoint").status_code == Client().get("/log/policy").status_code == 404


def test_how_many_acts_and_how_many_wait():
    write(Noted(), Noted())
    place(Noted())
    text = page()
    assert heading(text).startswith("El registro tiene 2 actos; su último punto de control es de las ")
    assert "1 acto entra al registro en unos segundos." in text
    assert "Ninguna otra institución confirma todavía este registro" in text
    assert "no tiene prestador de sellos" in text
    assert heading(page("/en/registro/")).startswith("The log has 2 acts; its last checkpoint is of ")


def test_what_happened_to_the_log_itself_is_told_with_a_link_to_each_proof():
    assert "Lo que le pasó al registro" not in page()
    write(Noted())
    log_acts.tend(AT)
    place()
    log.extend()

    text = page()

    assert "Lo que le pasó al registro" in text
    assert f"El registro público {published.origin()} comenzó" in text
    assert "anclado en 1 acto<" in text
    assert 'href="/actos/2/"' in text
    assert Client().get("/en/registro/").content.decode().count("The public log was anchored at 1 act<") == 1


def test_who_has_confirmed_and_how_fresh(tmp_path, settings, monkeypatch):
    write(Noted())
    vkey = policy().logs[0]
    with witness(tmp_path / "1", "uno", vkey) as (_one, line1), witness(tmp_path / "2", "dos", vkey) as (_two, line2):
        (tmp_path / "file").write_text(line1 + line2)
        settings.LOG_WITNESSES = str(tmp_path / "file")
        with log.writing() as writer, Anchors(writer):
            pass
    text = page()
    assert heading(text).endswith("y lo han confirmado 2 testigos.")
    assert text.count("los 1 actos") == 2
    assert "cuando 2 testigos firmaron" in text

    place(Noted(), Noted())
    with log.writing() as writer:
        writer.extend()  # and nobody answers any more
    text = page()
    assert heading(text).endswith("y lo han confirmado 0 testigos.")
    assert text.count("1 actos, le faltan 2") == 2
    assert "sin noticia" not in text
    monkeypatch.setattr(clock, "system", lambda: datetime.now(UTC) + timedelta(hours=2))
    assert page().count("sin noticia desde hace más de una hora") == 2
    assert Cosignature.objects.count() == 2


def test_time_stamps_are_listed_with_their_files():
    write(Noted(), Closed())
    head = Head.objects.get(size=2)
    Timestamp.objects.create(
        head=head, provider="https://tsa.example", token=b"\x30\x03", at=datetime(2026, 11, 27, 18, tzinfo=UTC)
    )
    text = page()
    assert "/log/timestamp/2" in text and "/log/signed/2" in text
    assert "con él venció un plazo" in text
    assert Client().get("/log/signed/2").content.decode() == head.note
    assert Client().get("/log/timestamp/2").content == b"\x30\x03"


def test_a_log_that_stands_still_says_so_first_and_names_no_folder():
    write(Noted(), Noted())
    restore(1)
    place(Noted())
    with pytest.raises(Refused):
        log.extend()
    text = page()
    assert heading(text) == "El registro está detenido en 2 actos."
    assert "La base de datos es anterior a lo que se publicó." in text
    assert str(published.folder()) not in text
