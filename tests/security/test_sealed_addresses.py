# SPDX-License-Identifier: Apache-2.0
"""Every address of sealed bids, of openers' keys and of the public log, by every office and by the street."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings

from vitrina.cycle.bidding.models import Envelope
from vitrina.cycle.core.models import Process
from vitrina.ledger import published
from vitrina.ledger.models import Position
from vitrina.parties import commands as parties
from vitrina.parties.models import OpenerKey, Unit
from vitrina.parties.roles import Role
from vitrina.site.demo import clock
from vitrina.site.demo.keys import KEYS

from .attacker import BLOOD, HIV, PEOPLE, Answer, Visitor, raw, written
from .sealing import put, seal, send

OPENERS, SUPPLIERS = {"officer", "oic", "witness"}, {"supplier1", "supplier2", "supplier3"}
NOBODY_C = "0" * 64
# address at the desk -> who reaches it, and what the others are told. Written here a second time, on purpose.
PAGES = {
    "llave/": (OPENERS, 403), "llave/datos/": (OPENERS, 404), "compra/{ocid}/llaves/": (OPENERS, 403), "compra/{ocid}/llaves/datos/": (OPENERS, 404),
    "compra/{ocid}/sellar/": (SUPPLIERS, 403), "compra/{ocid}/sellar/datos/": (SUPPLIERS, 404), "sobres/{c}/recibo/": (SUPPLIERS, 404), "sobres/{c}/partes/": (SUPPLIERS, 404),
}  # fmt: skip
SENT = {
    "compra/{ocid}/sobres/": SUPPLIERS,
    "compra/{ocid}/respaldo/": SUPPLIERS,
    "llave/datos/": OPENERS,
    "compra/{ocid}/llaves/datos/": OPENERS,
}
PUBLIC = ("/log/checkpoint", "/log/policy", "/log/tile/0/000", "/log/tile/entries/000", "/log/proof/3", "/log/statement/3", "/registro/", "/en/registro/",
          "/live/{opened}?acto=opening", "/en/live/{opened}?acto=opening", "/p/{opened}/apertura.json", "/p/{opened}/auditoria.zip", "/live/{ocid}?acto=opening", "/actos/4/")  # fmt: skip


@pytest.fixture(scope="module")
def crew(site) -> dict[str, Visitor]:
    """Everybody of the demonstration, and officers of another unit and of another institution."""
    at = clock.now() - timedelta(days=1)
    strange = Unit.objects.filter(parent=None).exclude(key="050GYR").first().key
    for name, unit in (("vecina", "050GYR101"), ("extranjera", strange)):
        person = parties.register_person(email=f"{name}@vitrina.example", given_name=name, surname=name, password="x")
        parties.appoint(at=at, person=person, role=Role.OFFICER, unit=Unit.objects.get(key=unit))
    return {name: Visitor(site.url).enter(f"{name}@vitrina.example") for name in (*PEOPLE, "vecina", "extranjera")}


@pytest.fixture(scope="module")
def ocids(site) -> dict[str, str]:
    """`ocid` receives bids, `opened` was opened, `uncalled` is not called yet."""
    found = {p.title: p.ocid for p in Process.objects.all()}
    return {"ocid": found[HIV], "opened": found[BLOOD], "uncalled": found["Suero fisiológico"]}


@pytest.fixture(scope="module")
def c(site, crew, ocids, tmp_path_factory) -> str:
    """The digest of an envelope that supplier 3 sent."""
    sealed = seal(crew["supplier3"], ocids["ocid"], "54.00", tmp_path_factory.mktemp("own"))
    assert send(crew["supplier3"], ocids["ocid"], sealed, clock.now()).answer.status == 201
    return sealed.c


def at_desk(path: str, **values: str) -> str:
    return "/mi-espacio/" + path.format(**values)


@pytest.fixture(scope="module")
def locked(site) -> dict[str, str]:
    """The locked keys of the openers, by account."""
    rows = OpenerKey.objects.filter(retired_at=None).select_related("person__user")
    return {key.person.user.email.partition("@")[0]: key.locked for key in rows}


def tells_no_key(answer: Answer, who: str, locked: dict[str, str]) -> bool:
    """Whether an answer holds nobody's locked key but one's own, and nobody's open one."""
    others = [secret for owner, secret in locked.items() if owner != who]
    return not [s for s in (*others, *(identity for identity, _r, _l in KEYS.values())) if s in answer.text]


def test_each_office_reaches_what_is_its_own_and_no_more(crew, ocids, c, locked):
    for path, (own, otherwise) in PAGES.items():
        for name, visitor in crew.items():
            answer = visitor.get(at_desk(path, ocid=ocids["ocid"], c=c))
            if name in {"vecina", "extranjera"}:  # officers, of other units
                expected = {200} if path.startswith("llave/") else {otherwise, 404}
            else:
                expected = {200, 202} if name in own else {otherwise}
            assert answer.status in expected, (name, path, answer.status)
            assert answer.headers["Cache-Control"] == "no-store", path
            assert tells_no_key(answer, name, locked), (name, path)


def test_the_street_and_who_holds_no_office_reach_nothing(site, ocids, c):
    parties.register_person(email="ninguna@vitrina.example", given_name="N", surname="N", password="x")
    street, nobody = Visitor(site.url), Visitor(site.url).enter("ninguna@vitrina.example")
    for path in PAGES:
        where = at_desk(path, ocid=ocids["ocid"], c=c)
        assert street.get(where).location.startswith("/cuenta/entrar/"), path
        assert nobody.get(where).status == 403, path
    for path in SENT:
        where = at_desk(path, ocid=ocids["ocid"])
        street.tokens("/cuenta/entrar/")
        assert street.say(where, {}).location.startswith("/cuenta/entrar/"), path
        assert nobody.say(where, {}).status == 403, path
    part = at_desk("sobres/{c}/partes/", c=c) + "1" * 64 + "/"
    assert put(street, part, b"x").location.startswith("/cuenta/entrar/")
    assert put(nobody, part, b"x").status == 403


def test_nobody_sends_what_their_office_does_not_send(crew, ocids, c):
    before = written()
    for path, own in SENT.items():
        for name, visitor in crew.items():
            answer = visitor.say(at_desk(path, ocid=ocids["ocid"]), {"round": "custody", "shares": {}})
            if name in own:
                assert answer.status in {400, 409}, (name, path, answer.status)
            else:
                assert answer.status in (
                    {400} if name in {"vecina", "extranjera"} and path == "llave/datos/" else {404}
                ), (name, path)
    promised = Envelope.objects.get(c=c).files[0]["parts"][0]
    for name, visitor in crew.items():
        if name not in SUPPLIERS:
            assert put(visitor, at_desk("sobres/{c}/partes/", c=c) + f"{promised}/", b"x").status == 404, name
    assert written() == before


def test_other_methods_are_refused_and_change_nothing(crew, ocids, c):
    supplier, officer = crew["supplier1"], crew["officer"]
    token = {v: {"X_CSRFToken": v.cookie("csrftoken")} for v in (supplier, officer)}
    for path, (own, _otherwise) in PAGES.items():
        who = officer if own is OPENERS else supplier
        for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "POST"):
            if method != "POST" or path not in SENT:
                answer = who.ask(at_desk(path, ocid=ocids["ocid"], c=c), method=method, **token[who])
                assert answer.status == 405, (method, path, answer.status)
    for path in ("compra/{ocid}/sobres/", "compra/{ocid}/respaldo/"):
        for method in ("GET", "HEAD", "PUT", "DELETE"):
            assert supplier.ask(at_desk(path, ocid=ocids["ocid"]), method=method, **token[supplier]).status == 405, (
                method,
                path,
            )
    for method in ("GET", "POST", "DELETE"):
        where = at_desk("sobres/{c}/partes/", c=c) + "1" * 64 + "/"
        assert supplier.ask(where, method=method, **token[supplier]).status == 405, method
    street = Visitor(supplier.url)
    own = {"X_CSRFToken": street.tokens("/cuenta/entrar/")["csrfmiddlewaretoken"]}
    for path in PUBLIC:
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            answer = street.ask(path.format(**ocids), method=method, body=b"", Content_Type="text/plain", **own)
            assert answer.status == 405, (method, path)


def test_nothing_is_taken_without_the_token_or_from_another_site(crew, ocids, c):
    supplier, before = crew["supplier1"], written()
    token, part = supplier.cookie("csrftoken"), at_desk("sobres/{c}/partes/", c=c) + "1" * 64 + "/"
    places = [
        (at_desk(path, ocid=ocids["ocid"]), "POST", crew["officer" if own is OPENERS else "supplier1"])
        for path, own in SENT.items()
    ]
    for where, method, who in [*places, (part, "PUT", supplier)]:
        true = {"X_CSRFToken": who.cookie("csrftoken")}
        for more in ({}, {"X_CSRFToken": "x" * 64}, {"X_CSRFToken": ""}, {**true, "Origin": "https://evil.example"}, {**true, "Origin": "null"},
                     {**true, "Origin": "https://127.0.0.1.evil.example"}):  # fmt: skip
            for kind in (
                "application/json",
                "text/plain",
                "application/octet-stream",
                "application/x-www-form-urlencoded",
            ):
                answer = who.ask(where, method=method, body=b"{}", Content_Type=kind, **more)
                assert answer.status == 403, (where, more, kind, answer.status)
        assert who.ask(where, method=method, body=b"{}", Content_Type="application/json", **true).status in {
            400,
            404,
            409,
        }, where
    assert supplier.get("/mi-espacio/").status == 200
    assert token == supplier.cookie("csrftoken")
    assert written() == before


def test_a_locked_key_is_served_to_its_owner_alone(crew, ocids, locked, visitor):
    assert {"officer", "oic", "witness"} <= set(locked)
    for name in sorted(OPENERS) + ["auditor", "operator", "supplier1", "vecina"]:
        for path in ("compra/{opened}/llaves/", "compra/{opened}/llaves/datos/", "compra/{opened}/"):
            assert tells_no_key(crew[name].get(at_desk(path, **ocids)), name, locked), (name, path)
    for path in PUBLIC:
        assert path.endswith("zip") or tells_no_key(visitor.get(path.format(**ocids)), "", locked), path
    assert crew["oic"].get(at_desk("llave/datos/")).json["key"]["locked"] == locked["oic"]
    assert crew["oic"].get(at_desk("compra/{ocid}/llaves/datos/", **ocids)).json["me"]["locked"] == locked["oic"]


def test_another_purchases_address_opens_nothing(crew, ocids, tmp_path):
    supplier = crew["supplier2"]
    sealed = seal(supplier, ocids["ocid"], "53.00", tmp_path)
    for other, status, code in (
        (ocids["opened"], 409, None),
        ("ocds-nothing", 404, None),
        (ocids["uncalled"], 404, None),
        ("nueva", 404, None),
        ("%2e%2e", 404, None),
    ):
        sent = send(supplier, other, sealed, clock.now()).answer
        assert sent.status == status, (other, sent.status, sent.text[:300])
        assert code is None or sent.json["errors"][0]["code"] == code
    called = Process.objects.get(title="Equipo de venoclisis").ocid
    assert send(supplier, called, sealed, clock.now()).answer.json["errors"][0]["code"] == "ocid"
    assert not Envelope.objects.filter(c=sealed.c).exists()
    for where in ("{uncalled}", "ocds-nothing", "nueva", "..%2f..", "'%20OR%201=1--", "9" * 400):
        for path in ("llaves/", "llaves/datos/"):
            assert crew["officer"].get(at_desk(f"compra/{where.format(**ocids)}/{path}")).status == 404, where
        for path in ("sellar/", "sellar/datos/"):
            assert supplier.get(at_desk(f"compra/{where.format(**ocids)}/{path}")).status == 404, where
    file = json.loads(Envelope.objects.filter(process=ocids["opened"], state="opened")[0].object)["files"][0]["sha256"]
    street = Visitor(supplier.url)
    assert street.get(f"/p/{ocids['opened']}/cifrados/{file}").status == 200
    for path in (f"/p/{ocids['ocid']}/cifrados/{file}", f"/p/{ocids['opened']}/cifrados/{file.upper()}", f"/p/{ocids['opened']}/cifrados/..%2f{file[:2]}%2f{file}",
                 f"/p/{ocids['opened']}/cifrados/{file}%00", f"/p/{ocids['opened']}/cifrados/{'0' * 64}", f"/documentos/{file}", f"/p/{ocids['ocid']}/auditoria.zip",
                 f"/p/{ocids['uncalled']}/auditoria.zip", f"/p/{ocids['uncalled']}/apertura/", f"/p/{ocids['uncalled']}/apertura.json", "/p/ocds-nothing/auditoria.zip",
                 "/p/..%2f..%2fetc/auditoria.zip"):  # fmt: skip
        assert street.get(path).status == 404, path
    assert street.get(f"/p/{ocids['ocid']}/apertura.json").json["envelopes"] == []


def test_evidence_of_signatures_is_only_of_signed_and_public_acts(visitor):
    kinds = ("envelope.logged", "question.asked", "unit.registered", "bid.opened")
    for kind in kinds:
        row = Position.objects.filter(entry__kind=kind).order_by("-position").first()
        if row is not None:
            for end in ("firma.json", "firmado.json"):
                assert visitor.get(f"/actos/{row.position}/{end}").status == 404, kind
    for n in ("0", "-1", "1e3", "9" * 30, "%D9%A1", "4%2f.."):
        assert visitor.get(f"/actos/{n}/firma.json").status == 404, n


TRAVERSALS = ("../keys/log.key", "../../keys/log.key", "..%2f..%2fkeys%2flog.key", "%2e%2e/%2e%2e/keys/log.key", "..%252f..%252flog.key", "/etc/passwd", "//etc/passwd", "%2fetc%2fpasswd",
              "0/../../checkpoint", "0/000.p/../../../checkpoint", "0/x001/../../../.lock", "entries/../../checkpoint", "..\\..\\log.key", "0/000%00", "0/000%0a", "0/000/", "0/000.p/",
              "0/0", "0/00", "0/0000", "00/000", "-1/000", "+0/000", "1e0/000", "0/000.p/0", "0/000.p/256", "0/000.p/257", "0/000.p/-1", "0/000.p/01", "0/000.p/1e1", "0/000.p/999999999999",
              "0/x999/999", "0/x000/000", "63/000", "64/000", "999999999/000", "entries/x999/x999/x999/x999/x999/x999/999", "%D9%A0/%D9%A0%D9%A0%D9%A0", "0/" + "x000/" * 500 + "000",
              "0/000?x=../../log.key", "entries/000.p/", "entries", "0", "", ".", "..", "checkpoint", "0/000.new", "0/.000", "CON", "0/000.P/3", "0//000", "entries//000")  # fmt: skip


@pytest.mark.parametrize("base", ["/log/tile/", "/log/", "/log/tile/entries/"])
def test_no_address_of_the_log_leads_out_of_it(site, base):
    key = Path(published.key_file()).read_bytes()
    for name in TRAVERSALS:
        answer = raw(site.url, base + name.replace(" ", "%20"))
        status, body = answer[9:12], answer.partition(b"\r\n\r\n")[2]
        if base + name in {"/log/checkpoint", "/log/tile/0/000?x=../../log.key"}:
            continue  # it is what it says
        assert status in {b"400", b"404", b"301"}, (base + name, status)
        assert key[:20] not in body
        assert b"PRIVATE KEY" not in body
        assert b"root:" not in body
    assert str(settings.LOG_DIR) not in answer.decode(errors="replace")


def test_numbers_of_the_log_that_are_none_are_not_found(visitor):
    for shape in ("/log/proof/{}", "/log/statement/{}", "/log/checkpoint/{}", "/log/signed/{}", "/log/timestamp/{}"):
        for odd in (
            "-1",
            "1e3",
            "9" * 19,
            "9" * 400,
            "%D9%A1",
            "0x1",
            "1_0",
            "+1",
            "%00",
            "1%00",
            "NaN",
            "1.0",
            " 1",
            "../3",
            "99999999",
        ):
            answer = visitor.get(shape.format(quote(odd, safe="%./+")))
            assert answer.status == 404, (shape, odd, answer.status)
            assert "Traceback" not in answer.text


def test_what_the_log_serves_is_what_lies_in_its_folder_and_no_more(visitor):
    folder = published.folder()
    assert visitor.get("/log/tile/entries/000").body == (folder / "tile/entries/000").read_bytes()
    for name in (".lock", "alarm", "policy.new", f".checkpoint.{1}"):
        assert visitor.get(f"/log/{name}").status == 404
        assert visitor.get(f"/log/tile/{name}").status == 404


def test_headers_of_every_new_address(site, crew, ocids, c):
    street = Visitor(site.url)
    asked = [(street, path.format(**ocids)) for path in PUBLIC]
    asked += [
        (crew["officer" if own is OPENERS else "supplier3"], at_desk(path, ocid=ocids["ocid"], c=c))
        for path, (own, _other) in PAGES.items()
    ]
    for who, path in asked:
        answer = who.get(path)
        assert answer.status in {200, 202}, (path, answer.status)
        headers = answer.headers
        assert headers["X-Content-Type-Options"] == "nosniff", path
        assert "default-src 'none'" in headers["Content-Security-Policy"], path
        assert "unsafe-inline" not in headers["Content-Security-Policy"], path
        assert "unsafe-eval" not in headers["Content-Security-Policy"].replace("wasm-unsafe-eval", ""), path
        assert headers["X-Frame-Options"] == "DENY", path
        assert headers["Permissions-Policy"], path
        assert "Access-Control-Allow-Credentials" not in headers, path
        if path.startswith("/mi-espacio/"):
            assert headers["Cache-Control"] == "no-store", path
            assert "Access-Control-Allow-Origin" not in headers, path
        if path.endswith((".zip", "/log/policy", "/log/proof/3")):
            assert headers["Content-Disposition"].startswith("attachment"), path
        if headers.get_content_type() == "text/html":
            assert headers["Cross-Origin-Opener-Policy"] == "same-origin", path


def test_what_a_proxy_is_said_to_have_seen_changes_nothing(site, crew, ocids, c):
    false = {"X_Forwarded_Host": "evil.example", "X_Forwarded_Proto": "https", "X_Forwarded_For": "6.6.6.6", "X_Forwarded_Prefix": "/evil.example", "Forwarded": "host=evil.example",
             "X_Original_URL": "/mi-espacio/llave/datos/", "X_HTTP_Method_Override": "PUT", "X_Real_IP": "6.6.6.6"}  # fmt: skip
    street = Visitor(site.url)
    asked = [(street, path.format(**ocids)) for path in PUBLIC]
    asked += [
        (crew["officer" if own is OPENERS else "supplier3"], at_desk(path, ocid=ocids["ocid"], c=c))
        for path, (own, _other) in PAGES.items()
    ]
    for who, path in asked:
        answer = who.get(path, **false)
        assert answer.status in {200, 202}, path
        texts = [answer.text]
        if path.endswith(".zip"):
            with zipfile.ZipFile(io.BytesIO(answer.body)) as packed:
                texts = [packed.read(name).decode() for name in packed.namelist()]
        assert not [t for t in texts if "evil.example" in t or "6.6.6.6" in t], path
        assert "evil" not in answer.location


def test_the_demonstrations_key_files_are_of_who_is_signed_in_alone(site, crew):
    street = Visitor(site.url)
    rfcs = {"supplier1": "btl100203ab1", "supplier2": "rvh090807cd2"}
    for part in ("cer", "key"):
        assert street.get(f"/demo/efirma/{part}/").location.startswith("/cuenta/entrar/")
        for name, rfc in rfcs.items():
            answer = crew[name].get(f"/demo/efirma/{part}/?rfc={rfcs['supplier1']}&person=1&supplier=x")
            assert answer.headers["Content-Disposition"] == f'attachment; filename="{rfc}.{part}"'
            assert answer.headers["Cache-Control"] == "no-store"
    for odd in ("p8", "..%2fkey", "CER", "%00", "cer%00", "authority.p8", "../../authority.p8"):
        assert crew["supplier1"].get(f"/demo/efirma/{odd}/").status == 404, odd
    for method in ("POST", "PUT", "DELETE"):
        assert (
            crew["supplier1"]
            .ask("/demo/efirma/cer/", method=method, X_CSRFToken=crew["supplier1"].cookie("csrftoken"))
            .status
            == 405
        )
