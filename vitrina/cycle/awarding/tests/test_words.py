# SPDX-License-Identifier: Apache-2.0
"""What a ruling and the explanation to a bidder say, in Spanish."""

from dataclasses import replace
from datetime import date

import pytest
from django.utils import translation

from tests.worlds.awarding import RULED, reach_awarding, rule_on
from tests.worlds.base import world
from tests.worlds.evaluation import reach_evaluation
from tests.worlds.once import built_once, rolled_back
from vitrina.cycle.awarding import queries
from vitrina.cycle.awarding.explanation import protest_window
from vitrina.cycle.awarding.outcome import outcome
from vitrina.cycle.awarding.reasons import reason_for
from vitrina.cycle.core.models import Process
from vitrina.cycle.evaluation.assessment import ResultView
from vitrina.kernel.money import Money
from vitrina.parties.models import Supplier

whole = built_once(lambda: (w := world(), reach_evaluation(w)))


@pytest.fixture
def w(whole):
    with translation.override("es"), rolled_back():
        yield whole[0]


@pytest.fixture
def process(w, whole):
    """A purchase whose three bids were judged: 54.90, 51.30 and 57.75."""
    return Process.objects.select_related("unit", "buyer").get(ocid=whole[1].ocid)


@pytest.fixture
def awarded(w, process):
    """The same with its ruling."""
    rule_on(w, process)
    return Process.objects.get(ocid=process.ocid)


def plain(text):
    return text.replace("\u00a0", " ")


def reasons(process):
    standings = (s for lot in queries.ruling_entry(process).event.lots for s in lot.standings)
    return [plain(s.reason) for s in standings]


def test_each_bidder_reads_its_place_and_the_gap_per_unit(w):
    process = reach_awarding(w, offers={0: "51.60", 1: "51.30", 2: "57.75"})
    assert reasons(process) == [
        "Cumple todo al precio más bajo: $51.30 por prueba ($21,135,600.00 sin IVA).",
        "Quedó en segundo lugar, a $0.30 por prueba.",
        "Quedó en tercer lugar, a $6.45 por prueba.",
    ]


def test_who_does_not_meet_a_requirement_reads_which_and_why(w):
    fails = {(0, 1, 1): "Venció en marzo", (1, 1, 1): "Venció en marzo"}
    process = reach_awarding(w, fails=fails)
    assert reasons(process)[-1] == (
        "No cumple «Registro sanitario vigente», a juicio de 2 de 3 personas evaluadoras: Venció en marzo."
    )


def test_who_is_rejected_for_its_price_reads_the_figures_once(w):
    process = reach_awarding(w, offers={0: "54.90", 1: "70.00"})
    assert reasons(process) == [
        "Es la única proposición que cumple todo: $54.90 por prueba ($22,618,800.00 sin IVA).",
        (
            "Ofreció $28,840,000.00; el precio aceptable más alto es $26,512,200.00: la mediana de la investigación de "
            "mercado, $24,102,000.00, más 10 %. Se desecha por su precio."
        ),
    ]


def test_a_tie_says_what_decided_it(w):
    process = reach_awarding(w, offers={0: "51.30", 1: "51.30"})
    won, lost = reasons(process) if "ganó por" in reasons(process)[0] else reversed(reasons(process))
    assert (
        won
        == "Empató en el precio más bajo, $51.30 por prueba ($21,135,600.00 sin IVA), y ganó por ser pequeña empresa."
    )
    assert lost.endswith("; ganó Reactivos Valle Hondo, S.A. de C.V. por ser pequeña empresa.")


def test_a_draw_says_that_anybody_can_repeat_it(w):
    Supplier.objects.update(size="")
    process = reach_awarding(w, offers={0: "51.30", 1: "51.30"})
    assert all("en el sorteo público, que cualquiera puede repetir" in reason for reason in reasons(process))


def test_the_sentence_of_the_act(awarded):
    event = queries.ruling_entry(awarded).event
    assert event.sentence() == "La compra se adjudicó a Reactivos Valle Hondo, S.A. de C.V. por $21,135,600.00 sin IVA"
    assert event.detail() == "A los 13 días de la apertura; el máximo es 20 (art. 35-III)."
    with translation.override("en"):
        assert event.detail() == "13 days after the opening; the maximum is 20 (art. 35-III)."


def test_a_deserted_lot_and_a_deserted_tender(w):
    process = reach_awarding(w, lots=2, offers={0: {1: "54.90"}})
    event = queries.ruling_entry(process).event
    assert event.detail().startswith("La partida 2 quedó desierta.")
    assert event.lots[1].reason == "No se recibió ninguna proposición para la partida."


def test_the_losing_bidder_reads_place_figures_reason_and_last_day_to_protest(w):
    process = reach_awarding(w, offers={0: "51.60", 1: "51.30"})
    told = queries.explanation_for(process, "biomedica-tres-lunas")
    (lot,) = told.lots
    assert (lot.place, lot.has_won, lot.winner, plain(lot.gap)) == (
        2,
        False,
        "Reactivos Valle Hondo, S.A. de C.V.",
        "$0.30 por prueba",
    )
    assert told.protest_until == date(2020, 11, 3)  # six working days from Monday 26 October
    assert plain(told.text) == (
        "Usted no ganó la partida 1. Quedó en segundo lugar, a $0.30 por prueba. "
        "Ganó Reactivos Valle Hondo, S.A. de C.V. con $21,135,600.00 sin IVA; usted ofreció $21,259,200.00.\n\n"
        "Puede inconformarse con el fallo hasta el 3 de noviembre de 2020: 6 días hábiles desde el fallo (art. 65)."
    )


def test_the_winner_reads_that_it_won(awarded):
    told = queries.explanation_for(awarded, "reactivos-valle-hondo")
    assert (told.has_lost, told.lots[0].gap) == (False, "")
    assert told.text.startswith("Usted ganó la partida 1.")


def test_who_did_not_bid_is_told_nothing(w):
    assert queries.explanation_for(reach_awarding(w, offers={0: "54.90"}), "diagnosticos-ocotal") is None


def test_a_lot_of_several_items_is_compared_by_its_total():
    def view(bid, centavos, place):
        return ResultView(1, bid, bid.lower(), bid, Money(centavos), True, place, (), ())

    found = outcome(1, [view("A", 100_00, 1), view("B", 123_45, 2)], sizes={}, order=[], seed="")
    with translation.override("es"):
        assert (
            reason_for(found.results[1], found, None) == "Quedó en segundo lugar, a $23.45 en el total de la partida."
        )
        eleventh = replace(found.results[1], place=11)
        assert reason_for(eleventh, found, None).startswith("Quedó en el lugar 11, a $23.45")


def test_nothing_is_explained_before_the_ruling(process):
    assert queries.explanation_for(process, "biomedica-tres-lunas") is None


def test_where_nobody_has_read_the_term_no_day_is_invented(awarded):
    awarded.rulebook = "mx/LAASSP-2025@2026-01-05"
    until, rule, text = protest_window(awarded, RULED)
    assert (until, rule) == (None, None)
    assert "no se conoce el valor de term.protest.max" in text
