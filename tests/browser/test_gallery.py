# SPDX-License-Identifier: Apache-2.0
"""Every component in a real browser: no axe finding, no sideways scroll at 320 px, and the four small scripts."""

from __future__ import annotations

import functools
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ["home", "purchase", "desk", "search", "states", "form", "receipt", "sealed"]


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_words) -> None:
        """Nothing: the test says what failed."""


@pytest.fixture(scope="module")
def gallery(tmp_path_factory) -> Iterator[str]:
    out = tmp_path_factory.mktemp("gallery")
    subprocess.run([sys.executable, "-m", "tools.messages"], check=True, cwd=ROOT, capture_output=True)
    subprocess.run([sys.executable, ROOT / "tools" / "gallery.py", out], check=True, cwd=ROOT, capture_output=True)
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(out)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(autouse=True)
def faces_may_be_absent(watch) -> None:
    watch.allow("/static/vendor/")


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "light"), (320, "dark")])
def test_every_page_of_the_gallery_is_accessible_and_fits(gallery, new_page, axe, width, theme) -> None:
    page = new_page(viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion="reduce")

    for name in PAGES:
        page.goto(f"{gallery}/{name}.html")
        if width != 360:  # between the two that are looked at: it has only to fit
            axe(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def test_on_a_phone_old_acts_fold_and_on_a_wide_screen_they_show(gallery, new_page) -> None:
    for width, seen in ((360, False), (1280, True)):
        page = new_page(viewport={"width": width, "height": 900})
        page.goto(f"{gallery}/purchase.html")
        assert page.get_by_text("El IMSS anunció la compra").is_visible() is seen


def test_a_row_is_added_at_once_and_numbered_for_the_server(gallery, page) -> None:
    page.goto(f"{gallery}/form.html")

    page.get_by_role("button", name="Agregar una partida").click()
    page.keyboard.type("Guantes")

    assert page.locator("[name=lots-TOTAL_FORMS]").input_value() == "3"
    assert page.locator("[name=lots-2-description]").input_value() == "Guantes"


def test_a_draft_is_sent_by_itself_without_files_and_says_so(gallery, page) -> None:
    bodies = []
    page.route("**/draft", lambda route: (bodies.append(route.request.post_data), route.fulfill(status=204))[0])
    page.goto(f"{gallery}/form.html")

    page.get_by_label("Nombre de la compra").fill("Guantes de nitrilo")
    page.get_by_text("Borrador guardado.").wait_for()

    assert "Guantes de nitrilo" in bodies[0]
    assert 'name="document"' not in bodies[0]


def test_a_draft_that_cannot_be_saved_says_so_and_is_tried_again(gallery, page, watch) -> None:
    watch.allow("503")
    answers = iter([503, 204])
    page.route("**/draft", lambda route: route.fulfill(status=next(answers, 204)))
    page.goto(f"{gallery}/form.html")

    page.get_by_label("Nombre de la compra").fill("Guantes")

    page.get_by_text("No se pudo guardar el borrador").wait_for()
    page.get_by_text("Borrador guardado.").wait_for()


def test_a_new_act_appears_without_reload_and_a_cut_line_says_since_when(gallery, page, watch) -> None:
    watch.allow("/live/")
    calls = []

    def stream(route) -> None:
        calls.append(route.request.url)
        if len(calls) > 1:
            route.abort()
        else:
            route.fulfill(content_type="text/event-stream", body="retry: 100\n\nid: 8\nevent: act\ndata: {}\n\n")

    def fresh(route) -> None:
        answer = route.fetch()
        text = answer.text()
        if "x-live" in route.request.headers:
            text = text.replace("Se publicó la convocatoria", "Se abrieron los sobres")
        route.fulfill(response=answer, body=text)

    page.route("**/live/**/events*", stream)
    page.route("**/live.html", fresh)
    page.goto(f"{gallery}/live.html")
    page.evaluate("window.sameDocument = true")

    page.get_by_text("Se abrieron los sobres").wait_for()
    page.get_by_text("Sin conexión desde las").wait_for()

    assert page.evaluate("window.sameDocument")
    assert calls[0].endswith("/live/demo/events?after=7")


def test_the_page_says_the_same_without_scripts(gallery, new_page) -> None:
    page = new_page(java_script_enabled=False)

    page.goto(f"{gallery}/states.html")

    assert page.locator(".clock").inner_text().replace("\u00a0", " ") == "3 h 20 min"
