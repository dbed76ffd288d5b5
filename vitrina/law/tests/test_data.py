# SPDX-License-Identifier: Apache-2.0
"""The data themselves: complete rows, no contradictions, a sentence for each key, docs that are current."""

from datetime import date
from itertools import product
from pathlib import Path

import pytest

from vitrina.law import BadRulebook, UnknownValue, explain, rule, rulebook, rules
from vitrina.law.docs import questions, questions_page, rules_page
from vitrina.law.explain import sentences
from vitrina.law.loader import DATA, Tables, load, overlay, parse_row, refuse_contradictions, tables
from vitrina.law.model import Rule

DOCS = Path(__file__).parents[3] / "docs" / "law"
ROWS = [row for group in tables().rows.values() for row in group]
ROW = {
    "key": "term.test.min",
    "value": 5,
    "unit": "natural_days",
    "law": "LAASSP-2025",
    "article": "1",
    "from": date(2025, 4, 17),
    "certainty": "S",
    "severity": "justify",
    "source_note": "a test",
}


def rows_of(*changes):
    laws = tables().laws
    return {"term.test.min": tuple(parse_row({**ROW, **change}, laws, f"row {i}") for i, change in enumerate(changes))}


def test_every_row_with_a_value_has_article_certainty_and_source():
    assert len(ROWS) > 300
    for row in ROWS:
        assert row.note, row.where
        assert row.law in tables().laws
        if not row.unknown:
            assert row.article, row.where
            assert row.certainty in "DRSMmP", row.where
        assert row.question in {0, *(q["number"] for q in questions())}


def test_unverified_rows_do_not_pretend_to_be_read():
    assert not [row.where for row in ROWS if row.law == "LAASSP-2025" and row.certainty == "R" and row.article != "46"]


@pytest.mark.parametrize(
    "pair",
    [
        ({}, {"value": 6}),
        ({"applies": {"character": "N"}}, {"applies": {"procedure": "licitacion"}, "value": 6}),
        ({"applies": {"category": ["goods", "services"]}}, {"applies": {"category": ["services", "lease"]}}),
        ({"until": date(2026, 6, 1)}, {"from": date(2026, 1, 1), "value": 6}),
        (
            {"applies": {"budget_from": 0, "budget_to": 10}},
            {"applies": {"budget_from": 9, "budget_to": 20}, "value": 6},
        ),
    ],
)
def test_equally_specific_rows_that_overlap_are_refused(pair):
    with pytest.raises(BadRulebook, match="equally specific"):
        refuse_contradictions(rows_of(*pair))


@pytest.mark.parametrize(
    "pair",
    [
        ({}, {"from": date(2026, 1, 1), "value": 6}),
        ({"until": date(2026, 1, 1)}, {"from": date(2026, 1, 1), "value": 6}),
        ({}, {"applies": {"character": "N"}, "value": 6}),
        ({"applies": {"character": "N"}}, {"applies": {"character": "T"}, "value": 6}),
        ({"applies": {"budget_from": 10}}, {"applies": {"budget_from": 0, "budget_to": 10}, "value": 6}),
        ({"applies": {"budget_to": 10}}, {"applies": {"budget_from": 10, "budget_to": 20}, "value": 6}),
        ({}, {"law": "LAASSP-2000", "from": date(2000, 1, 4), "value": 6}),
    ],
)
def test_rows_that_an_order_settles_are_accepted(pair):
    refuse_contradictions(rows_of(*pair))


def test_a_change_of_the_law_is_a_later_row_and_leaves_older_procedures_alone():
    later = rows_of({}, {"from": date(2026, 7, 1), "value": 6})
    data = Tables(tables().laws, {**tables().rows, **later})
    before = Tables(tables().laws, {**tables().rows, **rows_of({})})
    book = rulebook(date(2026, 1, 5), data=data)
    assert book.digest == rulebook(date(2026, 1, 5), data=before).digest
    assert rulebook(date(2026, 8, 1), data=data).digest != rulebook(date(2026, 8, 1), data=before).digest
    values = [rule("term.test.min", at=day, data=data).value for day in (date(2026, 6, 30), date(2026, 7, 1))]
    assert values == [5, 6]
    assert rule("term.test.min", at=date(2026, 8, 1), rulebook=book, data=data).value == 5


@pytest.mark.parametrize(
    "wrong",
    [
        {"law": "NO-LAW"},
        {"article": ""},
        {"unit": "days"},
        {"severity": "stop"},
        {"certainty": "?"},
        {"certainty": "S+D"},
        {"unknown": True},
        {"applies": {"colour": "red"}},
        {"applies": {"character": "X"}},
        {"from": "soon"},
        {"until": date(2025, 4, 17)},
        {"colour": "red"},
        {"source_note": ""},
    ],
)
def test_a_bad_row_is_refused_with_its_place(wrong):
    with pytest.raises((BadRulebook, ValueError), match=r"row 0|isoformat"):
        rows_of(wrong)


def test_a_broken_file_is_named(tmp_path):
    (tmp_path / "mx").mkdir()
    (tmp_path / "mx" / "laws.toml").write_text("[[law]\n")
    with pytest.raises(BadRulebook, match=r"mx/laws\.toml"):
        load(tmp_path)


def test_each_real_kind_of_procedure_has_one_answer_for_each_term():
    days = (date(2020, 10, 13), date(2025, 4, 16), date(2025, 4, 17), date(2026, 2, 1))
    kinds = product(("licitacion_publica", "invitacion_tres_personas", "adjudicacion_directa"), "NTI")
    for (procedure, character), category, day in product(list(kinds), ("goods", "services", "lease", "works"), days):
        for key in (key for key in tables().rows if key.startswith("term.")):
            try:
                found = rules(key, at=day, procedure=procedure, character=character, category=category)
            except LookupError:
                continue
            assert len(found) == 1, (key, procedure, character, category, day)


def test_every_key_has_its_sentence_in_both_languages():
    spoken = sentences()["rule"]
    assert set(spoken) == set(tables().rows)
    for row in ROWS:
        found = Rule.of(row, tables().laws[row.law])
        for lang in ("es", "en"):
            text = explain(found, lang)
            assert "{" not in text
            assert "None" not in text
            if not row.unknown:
                words = {"es": "no verificado por un abogado", "en": "not verified by a lawyer"}
                assert text.endswith(words[lang])
    for name, phrase in spoken.items():
        assert phrase["es"] != phrase["en"], name
        assert "{v}" in phrase["es"]
        assert "{v}" in phrase["en"]


def test_enum_and_list_words_are_translated():
    words = sentences()["word"]
    raw = {v for row in ROWS if row.unit == "enum" for v in [row.value]} | {
        v
        for row in ROWS
        if row.unit == "list" and row.key.startswith(("procedure.", "evaluation."))
        for v in row.value
    }
    assert not {word for word in raw if "_" in word and " " not in word and word not in words}


@pytest.mark.parametrize(
    ("key", "words", "es", "en"),
    [
        (
            "term.publication_to_opening.min",
            {"procedure": "licitacion", "character": "N"},
            (
                "15 días naturales entre convocatoria y apertura, art. 42 LAASSP-2025, fuente secundaria, "
                "no verificado por un abogado"
            ),
            "15 calendar days between call and opening, art. 42 LAASSP-2025, secondary source, not verified by a lawyer",
        ),
        (
            "term.clarification_to_opening.min",
            {"procedure": "I3P"},
            (
                "al menos 3 días naturales entre la última junta de aclaraciones y la apertura, "
                "art. 114 del Reglamento de LAASSP-2025, fuente secundaria, no verificado por un abogado"
            ),
            (
                "at least 3 calendar days between the last clarification meeting and the opening, "
                "art. 114 of the Reglamento of LAASSP-2025, secondary source, not verified by a lawyer"
            ),
        ),
        (
            "term.award_to_signature.max",
            {},
            (
                "hasta 15 días hábiles entre fallo y firma del contrato, art. 46 LAASSP-2000 (artículo de LAASSP-2025 "
                "no leído), fuente secundaria, no verificado por un abogado"
            ),
            (
                "up to 15 working days between award and signature of the contract, art. 46 LAASSP-2000 (article of "
                "LAASSP-2025 not read), secondary source, not verified by a lawyer"
            ),
        ),
    ],
)
def test_the_sentence_of_a_page(key, words, es, en):
    found = rule(key, at=date(2026, 1, 5), **words)
    assert explain(found, "es-mx") == es
    assert explain(found, "en") == en
    facts = {"days": 1, "start": date(2026, 1, 5), "end": date(2026, 1, 6)}
    assert "del 5 de enero de 2026 al 6 de enero de 2026, 1 día" in explain(found, "es", facts)


def test_a_buyer_fills_an_unknown_and_only_an_unknown():
    recorded = {
        **ROW,
        "key": "term.publication_to_opening.min",
        "law": "COAH-LAACSEC",
        "from": date(2026, 1, 1),
        "article": "57",
        "certainty": "R",
        "applies": {"procedure": "licitacion", "character": "N"},
        "responsible": "la convocante, oficio 12/2026",
    }
    data = overlay([recorded])
    asked = {"at": date(2026, 1, 5), "jurisdiction": "coah", "procedure": "licitacion", "data": data}
    found = rule("term.publication_to_opening.min", character="N", **asked)
    assert found.value == 5
    assert explain(found).endswith("texto original leído, registrado por la convocante, oficio 12/2026")
    with pytest.raises(UnknownValue):
        rule("term.publication_to_opening.min", character="T", **asked)
    with pytest.raises(UnknownValue):
        rule("term.publication_to_opening.min", at=date(2026, 1, 5), jurisdiction="coah", procedure="licitacion")
    with pytest.raises(BadRulebook, match="responsibility"):
        overlay([{**recorded, "responsible": ""}])
    with pytest.raises(BadRulebook, match="already has a value"):
        overlay([{**recorded, "law": "LAASSP-2025"}])


@pytest.mark.parametrize(("name", "page"), [("rules.md", rules_page), ("open-questions.md", questions_page)])
def test_the_generated_pages_are_current(name, page):
    assert (DOCS / name).read_text("utf-8") == page(), "run: vitrina law docs docs/law"


def test_the_data_folder_holds_the_three_jurisdictions():
    assert {path.name for path in DATA.iterdir() if path.is_dir()} == {"mx", "coah", "son"}
