# SPDX-License-Identifier: Apache-2.0
"""The components: what they keep, what they fold, how a form speaks of its errors, and that no page needs inline code."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from django import forms
from django.template.loader import render_to_string
from django.utils import translation

from vitrina.kernel.money import Money
from vitrina.portal import drawings
from vitrina.portal.templatetags import vitrina

PARTS = Path(__file__).resolve().parents[3] / "web" / "templates"


def act(state: str, number: int = 1) -> dict[str, object]:
    return {"sentence": f"Acto {number}", "state": state, "number": number, "proof_url": f"/registro/{number}"}


def test_no_template_carries_inline_style_or_script() -> None:
    pages = {path: path.read_text() for path in PARTS.rglob("*.html")}

    assert len(pages) > 40
    assert not [
        p.name
        for p, text in pages.items()
        if re.search(r"\sstyle=|\son[a-z]+=|<style|<script(?! type=\"module\" src)", text)
    ]


def test_old_acts_fold_and_what_is_to_come_never_does() -> None:
    acts = [act("done", n) for n in range(6)] + [act("now", 6), act("todo", 7)]

    folded = vitrina.fold_old(acts)

    assert [a["number"] for a in folded["older"]] == [0, 1, 2]
    assert [a["number"] for a in folded["rest"]] == [3, 4, 5, 6, 7]
    assert not vitrina.fold_old(acts[2:])["older"]  # a single act is not worth a fold


def test_timeline_shows_every_act_once_with_its_proof() -> None:
    acts = [act("done", n) for n in range(1, 7)] + [act("late", 7)]

    page = render_to_string("parts/timeline.html", {"acts": acts})

    assert re.findall(r"Acto (\d)", page) == list("1234567")
    assert page.count('href="/registro/') == 7


def test_a_phone_sees_the_stage_before_and_after_now_without_the_skipped() -> None:
    stages = [{"name": n, "state": s} for n, s in
              [("Plan", "done"), ("Aclaraciones", "skipped"), ("Sobres", "now"), ("Fallo", "todo")]]  # fmt: skip

    near = vitrina.near_stages(stages)

    assert (near["before"]["name"], near["now"]["name"], near["after"]["name"]) == ("Plan", "Sobres", "Fallo")
    assert (near["position"], near["total"]) == (2, 3)


def test_ruler_counts_working_days_and_names_the_holiday() -> None:
    start = date(2020, 10, 27)
    days = [start + timedelta(days=i) for i in range(23)]
    holiday = date(2020, 11, 16)
    rows = drawings.ruler([{"date": d, "counts": d.weekday() < 5 and d != holiday, "name": "festivo" if d == holiday else ""} for d in days])  # fmt: skip

    ticks = [tick for row in rows["narrow"] for tick in row.ticks]

    assert (ticks[0].kind, ticks[0].count, ticks[-1].kind, ticks[-1].count) == ("start", "", "last", "15")
    assert [t.day for t in ticks if t.holiday] == ["16"]
    assert len(rows["wide"]) == 1
    assert max(len(row.ticks) for row in rows["narrow"]) == drawings.NARROW


def test_bars_start_at_zero_and_keep_their_proportion() -> None:
    drawn = drawings.bars(
        [{"name": "A", "price": Money(5000)}, {"name": "B", "price": Money(10_000), "kind": "out"}], Money(7500)
    )

    widths = [float(bar.end.rstrip("%")) for bar in drawn["rows"]]

    assert widths[1] == pytest.approx(2 * widths[0], abs=0.2)
    assert widths[1] == pytest.approx(100 / 1.06, abs=0.1)
    assert drawings.bars([])["rows"] == []


class Offer(forms.Form):
    price = forms.DecimalField(label="Precio", help_text="Sin IVA", max_value=66)
    declare = forms.BooleanField(label="Declaro.")
    proof = forms.FileField(label="Bases", required=False)


def test_a_wrong_form_keeps_what_was_typed_and_ties_each_error_to_its_field() -> None:
    with translation.override("es"):
        page = render_to_string("parts/form.html", {"form": Offer({"price": '614"<b>'}), "submit_label": "Enviar"})

    assert 'href="#id_price"' in page
    assert 'value="614&quot;&lt;b&gt;"' in page
    assert re.search(r'<input[^>]*id="id_price"[^>]*>', page)[0].count("id_price_error id_price_hint") == 1  # type: ignore[index]
    assert 'aria-invalid="true"' in page
    assert 'enctype="multipart/form-data"' in page


def test_a_page_that_only_adds_a_row_judges_nothing_yet() -> None:
    data = {"lots-TOTAL_FORMS": "2", "lots-INITIAL_FORMS": "0", "lots-0-price": "x", "price": "x"}
    lots = forms.formset_factory(Offer)(data, prefix="lots")

    page = render_to_string("parts/form.html", {"form": Offer(data), "formsets": [{"formset": lots, "title": "Partidas"}], "quiet": True})  # fmt: skip

    assert "aria-invalid" not in page
    assert 'name="lots-1-price"' in page
    assert 'value="x"' in page
