# SPDX-License-Identifier: Apache-2.0
"""A book tells what SQL over the store tells; it is made whole or not at all, and holds nobody's private number."""

from __future__ import annotations

import pytest

from vitrina.insight.store import views
from vitrina.profiles import current, making
from vitrina.profiles.shapes import share
from vitrina.search import finding, national
from vitrina.search.finding import Wanted
from vitrina.search.folder import Folder

from .stores import COMPANY, PERSON, told_store

# Of each contract, written from the store and not from the code: who, what, where, when, how much.
_INDEPENDENT = """
CREATE TABLE seen AS SELECT c.rid, c.contract_no, r.buyer_id AS buyer, r.pe_id AS unit, i.class_id AS item,
  CASE WHEN t.state LIKE 'COAHUILA%' THEN 'Coahuila' WHEN t.state IS NOT NULL THEN t.state ELSE 'Ciudad de México' END AS place,
  x.id AS supplier, year(coalesce(c.date_signed_day, c.start_day)) AS year, r.method,
  CASE WHEN c.currency = 'MXN' THEN c.centavos END AS centavos, c.currency <> 'MXN' AS is_foreign,
  a.date_day - r.tender_start_day AS days, m.met > m.due AS is_late, i.unit_price AS price,
  (SELECT count(*) FROM bid b WHERE b.rid = c.rid) AS bids
FROM contract c, release r, award a, award_supplier x, award_item i, tender_item t
LEFT JOIN milestone m ON m.rid = t.rid WHERE c.rid = r.rid AND a.rid = r.rid AND x.rid = r.rid AND i.rid = r.rid AND t.rid = r.rid
  AND (m.rid IS NULL OR m.contract_no = c.contract_no OR c.contract_no = 1)
"""
_COLUMN = {"buyer": "buyer", "unit": "unit", "place": "place", "market": "item", "supplier": "supplier"}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    """(store, root, connection that sees the store)."""
    place = tmp_path_factory.mktemp("profiles")
    store, root = told_store(place / "store"), place / "search"
    making.load(store, root)
    with views.connected(store) as engine:
        engine.execute(_INDEPENDENT)
        engine.execute("UPDATE seen SET is_late = NULL WHERE contract_no = 1")
        yield store, root, engine


def keys(book, kind):
    return [row.key for row in book.listed(kind, size=100).rows] if kind != "supplier" else [
        f"MX-RFC-{COMPANY}", "P4", "MX-RFC-LTO010101AA1"]  # fmt: skip


@pytest.mark.parametrize("kind", ["buyer", "unit", "place", "market", "supplier"])
def test_figures_are_those_of_the_store(loaded, kind):
    _store, root, engine = loaded
    book = current(root)
    for key in keys(book, kind):
        told = book.profile(kind, key)
        id_ = {"MX-RFC-LTO010101AA1": "P5"}.get(key, key)  # the publisher calls it so
        where = f"{_COLUMN[kind]} LIKE '{key}%'" if kind == "market" else f"{_COLUMN[kind]} = '{id_}'"
        row = engine.execute(f"""
          SELECT count(*), sum(centavos), count(centavos), count(*) FILTER (is_foreign), count(*) FILTER (method = 'direct'),
            count(*) FILTER (method = 'open'), count(*) FILTER (method = 'open' AND bids = 1), count(is_late),
            count(*) FILTER (is_late), count(days) FILTER (method = 'open'),
            quantile_disc(days, 0.5) FILTER (method = 'open') FROM seen WHERE {where}""").fetchone()
        f = told.figures
        assert (
            f.n, f.centavos, f.n_amount, f.n_foreign, told.methods.get("direct", (0, 0))[0], f.n_bids, f.n_single, f.n_due,
            f.n_late, f.days.n if f.days else 0, f.days.median if f.days else None,
        ) == row, key  # fmt: skip
        by_year = engine.execute(
            f"SELECT year, count(*), sum(centavos) FROM seen WHERE {where} GROUP BY 1 ORDER BY 1"
        ).fetchall()
        assert [(y.year, y.n, y.centavos) for y in told.years] == by_year
        for other in set(told.tops) - {"market", "supplier"}:
            top = engine.execute(f"""SELECT {_COLUMN[other]}, count(*), coalesce(sum(centavos), 0) FROM seen WHERE {where}
              GROUP BY 1 ORDER BY 3 DESC, 2 DESC LIMIT 10""").fetchall()
            assert sorted((p.key, p.n, p.centavos) for p in told.tops[other].rows) == sorted(top), (key, other)


def test_prices_have_the_quartiles_of_their_three_years(loaded):
    _store, root, engine = loaded
    book = current(root)
    told = book.prices("25301-0009", "pieza ", 2021)
    want = engine.execute("""SELECT count(*), min(price), quantile_cont(price, 0.25), median(price), quantile_cont(price, 0.75),
      max(price) FROM seen WHERE item = '25301-0009' AND year BETWEEN 2019 AND 2021 AND contract_no = 0""").fetchone()
    assert (told.n, told.least, told.q1, told.median, told.q3, told.most) == want
    assert sum(told.bins) == told.n
    assert book.prices("25301-0009", "CAJA", 2021) is None
    paid = book.profile("unit", "MX-UC-050GYR047").paid
    assert [one.peers.year for one in paid] == [2022] * len(paid)
    assert (
        paid[0].n
        == engine.execute(
            "SELECT count(*) FROM seen WHERE unit = 'MX-UC-050GYR047' AND item = ? AND year > 2019", [paid[0].item]
        ).fetchone()[0]
    )


def test_the_search_counts_what_a_profile_counts_and_its_largest_contracts_are_there(loaded):
    _store, root, _engine = loaded
    book, index = current(root), Folder(national.current(root)).open()
    for kind, key in (("buyer", "MX-INST-050GYR"), ("place", "Sonora"), ("place", "Ciudad de México")):
        told = book.profile(kind, key)
        found = finding.find([index], Wanted(filters={kind: (key,)}))
        assert (told.figures.n, told.figures.centavos) == (found.total, found.contracted)
    bodies = [finding.one(index, key) for key in book.profile("country", "").largest]
    assert [body["centavos"] for body in bodies] == [100_000 * k for k in range(60, 52, -1)]


def test_flags_count_for_contracts_and_stand_with_whom_they_are_about(loaded):
    _store, root, _engine = loaded
    book = current(root)
    (flag,) = book.profile("country", "").flags
    assert (flag.rule.code, flag.n, flag.of, flag.rule.flagged, flag.rule.judged) == ("R018", 4, 61, 4, 40)
    assert flag.rule.title.es != "R018" and flag.rule.innocent
    assert [(f.rule.code, f.is_own, f.value, f.peer_n) for f in book.profile("supplier", "P4").flags if f.is_own] == [
        ("R048", True, 7.0, 40)]  # fmt: skip
    assert [f.rule.code for f in book.raised("ocds-y-3")] == ["R018"]
    assert book.raised("ocds-y-4") == []
    assert book.rule("R999") is None


def test_lists_are_found_by_rfc_and_that_of_a_person_is_nowhere(loaded):
    _store, root, _engine = loaded
    book = current(root)
    (tax,) = book.profile("supplier", f"MX-RFC-{COMPANY}").mentions
    assert (tax.list, tax.kind, str(tax.start), str(tax.cut)) == ("tax", "presumed", "2021-03-04", "2023-01-01")
    largest = book.profile("unit", "MX-UC-050GYR048").tops["supplier"].rows
    (person,) = [row for row in largest if row.name == "Ana Gómez Inventada"]
    (sanction,) = book.profile("supplier", person.key).mentions
    assert (sanction.authority, book.profile("supplier", person.key).rfc) == ("Contraloría Inventada", "")
    assert person.key.startswith("MX-NOMBRE-")
    assert PERSON.encode() not in book.path.read_bytes()
    assert COMPANY.encode() in book.path.read_bytes()


def test_lists_are_ordered_searched_and_paged(loaded):
    _store, root, _engine = loaded
    book = current(root)
    assert [row.name for row in book.listed("unit", order="name").rows] == ["Clínica 0", "Clínica 1", "Clínica 2"]
    assert [row.key for row in book.listed("unit", text="clinica 050gyr048").rows] == ["MX-UC-050GYR048"]
    amounts = [row.centavos for row in book.listed("market", size=3).rows]
    assert amounts == sorted(amounts, reverse=True)
    assert book.listed("market", first=1, size=1).rows == book.listed("market", size=2).rows[1:]
    assert [part.key for part in book.profile("market", "25301-0009").above] == ["25", "253", "25301"]
    assert [part.key for part in book.profile("market", "25301").below.rows] == ["25301-0010", "25301-0009"]
    assert book.profile("market", "99") is None


def test_a_making_that_is_cut_off_leaves_the_former_in_place(loaded, tmp_path, monkeypatch):
    root, store = tmp_path / "search", told_store(tmp_path / "store", n=12)
    making.load(store, root)
    assert making.make(store, national.current(root)) is False
    monkeypatch.setattr(making.prices, "build", lambda *_: (_ for _ in ()).throw(OSError("no room")))
    other = told_store(tmp_path / "other", n=9)

    with pytest.raises(OSError, match="no room"):
        making.load(other, root)

    assert current(root).profile("country", "").figures.n == 13
    assert not list(root.rglob("*.part"))
    monkeypatch.undo()
    making.load(other, root)
    assert current(root).profile("country", "").figures.n == 10


def test_a_share_of_few_is_not_told():
    assert (share(2, 4), share(0, 0), share(1, 5)) == (None, None, 20.0)
