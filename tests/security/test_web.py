# SPDX-License-Identifier: Apache-2.0
"""The web's own attacks: headers, forgery, cookies, hosts, redirects, methods, garbage in addresses, injection."""

from __future__ import annotations

import random
import re
from urllib.parse import quote

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client, override_settings
from django.urls import get_resolver
from django.urls.resolvers import RoutePattern, URLPattern, URLResolver

from vitrina.cycle.core.models import Process, Submission
from vitrina.kernel import clock
from vitrina.site import paths

from .attacker import HIV, Visitor, raw, step_path, written

POLICY = (
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
)
VALUES = {"ocid": "ocds-vt0001-2020-000014", "key": "050GYR047", "position": "3", "sha256": "0" * 64, "command": "clarifying.ask",
          "token": "0" * 32, "release_id": "0" * 26, "uidb36": "1", "pk": "1", "c": "0" * 64, "part": "cer", "index": "3", "size": "3",
          "path": "tile/0/000", "name": "0/000", "stream": "LA-1", "file": "index.m3u8", "language": "es", "lot": "1", "kind": "csv", "message": "1",
          "year": "2020", "contract": "C-2020-000001", "system": "s2", "number": "1", "procedure": "x", "category": "x", "form_id": "43336", "contract_id": "1/2", "code": "R018",
          "page": "comprador", "figure": "proveedores", "form": "csv"}  # fmt: skip
GARBAGE = ("%00", "a%00b", "%EF%BF%BF", "%C3%28", "%E2%80%AE", "%0d%0aSet-Cookie:%20a=b", "..%2f..%2fetc%2fpasswd", "'%22%3B--",
           "%25s%25n", "9" * 400, "%D9%A1%D9%A2", "1e309", "-1", "NaN", "a" * 4000, "${7*7}", "%F0%9F%92%A3")  # fmt: skip


def routes() -> list[tuple[str, str]]:
    """(address with sample values, name) of every route of the site."""

    def walk(resolver: URLResolver, prefix: str) -> list[tuple[str, str]]:
        found = []
        for pattern in resolver.url_patterns:
            here = prefix + (
                str(pattern.pattern) if isinstance(pattern.pattern, RoutePattern) else pattern.pattern.regex.pattern
            )
            if isinstance(pattern, URLPattern):
                found.append((here, pattern.name or ""))
            else:
                found += walk(
                    pattern, prefix + (str(pattern.pattern) if isinstance(pattern.pattern, RoutePattern) else "")
                )
        return found

    def filled(pattern: str) -> str:
        pattern = pattern.replace("^enlace", "enlace")
        pattern = re.sub(r"^(datos/(?:archivos/)?)<str:name>$", r"\1acts.jsonl.gz", pattern)  # a name, not a path
        named = re.sub(r"<(?:\w+:)?(\w+)>", lambda m: VALUES[m[1]], re.sub(r"\(\?P(<\w+>)[^)]*\)", r"\1", pattern))
        return "/" + named.strip("^$")

    return [(filled(pattern), name) for pattern, name in walk(get_resolver(), "")]


ROUTES = routes()


def test_the_routes_are_those_that_this_file_thinks_of():
    paths = {path for path, _name in ROUTES}
    assert len(paths) > 45
    assert {"/", "/api/feed", "/mi-espacio/", "/cuenta/entrar/", "/demo/entrar/", "/log/checkpoint"} <= paths
    assert not [
        path for path in paths if re.search("admin(?!istrativas_)|debug|metrics|graphql|signup|cuenta/registr", path)
    ]


@pytest.mark.parametrize("as_whom", ["anybody", "officer"])
def test_every_route_carries_the_headers_and_none_fails(site, someone, as_whom):
    visitor = Visitor(site.url) if as_whom == "anybody" else someone(as_whom)
    for path, _name in ROUTES:
        answer = visitor.get(path)

        assert answer.status < 500, path
        assert answer.headers["X-Content-Type-Options"] == "nosniff", path
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy, path
        assert "unsafe" not in policy, path
        if path.startswith("/grafica/") and answer.headers.get_content_type() == "text/html":
            assert "frame-ancestors *" in policy  # the one page that others may put into a frame; it runs nothing
            assert "script-src" not in policy
            assert "<script" not in answer.text
        elif answer.headers.get_content_type() == "text/html" and answer.status == 200:
            assert all(part in policy for part in POLICY), path
            assert answer.headers["X-Frame-Options"] == "DENY", path
            assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin", path
            assert policy.count("'sha256-") == answer.text.count('<script type="importmap">') <= 1, path
            assert not re.search(
                r"<script(?![^>]*(\bsrc=|type=\"(?:application/(?:ld\+)?json|importmap)\"))|<[a-z][^<>]*\s(on\w+|style)=|=.javascript:",
                answer.text,
            ), path
        if as_whom == "officer" and path.startswith(("/mi-espacio/", "/cuenta/")):
            assert "no-store" in answer.headers["Cache-Control"], path
        assert "Server" not in answer.headers or "uvicorn" in answer.headers["Server"], path
        assert "X-Powered-By" not in answer.headers, path


def test_no_form_is_taken_without_its_token_or_from_elsewhere(site, someone):
    officer, before = someone("officer"), written()
    true = {"csrfmiddlewaretoken": officer.cookie("csrftoken")}
    assert (
        officer.post("/mi-espacio/oficina/", {**true, "office": "0"}, Origin=site.url).status == 404
    )  # it is a true one
    ways = [
        ({}, {}),
        ({"csrfmiddlewaretoken": "x" * 64}, {}),
        (true, {"Origin": "https://evil.example"}),
        (true, {"Origin": "null"}),
    ]
    # who leaves a list by one click of their mail program has no page of ours open: their token is the permission
    by_mail = {path for path, _name in ROUTES if path.startswith("/avisos/") and path.endswith("/baja/")}
    assert len(by_mail) == 1
    # other systems have no session: the token in a header of theirs is the permission, and a cookie opens nothing
    by_system = {path for path, _name in ROUTES if path.startswith(("/pdn/", "/mcp"))}
    assert {officer.post(path, true, Origin=site.url).status for path in by_system} <= {400, 401, 405}
    elsewhere = by_mail | by_system
    for n, path in enumerate(path for path, _name in ROUTES if not path.startswith("/api/") and path not in elsewhere):
        for fields, headers in (ways[0], ways[1 + n % 3]):
            answer = officer.post(path, fields, **headers)
            assert answer.status in {403, 405}, (path, answer.status, fields, headers)
    answer = officer.ask("/demo/reloj/", method="POST", body=b'{"step":"+1d"}', Content_Type="text/plain")
    assert answer.status == 403
    assert written() == before
    assert officer.get("/mi-espacio/").status == 200  # and nobody was signed out


def test_reading_changes_nothing(site, someone):
    officer = someone("officer")

    def kept():
        return (written(), Submission.objects.count(), User.objects.count(), Session.objects.count())

    before = kept()
    for path, _name in ROUTES:
        officer.get(path + "?confirm=1&step=%2B1d&save_draft=1&person=1&office=1", X_HTTP_Method_Override="POST")
    assert kept() == before
    assert officer.get("/mi-espacio/").status == 200


def test_other_methods_are_refused(visitor):
    for method in ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"):
        for path in (
            "/",
            "/buscar",
            "/api/feed",
            "/live/all/events",
            "/actos/3.json",
            "/mi-espacio/",
            "/static/css/base.css",
        ):
            assert visitor.ask(path, method=method).status in {400, 403, 405}, (method, path)
    assert visitor.post("/buscar", {"_method": "DELETE"}, X_HTTP_Method_Override="GET").status == 403


def test_cookies_of_a_session_are_closed_to_scripts_and_to_other_sites(someone):
    officer = someone("officer")
    for cookie in officer.cookies:
        assert cookie.has_nonstandard_attr("HttpOnly"), cookie.name
        assert cookie.get_nonstandard_attr("SameSite") == "Lax", cookie.name
        assert cookie.path == "/"
        assert not cookie.domain_specified
    assert {c.name for c in officer.cookies} == {"sessionid", "csrftoken"}
    former = officer.cookie("sessionid")
    own = officer.tokens("/mi-espacio/")
    officer.post("/cuenta/salir/", own)

    stale = Visitor(officer.url)
    assert stale.get("/mi-espacio/", Cookie=f"sessionid={former}").location.startswith("/cuenta/entrar/")
    chosen = Visitor(officer.url)
    assert "sessionid=" + "a" * 32 not in str(chosen.get("/mi-espacio/", Cookie="sessionid=" + "a" * 32).headers)


@override_settings(VITRINA_DEMO=False)
def test_outside_the_demo_a_reader_gets_no_cookie_and_the_demos_doors_do_not_exist(site):
    reader = Client(headers={"host": "127.0.0.1"})
    ocid = Process.objects.get(title=HIV).ocid
    for path in ("/", "/buscar?q=a", f"/p/{ocid}/", f"/p/{ocid}.json", "/actos/", "/actos/3/", "/compradores/", "/datos/",
                 "/u/050GYR047/", "/atom.xml", "/buscar?format=csv", "/api/feed", "/edca/fiscalYears", "/en/", "/nothing/"):  # fmt: skip
        answer = reader.get(path)
        assert not answer.cookies, path
        assert "Cookie" not in answer.headers.get("Vary", "") or b"csrf" not in answer.content, path
    for path in ("/demo/reloj/", "/demo/entrar/", "/demo/quien/", "/demo/efirma/cer/", "/demo/efirma/key/"):
        assert reader.get(path).status_code == 404
        assert reader.post(path, {"person": 1, "step": "+1d"}).status_code == 404
        assert Client(enforce_csrf_checks=True, headers={"host": "127.0.0.1"}).post(path).status_code in {403, 404}


def test_only_the_sites_own_names_are_answered(site, visitor):
    for host in (
        "evil.example",
        "127.0.0.1:1@evil.example",
        "127.0.0.1.evil.example",
        "evil.example#127.0.0.1",
        "..",
        "[::1",
        "a_b",
    ):
        answer = raw(site.url, "/buscar", host=host)
        assert answer.startswith(b"HTTP/1.1 400"), host
        assert b"evil.example" not in answer
    for header in ("X_Forwarded_Host", "X_Host", "Forwarded", "X_Original_URL", "X_Rewrite_URL", "X_Forwarded_Server"):
        for path in ("/", "/cuenta/entrar/", "/p/ocds-vt0001-2020-000014/", "/atom.xml", "/.well-known/security.txt"):
            value = "host=evil.example" if header == "Forwarded" else "evil.example"
            assert "evil.example" not in visitor.get(path, **{header: value}).text, (header, path)
    assert b"location: https" not in raw(site.url, "/compras", "x_forwarded_proto: https").lower()


def test_no_address_leads_to_another_site(site, someone):
    aims = ("https://evil.example", "//evil.example", "/\\evil.example", "\\\\evil.example", "javascript:pwn()", "///evil.example",
            "http:evil.example", "\thttps://evil.example", "https://127.0.0.1@evil.example")  # fmt: skip
    officer = someone("officer")
    own = officer.tokens("/demo/quien/")
    for aim in aims:
        answer = officer.post("/demo/reloj/", {**own, "step": "+0d", "back": aim})
        assert answer.location in {"", "/"}, aim
        visitor = Visitor(site.url)
        for path in (
            f"/cuenta/entrar/?next={quote(aim)}",
            f"/cuenta/salir/?next={quote(aim)}",
            f"/cuenta/confirmar/?next={quote(aim)}",
        ):
            answer = visitor.get(path)
            assert not re.match(r"\w+:|//|/?\\", answer.location), path
            assert not re.search(
                r'(href|action|src)="(https?:|/?[/\\\\]|[^"/?]*)[^"?]*(evil\.example|javascript:)', answer.text
            ), path
        login = visitor.tokens("/cuenta/entrar/")
        fields = {**login, "login": "officer@vitrina.example", "password": "vitrina-demo", "next": aim}
        assert visitor.post("/cuenta/entrar/", fields).location in {"/mi-espacio/", "/"}, aim
    for target in (
        "//evil.example/",
        "//evil.example/mi-espacio",
        "/\\evil.example/compras",
        "/%2f%2fevil.example/compras",
        "/en//evil.example",
    ):
        head = raw(site.url, target).lower().partition(b"\r\n\r\n")[0]
        assert b"location: //" not in head, target
        assert b"location: http" not in head, target


def test_garbage_in_addresses_is_a_plain_refusal(site, someone):
    officer = someone("officer")
    shapes = [f"/{a}/{{}}{z}" for a in ("p", "u", "s", "actos", "documentos", "api/ocds/records", "api/ocds/releases", "live",
              "mi-espacio/recibo", "mi-espacio/compra", "static", "en/p") for z in ("", "/", ".json", ".pdf", ".atom")]  # fmt: skip
    shapes += ["/buscar?q={}", "/buscar?year={}&page={}", "/compradores/?q={}", "/actos/?before={}", "/api/feed?after={}",
               "/buscar?status={}&method={}&category={}&buyer={}", "/api/feed?limit={}", "/live/all/events?after={}", "/atom.xml?q={}",
               "/buscar?format=csv&q={}", "/mi-espacio/personas/?q={}&page={}", "/p/ocds-vt0001-2020-000014@{}/", "/{}",
               "/mi-espacio/compra/ocds-vt0001-2020-000014/clarifying.answer/?key={}", "/cuenta/enlace/1-{}/",
               "/recursos/?partida={}&ejercicio={}&compra={}", "/recursos/{}/", "/obras/{}/", "/adjudicaciones-directas/?year={}&q={}",
               "/edca/contractingprocess/{}", "/edca/contractingprocess/procurementmethod/{}", "/edca/releasepackage/{}",
               "/pdn/{}/oauth", "/pnt/{}.csv", "/pnt/43336.json?ejercicio={}&trimestre=1"]  # fmt: skip
    for n, shape in enumerate(shapes):
        for piece in (
            ["%00", GARBAGE[n % len(GARBAGE)]] if "live" not in shape else ["%00"]
        ):  # a stream of any other name is empty for ever
            answer = officer.get(shape.replace("{}", piece))
            assert answer.status in {200, 301, 302, 400, 403, 404, 409}, (answer.status, shape, piece[:30])
            assert "Set-Cookie" not in answer.headers or "a=b" not in answer.headers["Set-Cookie"]
            assert "Traceback" not in answer.text, shape


@pytest.mark.parametrize("field", ["q", "status", "method", "category", "year", "buyer", "page"])
def test_a_search_is_never_part_of_the_query(visitor, field):
    everything = re.search(r'<p class="lead gap-3">([^<]*)', visitor.get("/buscar").text)
    chance = random.Random(field)
    pieces = [
        "'",
        '"',
        ";",
        "--",
        ")",
        "(",
        "%",
        "_",
        "\\",
        " OR 1=1",
        "/*",
        "$$",
        "::int",
        " UNION SELECT 1",
        "||",
        "\x01",
        "&",
        "\u2028",
    ]
    strings = ["'); SELECT pg_sleep(9); --", "title__contains", "x' OR 'a'='a", "%", "_", "\\", "{}", "%s", "%(q)s"]
    strings += ["".join(chance.choices(pieces, k=5)) for _n in range(25)]
    for text in strings:
        answer = visitor.get(f"/buscar?{field}={quote(text)}")
        assert answer.status == 200, text
        if field in {"status", "method", "category", "buyer"}:
            assert re.search(r'<p class="lead gap-3">([^<]*)', answer.text)[1] != everything[1], text
    assert visitor.get("/buscar?amount_centavos__gt=1&order_by=text&buyer_key__startswith=0").status == 200


def test_another_codec_or_a_garbled_header_changes_nothing(site, visitor):
    usual = visitor.get("/buscar?q=VIH").text
    for charset in ("hex", "base64", "utf-16", "zip", "rot13", "utf-7", "idna", "undefined", "\xff"):
        answer = visitor.get("/buscar?q=VIH", Content_Type=f"text/plain; charset={charset}")
        assert answer.status == 200, charset
        assert re.findall("<h[13].*?</h[13]>", answer.text) == re.findall("<h[13].*?</h[13]>", usual), charset
        assert visitor.post(
            "/cuenta/entrar/", {"login": "a"}, Content_Type=f"application/x-www-form-urlencoded; charset={charset}"
        ).status in {400, 403}
    for header in ("Accept-Language: " + "a-" * 3000, "Accept-Language: es;q=1e309", "Range: bytes=0-1,5-", "If-None-Match: \xff", "Cookie: sessionid=\xff;;;=",
                   "If-Modified-Since: yesterday", "Last-Event-ID: 1e5", "Content-Type: multipart/form-data", "Accept: ../../x"):  # fmt: skip
        assert raw(site.url, "/buscar", header)[9:12] in {b"200", b"206", b"400"}, header
    for target in (
        "/buscar?q=\xe9",
        "/caf\xe9/",
        "compras/",
        "http://evil.example/buscar",
        "*",
        "/%",
        "/%zz",
        "/buscar?q=%&%=%",
    ):
        answer = raw(site.url, target)
        assert answer[9:12] in {b"200", b"400", b"404"}, target
        assert b"Traceback" not in answer


def test_errors_tell_nothing_of_the_inside(site, someone):
    officer = someone("officer")
    for path in ("/nothing/", "/p/nothing/", "/api/nothing", "/api/feed?after=x", "/mi-espacio/compra/x/y/", "/.git/config", "/.env",
                 "/var/secret_key", "/static/../pyproject.toml", "/static/..%2f..%2fpyproject.toml", "/static/js/live.js.map", "/web/package.json",
                 "/vitrina/site/settings/base.py", "/admin/", "/metrics", "/debug/", "/__debug__/", "/api/docs", "/server-status", "/console"):  # fmt: skip
        answer = officer.get(path)
        assert answer.status in {400, 403, 404}, path
        for word in (
            "Traceback",
            str(paths.ROOT),
            "django.",
            "site-packages",
            "psycopg",
            "SELECT ",
            "urlpatterns",
            "DJANGO_SETTINGS",
        ):
            assert word not in answer.text, (path, word)
    bad = officer.post("/mi-espacio/", {})
    assert bad.status in {403, 405}
    assert "Traceback" not in bad.text


def test_deep_json_in_a_passkeys_answer_is_refused(site):
    visitor = Visitor(site.url)
    own = visitor.tokens("/cuenta/entrar/")
    for text in ("[" * 100_000, '{"a":' * 100_000, '{"response": ' + "[" * 50_000 + "]" * 50_000 + "}", "null", "1e309", "{}", '"x"',
                 '{"id":"AA","rawId":"AA","type":"public-key","response":{"clientDataJSON":"e30","authenticatorData":"AA","signature":"AA"}}'):  # fmt: skip
        answer = visitor.post("/cuenta/entrar/llave/", {**own, "credential": text})
        assert answer.status < 500, text[:40]
        assert not visitor.cookie("sessionid") or visitor.get("/mi-espacio/").status == 302


def test_a_purchase_is_not_reached_through_other_spellings_of_a_step(someone):
    officer = someone("officer")
    ocid = Process.objects.get(title=HIV).ocid
    for command in (
        "opening.start",
        "awarding.issue_ruling",
        "__class__",
        "bidding.commands",
        "tendering.publish_call ",
        "TENDERING.CANCEL",
    ):
        answer = officer.send(step_path(ocid, quote(command)), {"reason": "x"})
        assert answer.status in {403, 404, 405, 409, 422}, command
    assert clock.now()
