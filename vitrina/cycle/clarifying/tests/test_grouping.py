# SPDX-License-Identifier: Apache-2.0
"""Which questions are one: planted duplicates are found, and no distinct question is put with another."""

import random
from fractions import Fraction

import pytest

from vitrina.cycle.clarifying.flood import Flood, floods, tally
from vitrina.cycle.clarifying.grouping import Asked, alike, group
from vitrina.cycle.clarifying.tests.planted import KINDS, measure, plant
from vitrina.cycle.clarifying.wording import wording

BASE = "En el numeral 4.2 se piden 12 meses. ¿Se acepta copia simple del registro sanitario de la partida 3?"


def together(*texts, who="Cedro"):
    return [[int(i) for i in ids] for ids in group([Asked(str(n), f"{who}{n}", t) for n, t in enumerate(texts)])]


@pytest.mark.parametrize("seed", [1, 2])
def test_planted_duplicates_are_grouped_and_no_distinct_question_is(seed):
    planted = plant(seed, questions=260, copies=420)
    found = measure(planted, group(planted.asked))
    assert found.planted.keys() == KINDS.keys()
    assert found.astray == [], "a distinct question was put with another"
    assert found.share >= 0.95, found.grouped
    assert min(found.grouped[k] / n for k, n in found.planted.items()) >= 0.8, (found.grouped, found.planted)


def test_groups_do_not_depend_on_names_and_every_question_stands_once():
    planted = plant(3, questions=60, copies=120)
    groups = group(planted.asked)
    assert sorted(i for ids in groups for i in ids) == sorted(planted.truth)
    assert all(ids == sorted(ids) for ids in groups)
    assert [ids[0] for ids in groups] == sorted(ids[0] for ids in groups)
    renamed = [a._replace(id=f"{n:09d}") for n, a in enumerate(planted.asked)]
    names = {a.id: b.id for a, b in zip(planted.asked, renamed, strict=True)}
    assert group(renamed) == [[names[i] for i in ids] for ids in groups]


@pytest.mark.parametrize(
    "other",
    [
        BASE,
        BASE.upper(),
        BASE.replace("¿", "").replace("?", "").replace("í", "i"),
        f"Buenos días. Se solicita a la convocante: {BASE} Gracias.",
        f"Pregunta 17: {BASE}",
        f"P-17. {BASE}",
        f"17) {BASE}",
        "¿Se acepta copia simple del registro sanitario de la partida 3? En el numeral 4.2 se piden 12 meses.",
        BASE.replace("copia", "\n\ncopia"),
        BASE.replace("sanitario", "sanitaro"),
        BASE.replace("sanitario", "sanitraio").replace("numeral", "numerral"),
        BASE.replace("registro", "regisrto"),
    ],
)
def test_the_same_question_in_another_dress(other):
    assert together(BASE, "¿Cuándo es la visita?", other) == [[0, 2], [1]]


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (BASE, BASE.replace("12", "13")),
        (BASE, BASE.replace("4.2", "4.20")),
        (BASE, BASE.replace("partida 3", "partida 30")),
        (BASE, BASE.replace("meses", "semanas")),
        (BASE, BASE.replace("¿Se", "¿No se")),
        (BASE, BASE.replace("simple", "certificada")),
        ("¿Se acepta la norma NOM-059-SSA1-2015?", "¿Se acepta la norma NOM-059-SSA1-2006?"),
        ("¿Se surte en envase de 5 ml?", "¿Se surte en envase de 5 mg?"),
        ("¿Cuántas camas pide la partida?", "¿Cuántas cajas pide la partida?"),
        ("¿La entrega es el 30 de junio?", "¿La entrega es el 30 de julio?"),
        ("¿Es legal la cesión del contrato?", "¿Es ilegal la cesión del contrato?"),
        ("¿La entrega va con flete?", "¿La entrega va sin flete?"),
        ("¿El lote 3 requiere 5 muestras del reactivo?", "¿El lote 5 requiere 3 muestras del reactivo?"),
        ("¿El proveedor indemniza al hospital por el daño?", "¿El hospital indemniza al proveedor por el daño?"),
        ("33. ¿Se puede cumplir de otra forma?", "34. ¿Se puede cumplir de otra forma?"),
        ("¿Se paga en pesos o en dólares?", "¿Se paga en pesos y en dólares?"),
        ("¿El artículo 33 aplica?", "¿El artículo 33 Bis aplica?"),
        ("¿Se acepta 1,000 piezas?", "¿Se acepta 10,000 piezas?"),
        ("", "¿?"),
    ],
)
def test_one_thing_off_is_another_question(a, b):
    assert together(a, b) == [[0], [1]]


def test_a_number_that_counts_on_is_the_place_in_a_list():
    lists = [("Cedro", 1), ("Cedro", 2), ("Roble", 8), ("Roble", 9)]
    texts = {1: "¿Se acepta otra marca?", 2: "¿Hay visita?", 8: "¿Se acepta otra marca?", 9: "¿Hay visita?"}
    asked = [Asked(str(n), who, f"{n}.- {texts[n]}") for who, n in lists]
    assert group(asked) == [["1", "8"], ["2", "9"]]


def test_what_could_be_an_error_of_two_stays_alone():
    texts = [
        "¿Se entrega la gaza estéril mensual?",
        "¿Se entrega la garza estéril mensual?",
        "¿Se entrega la garaza estéril mensual?",
    ]
    assert together(*texts)[0] != [0, 1, 2]


def test_wordings_keep_codes_and_drop_courtesies():
    assert wording("Estimada convocante: ¿Se acepta 5ml de la clave 010.000.0104.00? Gracias").words == (
        "acepta", "5", "ml", "clave", "010.000.0104.00",
    )  # fmt: skip
    assert wording("Gracias").words == ("gracias",), "nothing but courtesy is left as it is"


def test_what_looks_alike_is_offered_nearest_first():
    texts = ["¿Cuándo es la visita?", BASE.replace("12", "13"), "¿Quién firma?", BASE.replace("simple", "certificada")]
    assert list(alike(BASE, texts)) == [1, 3]


def test_floods_by_the_rule():
    rng = random.Random(5)
    askers = ["Cedro"] * 30 + ["Roble"] * 70
    rng.shuffle(askers)
    groups = [[n] for n in range(60)] + [list(range(60, 100))]
    counted = tally(askers, groups)
    assert [(f.who, f.questions, f.of) for f in counted] == [("Roble", 70, 100), ("Cedro", 30, 100)]
    assert sum(f.repeated for f in counted) == 39
    rule = {"least": 10, "share_of_one": "1/2", "share_repeated": "99/100"}
    assert [f.who for f in floods(counted, rule)] == ["Roble"]
    assert floods(counted, rule | {"least": 71}) == []
    half = [Flood("Jade", 50, 25, 100)]
    assert floods(half, rule) == [], "half of all is not more than half"
    assert floods(half, rule | {"share_repeated": "1/2"}) == half
    assert Fraction(rule["share_of_one"]) == Fraction(1, 2)
