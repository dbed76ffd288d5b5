# SPDX-License-Identifier: Apache-2.0
"""Charts: what is drawn, what the table says and what is taken away are one; their addresses serve anybody's page."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from django.test import Client
from django.utils import translation
from django.utils.module_loading import import_string
from lxml import etree

from tests.worlds.base import local, world
from tests.worlds.contracting import reach_contracting
from tests.worlds.once import built_once, rolled_back
from tests.worlds.placing import place_here
from vitrina.portal.charts import drawing, shown, tiles
from vitrina.portal.charts.chart import Chart, Column, Form, Mark, Row, Unit
from vitrina.portal.charts.sources import NAME, SOURCES, of_page
from vitrina.portal.models import PurchaseCard
from vitrina.search.places import place

AT = datetime(2026, 11, 28, 18, tzinfo=UTC)
AMOUNTS = [1_234_567_89, 0, None, 98_765_432_10, 50_000_000_00, 7]


def chart(form: Form, n: int = 6, **more) -> Chart:
    rows = tuple(
        Row(
            f"{2010 + i}", (AMOUNTS[i % len(AMOUNTS)], i), Mark.CASE if i == 3 else Mark.NONE, "aquí" if i == 3 else ""
        )
        for i in range(n)
    )
    columns = (Column("amount", "Monto", Unit.MONEY), Column("contracts", "Contratos"))
    found = Chart(
        page="inicio", key="-", name="de-prueba", form=form, title="El año 2013 tuvo más", note="Sin IVA",
        first=("year", "Año"), columns=columns, rows=rows, as_of=AT, home="/",
    )  # fmt: skip
    return replace(found, **more)


@pytest.mark.parametrize("width", [drawing.WIDE, drawing.NARROW])
@pytest.mark.parametrize("form", list(Form))
def test_every_shape_stays_in_its_field_and_bars_are_as_long_as_their_figures(form, width):
    for n in (1, 2, 6, 30):
        found = drawing.draw(chart(form, n), width)
        for one in found.shapes:
            at = dict(one.attributes)
            places = [int(at[k]) for k in ("x", "cx") if k in at]
            places += [int(x) for x in re.findall(r"[MLH](\d+)", at.get("d", ""))]
            heights = [int(at[k]) for k in ("y", "cy") if k in at]
            assert all(0 <= x <= width for x in places), (n, one)
            assert all(0 <= y <= found.height for y in heights), (n, one)
            if one.tag == "text" and "text-anchor" in at:
                length = len(one.text) * 6
                left = int(at["x"]) - {"start": 0, "middle": length // 2, "end": length}[at["text-anchor"]]
                assert left >= -8, (n, one)
                assert left + length <= width + 8, (n, one)
        bars = [dict(one.attributes) for one in found.shapes if one.kind.startswith("bar")]
        if bars and n == 6:
            side = max(("width", "height"), key=lambda name: len({bar[name] for bar in bars}))
            longest, shortest = (pick(int(bar[side]) for bar in bars) for pick in (max, min))
            assert shortest == 1  # seven centavos are seen
            assert [int(bar[side]) for bar in bars].count(longest) == 1
            middle = sorted(int(bar[side]) for bar in bars)[-2]
            assert abs(middle - longest * Fraction(50_000_000_00, 98_765_432_10)) <= 1


def test_table_csv_and_json_tell_the_same_to_the_centavo_and_say_what_is_missing():
    with translation.override("es"):
        one = chart(Form.RANKED)
        table, data = shown.table(one), shown.as_json(one)
        rows = list(csv.reader(io.StringIO(shown.as_csv(one))))
    assert rows[0] == ["year", "amount_mxn", "contracts"]
    assert rows[4] == ["2013", "98765432.10", "3"]
    assert rows[3] == ["2012", "", "2"]
    assert table[3]["cells"][1] == "$98,765,432.10"
    assert table[2]["cells"][1] is None
    assert data["rows"][3] == {"year": "2013", "amount": "98765432.10", "contracts": 3}
    assert (data["asOf"], data["columns"][1]["unit"]) == ("2026-11-28T18:00:00Z", "MXN")
    assert shown.caption(one) == "Sin IVA. En millones de pesos. Las barras empiezan en cero."


def test_a_line_breaks_where_there_is_no_datum_and_says_where_its_axis_begins():
    two = (Column("physical", "Avance físico", Unit.PERCENT), Column("paid", "Pagado", Unit.PERCENT))
    rows = tuple(Row(str(i), (Fraction(80 + i), None if i == 2 else Fraction(90))) for i in range(5))
    one = chart(Form.LINE, columns=two, rows=rows, drawn=2)
    lines = [dict(s.attributes)["d"] for s in drawing.draw(one, drawing.WIDE).shapes if s.kind.startswith("line")]
    assert [line.count("M") for line in lines] == [1, 2]
    with translation.override("es"):
        assert "El eje va de 80 a " in shown.caption(one)
    with pytest.raises(ValueError, match="values"):
        replace(one, rows=(Row("x", (1,)),))


def test_the_states_are_all_there_each_once_and_named_as_the_search_names_them():
    found = tiles.tiles({"Sonora": 3}, lambda name: f"?place={name}", {"Sonora"})
    assert len({tile.name for tile in found}) == len({(tile.row, tile.column) for tile in found}) == 32
    assert {tile.name for tile in found} == {place(tile.name) for tile in found}
    sonora = next(tile for tile in found if tile.name == "Sonora")
    assert (sonora.tone, sonora.count, sonora.is_chosen) == (4, 3, True)


whole = built_once(lambda: (w := world(), reach_contracting(w), place_here()))


@pytest.fixture
def w(whole, clock):
    clock.set(local(2020, 11, 20, 12))
    with rolled_back():
        yield whole[0]


def test_the_addresses_of_a_chart_serve_the_page_of_anybody(w, client: Client):
    names = {}
    for page in SOURCES:
        assert callable(import_string(SOURCES[page]))
        key = {"inicio": "-"}.get(page) or PurchaseCard.objects.first().buyer_key
        if page in {"inicio", "comprador"}:
            names[page] = [one.name for one in of_page(page, key)]
            assert all(NAME.fullmatch(name) for name in names[page])
    assert names["inicio"] == ["dinero-por-procedimiento", "dinero-por-anio"]
    whole_address = "http://127.0.0.1:8000/grafica/inicio/-/dinero-por-anio/"
    path = whole_address.removeprefix("http://127.0.0.1:8000")

    framed = client.get(path)
    assert "frame-ancestors *" in framed["content-security-policy"]
    assert "default-src 'none'" in framed["content-security-policy"]
    assert "x-frame-options" not in framed
    assert "<script" not in framed.content.decode()
    assert client.get(path, headers={"if-none-match": framed["etag"]}).status_code == 304
    assert client.get("/").headers["x-frame-options"] == "DENY"

    svg = client.get(f"{path[:-1]}.svg")
    tree = etree.fromstring(svg.content)
    assert svg["cross-origin-resource-policy"] == "cross-origin"
    assert not tree.xpath("//*[local-name()='style' or local-name()='script' or @style]")
    english = client.get(f"{path[:-1]}.json", {"lang": "en"}).json()
    assert english["columns"][0]["label"] == "Year"
    assert client.get(f"{path[:-1]}.csv").content.decode().startswith("year,amount_mxn,contracts\r\n2020,")

    told = client.get("/oembed", {"url": whole_address, "maxwidth": "400"}).json()
    assert (told["type"], told["width"]) == ("rich", 400)
    assert f'src="{whole_address}"' in told["html"]
    assert (
        client.get("/oembed", {"url": whole_address.replace("/grafica", "/en/grafica")}).json()["title"]
        != told["title"]
    )
    wrong = [
        "http://127.0.0.1:8000/", "https://otro.example/grafica/inicio/-/dinero-por-anio/", "x",
        whole_address.replace("anio", "siglo"), whole_address.replace("inicio", "nada"),
    ]  # fmt: skip
    assert {client.get("/oembed", {"url": url}).status_code for url in wrong} == {404}
    assert client.get("/oembed", {"url": whole_address, "format": "xml"}).status_code == 501


def test_pages_show_their_charts_with_table_and_code(w, client: Client):
    key = PurchaseCard.objects.first().buyer_key
    for path, kind, name in (("/", "inicio", "dinero-por-procedimiento"), (f"/u/{key}/", "comprador", "proveedores")):
        text = client.get(path).content.decode()
        assert f'id="g-{kind}-{name}"' in text
        assert "&lt;iframe src=" in text
        assert f"{name}.csv" in text


def test_a_share_that_is_no_whole_percent_is_told_and_a_body_draws_what_its_page_sums(w, client: Client):
    card = PurchaseCard.objects.filter(amount_kind="contract").first()
    other = {"ocid": "ocds-otra-1", "method": "direct", "amount_centavos": card.amount_centavos // 2 + 1}
    PurchaseCard.objects.create(**{**{f.name: getattr(card, f.name) for f in card._meta.fields}, **other})
    assert "66.7" in client.get("/").content.decode()
    assert "66.7" in client.get(f"/u/{card.buyer_key}/").content.decode()
