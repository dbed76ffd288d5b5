# SPDX-License-Identifier: Apache-2.0
"""Every script of every page, and all that it imports, is named with the digest of its bytes."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from vitrina.portal import scripts
from vitrina.site import paths

IMPORTMAP = re.compile(r'<script type="importmap">(.*?)</script>')
STATIC = paths.ROOT / "web" / "static"


def sha256(path: Path) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(path.read_bytes()).digest()).decode()


@pytest.mark.django_db
def test_a_page_names_the_digest_of_each_script_and_of_all_they_import():
    answer = Client().get("/")
    page = answer.content.decode()

    found = re.findall(r'<script type="module" src="/static/([^"]+)" integrity="([^"]+)"></script>', page)
    assert len(found) == page.count('<script type="module"') == 5
    for name, digest in found:
        assert digest == sha256(STATIC / name)
    named = json.loads(IMPORTMAP.search(page)[1])["integrity"]
    assert set(named) == {"/static/js/bytes.js", "/static/js/der.js", "/static/js/verify.js"}
    for url, digest in named.items():
        assert digest == sha256(STATIC / url.removeprefix("/static/"))


@pytest.mark.django_db
def test_the_policy_lets_the_import_map_through_and_no_other_text():
    answer = Client().get("/")

    text = IMPORTMAP.search(answer.content.decode())[1]
    assert f"script-src 'self' '{scripts.integrity(text.encode())}';" in answer["Content-Security-Policy"] + ";"
    assert "script-src 'self';" in Client().get("/healthz")["Content-Security-Policy"] + ";"


def test_no_template_begins_a_script_without_its_digest():
    templates = [
        *(paths.ROOT / "web" / "templates").rglob("*.html"),
        *(paths.ROOT / "vitrina").rglob("templates/**/*.html"),
    ]

    assert len(templates) > 50
    assert [str(t) for t in templates if re.search(r"<script[^>]*\bsrc=", t.read_text())] == []


def test_what_each_page_imports_is_followed_to_the_end():
    named = json.loads(scripts.import_map("js/seal-page.js"))["integrity"]

    for name in ("js/efirma.js", "js/der.js", "js/proof-check.js", "js/verify.js", "js/exact.js"):
        is_named = f"/static/{name}" in named
        assert is_named or name == "js/der.js", name  # der.js is the worker's
    if finders.find("vendor/seal.js"):
        assert "/static/vendor/seal.js" in named


def test_a_file_that_changes_gets_another_digest_at_once(tmp_path, monkeypatch):
    (tmp_path / "js").mkdir()
    (tmp_path / "js" / "one.js").write_text(
        'import { a } from "./two.js";\nexport const c = await import("./three.js");'
    )
    (tmp_path / "js" / "two.js").write_text("export const a = 1;")
    monkeypatch.setattr(finders, "find", lambda name: str(tmp_path / name))
    first = scripts.of("js/one.js")
    assert first.imports == ("js/two.js", "js/three.js")
    assert list(json.loads(scripts.import_map("js/one.js"))["integrity"]) == ["/static/js/two.js"]
    (tmp_path / "js" / "one.js").write_text("export const other = 1;\n")
    assert scripts.of("js/one.js").integrity != first.integrity
    assert scripts.of("js/none.js") is None
