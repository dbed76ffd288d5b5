# SPDX-License-Identifier: Apache-2.0
"""A register from a file: 258 bodies and a tree of 1,180 units, rows that are refused with why, the same file again."""

from __future__ import annotations

import csv
import struct
import zlib
from pathlib import Path

import pytest
from django.test import Client
from typer.testing import CliRunner

from tests.shared import ROOT
from vitrina.ledger.models import Entry
from vitrina.parties import commands as register
from vitrina.parties.cli import app
from vitrina.parties.identity import THEMES, BadIdentity, contrast, palette
from vitrina.parties.models import Identity, Person, Unit
from vitrina.site.demo.people import local

pytestmark = pytest.mark.django_db
STATES = 31


def load(path: Path, *options: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["load", str(path), *options])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exc_info
    return done.exit_code, done.output


def nation(bodies: int, units: int) -> list[list[str]]:
    """A country's register, children before parents: bodies, and under the first delegations, hospitals, clinics."""
    rows = [[f"BODY-{n:03d}", f"Entidad {n}", "", "institute", ""] for n in range(bodies)]
    rows += [[f"DEL-{n:02d}", f"Delegación {n}", "BODY-000", "delegation", f"{n + 1}"] for n in range(STATES)]
    for n in range(units - STATES):
        kind = "hospital" if n < 87 else "clinic"
        above = f"DEL-{n % STATES:02d}" if n < 87 else f"UNIT-{n % 87:04d}"
        rows.append([f"UNIT-{n:04d}", f"Unidad {n}", above, kind, ""])
    return rows[::-1]


def test_a_nation_is_loaded_once_and_its_bad_rows_are_kept_with_why(tmp_path, django_assert_max_num_queries):
    path = tmp_path / "registro.csv"
    bad = [
        ["UNIT-0001", "Otra vez", "DEL-01", "clinic", ""],
        ["minúscula ñ", "Clave", "", "institute", ""],
        ["SUELTA", "Suelta", "NADIE", "clinic", ""],
        ["DEBAJO", "Debajo de la suelta", "SUELTA", "clinic", ""],
        ["RING-1", "Anillo", "RING-2", "clinic", ""],
        ["RING-2", "Anillo", "RING-1", "clinic", ""],
        ["ESTADO", "Estado", "BODY-000", "clinic", "Atlantis"],
        ["NOMBRE", "", "BODY-000", "clinic", ""],
    ]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=";").writerows(
            [["Clave", "Nombre", "Superior", "Tipo", "Estado"], *nation(258, 1180), *bad]
        )

    refused = tmp_path / "registro.csv.rejected.csv"
    refused.touch(0o644)

    with django_assert_max_num_queries(150):
        status, said = load(path)

    assert status == 1
    assert "units: 1438 new, 0 changed, 0 as they were, 8 refused" in said
    assert Unit.objects.count() == 1438 == Entry.objects.filter(kind="unit.registered").count()
    deep = Unit.objects.get(key="UNIT-0500")
    assert (deep.buyer.key, deep.parent.parent.parent.key, deep.jurisdiction) == ("BODY-000", "BODY-000", "mx")
    assert Unit.objects.get(key="DEL-08").state == "09"
    assert refused.stat().st_mode & 0o777 == 0o600
    kept = list(csv.DictReader(refused.open(encoding="utf-8")))
    assert [(row["column"], row["key"]) for row in kept] == [
        ("key", "UNIT-0001"), ("key", "minúscula ñ"), ("parent", "SUELTA"), ("parent", "DEBAJO"), ("parent", "RING-1"),
        ("parent", "RING-2"), ("state", "ESTADO"), ("name", "NOMBRE"),
    ]  # fmt: skip
    assert all(row["what is wrong"] and row["how to mend it"] and row["where"].startswith("row ") for row in kept)
    entries = Entry.objects.count()
    assert "units: 0 new, 0 changed, 1438 as they were, 8 refused" in load(path)[1]
    assert Entry.objects.count() == entries

    with django_assert_max_num_queries(24):  # as many with three units as with 1,180
        page = Client().get("/u/BODY-000/").content.decode()
    assert "Delegación 30" in page
    assert "1,180" in page
    with django_assert_max_num_queries(8):
        assert Client().get("/compradores/?page=3").content.decode().count('href="/u/BODY-') == 58


def test_a_later_file_changes_names_and_never_a_place_or_a_law(tmp_path):
    register.register_unit(at=local(2020, 1, 2), key="AAA", name="Cuerpo", kind="institute")
    register.register_unit(at=local(2020, 1, 2), key="AAA1", name="Unidad", kind="clinic", parent="AAA", state="09")
    path = tmp_path / "cambios.csv"
    path.write_text(
        "key,name,parent,jurisdiction,can_contract\nAAA,Cuerpo nuevo,,,\nAAA1,Unidad,AAA,,sí\n"
        "BBB,Otro,,sonora,\nBBB1,Su unidad,BBB,mx,\n", encoding="utf-8",
    )  # fmt: skip

    status, said = load(path)

    assert status == 1
    assert "units: 1 new, 2 changed, 0 as they were, 1 refused" in said
    assert "under «son»" in said
    changed = Unit.objects.get(key="AAA1")
    assert (changed.can_contract, changed.state, changed.name) == (True, "09", "Unidad")
    assert Entry.objects.filter(kind="unit.changed").count() == 2
    path.write_text("key,name,parent\nAAA1,Unidad,BBB\nAAA,Cuerpo nuevo,BBB\n", encoding="utf-8")
    assert "does not move in the tree" in load(path)[1]
    assert Unit.objects.get(key="AAA1").parent_id == "AAA"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "is empty"), ("key,name,colour\nAAA,A,red\n", "no column is called «colour»"), ("name\nA\n", "no column «key»"),
        ("key,key,name\nAAA,B,C\n", "twice"), ('key,name\n"AAA,A\n', "breaks off"), (b"key,name\nAAA,\xff\n", "not UTF-8"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_is_refused_whole_and_says_why(tmp_path, text, said):
    path = tmp_path / "malo.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    status, told = load(path)
    assert (status, said in told) == (2, True), told
    assert not Unit.objects.exists()


def test_a_file_that_is_loaded_whole_stays_wherever_the_refused_rows_would_go(tmp_path):
    path = tmp_path / "bueno.csv"
    path.write_text("key,name,kind\nAAA,Cuerpo,institute\n", encoding="utf-8")
    status, told = load(path, "--rejected", str(path))
    assert (status, path.exists()) == (0, True), told


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"".join(b"\0" + b"\x80" * width for _ in range(height)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def test_people_and_looks_of_a_body_come_from_one_list(tmp_path):
    (tmp_path / "logo.png").write_bytes(png(40, 20))
    (tmp_path / "falso.png").write_bytes(b"<svg onload=alert(1)>" + b" " * 60)
    body = '[[unit]]\nkey = "{0}"\nname = "Cuerpo {0}"\nacronym = "C{0}"\n'
    looks = '[[identity]]\nunit = "{0}"\nlogo = "{1}"\nlight = {{ accent = "{2}" }}\ndark = {{ accent = "{3}" }}\n'
    person = '[[person]]\nemail = "{0}"\ngiven_name = "Ana"\nsurname = "Prueba"\nrole = "{1}"\nunit = "{2}"\n'
    path = tmp_path / "lista.toml"
    path.write_text(
        "".join(body.format(key) for key in ("AAA", "BBB", "CCC"))
        + looks.format("AAA", "logo.png", "#9d2449", "#f2a0b9")
        + looks.format("BBB", "logo.png", "#ff9900", "#f2a0b9")  # 2.1:1 on paper
        + looks.format("CCC", "falso.png", "#9d2449", "#f2a0b9")
        + person.format("ana@aaa.example", "área contratante", "AAA") + person.format("ana@aaa.example", "approver", "AAA")
        + person.format("ANA@aaa.example", "officer", "BBB") + person.format("sin correo", "officer", "AAA"),
        encoding="utf-8",
    )  # fmt: skip

    status, said = load(path, "--links", str(tmp_path / "enlaces.csv"))

    assert status == 1
    assert "identities: 1 new, 0 changed, 0 as they were, 2 refused" in said
    assert "people: 1 new, 1 changed, 0 as they were, 2 refused" in said
    assert "2.1:1 in the light theme" in said
    assert "not a PNG" in said
    assert [(a.role, a.unit_id) for a in Person.objects.get().appointments.order_by("pk")] == [
        ("officer", "AAA"), ("approver", "AAA"),
    ]  # fmt: skip
    links = list(csv.reader((tmp_path / "enlaces.csv").open(encoding="utf-8")))
    assert [row[0] for row in links[1:]] == ["ana@aaa.example"]
    assert (tmp_path / "enlaces.csv").stat().st_mode & 0o077 == 0
    page = Client().get("/u/AAA/").content.decode()
    css = Client().get(page.partition('href="/u/AAA/colores.css')[0] and "/u/AAA/colores.css")
    assert "--accent: #9d2449;" in css.content.decode()
    assert css["Content-Type"].startswith("text/css")
    assert 'src="/u/AAA/logo.png?v=' in page
    assert Client().get("/u/AAA/logo.png").content == png(40, 20)
    assert "colores.css" not in Client().get("/u/BBB/").content.decode()
    assert Identity.objects.count() == 1
    entries = Entry.objects.count()
    load(path)
    assert Entry.objects.count() == entries


def test_the_papers_of_the_check_are_those_of_the_pages():
    """The check measures against what `tokens.css` has; every accent of the house passes it."""
    css = (ROOT / "web/static/css/tokens.css").read_text(encoding="utf-8")
    light, dark = css.split("@media (prefers-color-scheme: dark)")
    for name, text in (("light", light), ("dark", dark)):
        found = {t: text.split(f"--{t}: ")[1].split(";")[0] for t in ("paper", "paper-2", "ink", "ink-2")}
        whole = ["#ffffff" if v == "#fff" else v for v in found.values()]
        assert whole == [*THEMES[name].papers, *THEMES[name].inks]
    assert palette({"light": {"accent": "#00605c"}, "dark": {"accent": "#7ed3c6"}})["light"]["accent"] == "#00605c"
    assert contrast("#ff9900", "#ffffff") < 4.5
    for odd in ("red", "#12345", "#00605c; } body { display: none", "", 7):
        with pytest.raises(BadIdentity):
            palette({"light": {"accent": odd}, "dark": {"accent": "#7ed3c6"}})
