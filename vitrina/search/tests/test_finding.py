# SPDX-License-Identifier: Apache-2.0
"""What the search finds: numbers in any spelling, typing errors, synonyms, Spanish forms; counts, filters, orders."""

from __future__ import annotations

import pytest

from vitrina.search import synonyms
from vitrina.search.entry import Entry, of_ledger, of_source
from vitrina.search.finding import Wanted, by_buyer, find, one
from vitrina.search.folder import Busy, Folder
from vitrina.search.walking import walk

from . import labelled


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return labelled.index(tmp_path_factory.mktemp("labelled"))


def test_labelled_queries_find_what_answers_them_and_little_else(folder):
    ask = labelled.first_ten(folder)

    wrong = {query: (ask(query), wanted) for kind in labelled.queries().values() for query, wanted in kind.items()
             if set(wanted) - set(ask(query))}  # fmt: skip
    scores = {kind: labelled.score(answers, ask) for kind, answers in labelled.queries().items()}

    assert not wrong
    assert min(score.precision for score in scores.values()) > 0.9, scores
    assert scores["number"].precision == 1, scores


def test_what_was_changed_of_a_query_is_told(folder):
    corrected = find([folder.open()], Wanted("reactibo para sida"))

    assert corrected.corrected == {"reactibo": "reactivo"}
    assert "virus de inmunodeficiencia humana" in corrected.also
    assert find([folder.open()], Wanted("aseo", exact=True)).total == 1
    assert find([folder.open()], Wanted("reactibo", exact=True)).total == 0
    assert find([folder.open()], Wanted("de la")).total == 0


PLACES = ("Sonora", "Coahuila")


def _entries() -> list[Entry]:
    return [
        Entry(id=f"o{n}", title=f"Guantes lote {n}", body={"id": f"o{n}"}, status="complete" if n % 3 else "active",
              place=PLACES[n % 2], buyer_key=f"B{n % 2}", buyer_name="Uno" if n < 6 else "Uno, antes Dos", year=2020 + n % 4,
              order=n, centavos=n * 10_000_000, contracted=n * 10_000_000)
        for n in range(12)
    ]  # fmt: skip


def test_two_indexes_answer_as_one(tmp_path):
    """The same rows in one index and split over two: the same counts, sums and orders."""
    rows = _entries()
    whole, left, right = (Folder(tmp_path / name) for name in ("whole", "left", "right"))
    for folder, part in ((whole, rows), (left, rows[:5]), (right, rows[5:])):
        with folder.writing() as writer:
            Folder.replace(writer, part)
    for question in (
        Wanted(), Wanted("guantes", order="recent"), Wanted("guante", {"place": ("Sonora",)}, "amount"),
        Wanted(filters={"buyer": ("B1",), "status": ("active", "complete")}), Wanted(filters={"year": ("2021", "2022")}),
    ):  # fmt: skip
        alone, together = find([whole.open()], question), find([left.open(), right.open()], question)
        assert (alone.total, alone.contracted, alone.facets) == (together.total, together.contracted, together.facets)
        if question.sorting != "best":
            assert [h.body for h in alone.hits] == [h.body for h in together.hits]

    sonora = find([whole.open()], Wanted(filters={"place": ("Sonora",)}))
    assert sonora.total == 6
    assert sonora.contracted == sum(r.contracted for r in rows if r.place == "Sonora")
    assert sonora.facets["place"] == {"Sonora": 6, "Coahuila": 6}  # what choosing the other would give
    assert sonora.facets["band"] == {"0": 3, "1": 3}
    assert by_buyer(sonora.facets["buyer"]) == {"B0": ("Uno", 6)}  # one buyer under two names
    assert find([whole.open()], Wanted(), first=10).hits[-1].body == {"id": "o0"}


def test_no_amount_is_too_large_for_the_index(tmp_path):
    folder = Folder(tmp_path / "one")
    with folder.writing() as writer:
        Folder.replace(
            writer, [Entry(id=str(n), title="vacuna", body={}, centavos=n, contracted=n) for n in (-(10**20), 10**20)]
        )
    found = find([folder.open()], Wanted("vacuna"))
    assert found.total == 2


def test_a_row_takes_the_place_of_the_former_and_a_broken_run_leaves_nothing(tmp_path):
    folder, other = Folder(tmp_path), Folder(tmp_path)
    with folder.writing() as writer:
        Folder.replace(writer, _entries())
        with pytest.raises(Busy), other.writing():
            pass
    with pytest.raises(ZeroDivisionError), folder.writing() as writer:  # noqa: PT012
        Folder.replace(writer, [Entry(id="o1", title="Perdida", body={})])
        raise ZeroDivisionError
    with folder.writing() as writer:
        Folder.replace(writer, [Entry(id="o1", title="Cubrebocas", body={"id": "new"})], gone=["o2"])

    assert other.searcher().num_docs == 11
    assert one(other.open(), "o1") == {"id": "new"}
    assert one(other.open(), "o2") is None
    assert find([other.open()], Wanted("perdida")).total == 0


def test_a_text_has_one_group_of_synonyms():
    table = synonyms.table()
    assert len(table) == sum(len(set(g.texts)) for g in {id(g): g for g in table.values()}.values())


def _walked(indexes, question, size):
    """Every id that a walk tells, and how many pages it took."""
    place, told, pages = None, [], 0
    while True:
        page = walk(indexes, question, place, size)
        told += [hit.body["id"] for hit in page.hits]
        pages += 1
        if page.place is None:
            return told, pages
        place = page.place


def test_a_walk_tells_everything_once_and_in_order_whatever_the_size_of_its_pages(tmp_path):
    """Amounts that many share, amounts that are missing, two indexes: the walk is the list, sorted."""
    rows = [
        Entry(id=f"e{n}", title="Guantes" if n % 5 else "Cubrebocas", body={"id": f"e{n}"},
              order=of_ledger(n) if n % 2 else of_source(n // 7 - 3, n), centavos=None if n % 4 == 0 else n % 3 * 100)
        for n in range(60)
    ]  # fmt: skip
    left, right = Folder(tmp_path / "left"), Folder(tmp_path / "right")
    for folder, part in ((left, rows[::2]), (right, rows[1::2])):
        with folder.writing() as writer:
            Folder.replace(writer, part)
    indexes = [left.open(), right.open()]
    by_amount = sorted(rows, key=lambda r: (-1 if r.centavos is None else r.centavos, r.order), reverse=True)
    by_day = sorted(rows, key=lambda r: r.order, reverse=True)
    for order, wanted in (("amount", by_amount), ("recent", by_day)):
        for size in (1, 7, 20, 60):
            told, pages = _walked(indexes, Wanted(order=order), size)
            assert told == [r.id for r in wanted], (order, size)
            assert pages == -(-60 // size)
        gloves, _ = _walked(indexes, Wanted("guante", order=order), 5)
        assert gloves == [r.id for r in wanted if r.title == "Guantes"], order
    best, _ = _walked(indexes, Wanted("guante"), 7)
    assert sorted(best) == sorted(gloves)
    assert best[:20] == [hit.body["id"] for hit in find(indexes, Wanted("guante")).hits]
