# SPDX-License-Identifier: Apache-2.0
"""What a reader sees: amounts, days and hours in both languages, and the words for what is missing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation

from vitrina.kernel import formats
from vitrina.kernel.money import Money

NBSP = "\u00a0"
OPENING = datetime(2020, 10, 13, 16, 0, tzinfo=UTC)  # 11:00 in Ciudad de México, summer time still in force
AMOUNT = Money(2_113_560_000)


def shown(source: str, lang: str = "es", **context: object) -> str:
    """The text of a template in a language, with plain spaces."""
    with translation.override(lang):
        return Template("{% load vitrina %}" + source).render(Context(context)).replace(NBSP, " ")


@pytest.mark.parametrize(
    ("source", "spanish", "english"),
    [
        ("{{ m|money }}", "$21,135,600.00", "MXN 21,135,600.00"),
        ('{{ m|money:"full" }}', "$21,135,600.00 MXN", "MXN 21,135,600.00"),
        ("{{ usd|money }}", "$1,234.05 USD", "USD 1,234.05"),
        ("{{ debt|money }}", "−$0.09", "−MXN 0.09"),
        ("{{ m|aboutmoney }}", "21.1 millones de pesos", "21.1 million pesos"),
        ("{{ at|day }}", "13 de octubre de 2020", "13 October 2020"),
        ("{{ at|dayname }}", "martes 13 de octubre de 2020", "Tuesday 13 October 2020"),
        ("{{ at|daymonth }}", "13 de octubre", "13 October"),
        ("{{ at|shortday }}", "mar 13 oct", "Tue 13 Oct"),
        ("{{ at|numday }}", "13/10/2020", "13 Oct 2020"),
        ("{{ at|clocktime }}", "11:00 h", "11:00 h"),
        ("{{ at|clocktime_seconds }}", "11:00:00 h", "11:00:00 h"),
        ("{{ at|daytime }}", "13 de octubre de 2020, 11:00 h (Ciudad de México)", "13 October 2020, 11:00 h (Mexico City)"),
        ('{{ at|daytime:"America/Hermosillo" }}', "13 de octubre de 2020, 09:00 h (Hermosillo)", "13 October 2020, 09:00 h (Hermosillo)"),
        ("{{ at|iso }}", "2020-10-13T16:00:00Z", "2020-10-13T16:00:00Z"),
        ("{{ share|percent }}", "14.6 %", "14.6%"),
        ("{{ seq|proof }}", "n.º 8,412,929", "no. 8,412,929"),
        ("{{ left|remaining }}", "3 h 20 min", "3 h 20 min"),
        ('{{ "S"|certainty }}', "fuente secundaria", "secondary source"),
        ('{{ "x"|certainty }}', "no se sabe", "not known"),
        ("{{ nothing|money }}", "sin dato", "no data"),
    ],
)  # fmt: skip
def test_filters_speak_both_languages(source: str, spanish: str, english: str) -> None:
    values = {
        "m": AMOUNT, "usd": Money(123_405, "USD"), "debt": Money(-9), "at": OPENING, "share": Decimal("14.60"),
        "seq": 8_412_929, "left": timedelta(hours=3, minutes=20), "nothing": None,
    }  # fmt: skip

    assert (shown(source, **values), shown(source, "en", **values)) == (spanish, english)


def test_a_number_never_parts_from_its_unit() -> None:
    breakable = [
        formats.money(AMOUNT, full=True),
        formats.clock_time(OPENING),
        formats.percent(15),
        formats.ledger_number(7),
    ]

    assert not [text for text in breakable if " " in text]


@pytest.mark.parametrize(
    ("centavos", "words"),
    [
        (6_601_234_567_800, "66 mil millones de pesos"),
        (100_000_000_000_000, "1 billón de pesos"),
        (99_999, "1,000 pesos"),
        (99_996_000_000, "1,000 millones de pesos"),
        (100, "1 peso"),
    ],
)
def test_prose_counts_thousands_of_millions_and_never_calls_them_billones(centavos: int, words: str) -> None:
    assert formats.about_money(centavos).replace(NBSP, " ") == words


@pytest.mark.parametrize(
    ("value", "text"), [(412_000, "412,000"), (Decimal("412000.000"), "412,000"), ("0.5", "0.5"), (0, "0")]
)
def test_numbers_show_only_the_decimals_that_say_something(value: object, text: str) -> None:
    assert formats.number(value) == text  # type: ignore[arg-type]


def test_a_date_has_no_zone_and_an_instant_needs_one() -> None:
    assert formats.day(date(2020, 1, 1)) == formats.day(datetime(2020, 1, 2, 5, 59, tzinfo=UTC))
    with pytest.raises(ValueError, match="needs a zone"):
        formats.day(datetime(2020, 1, 1))  # noqa: DTZ001 - the mistake itself


@pytest.mark.parametrize("bad", ["NaN", "1e999999999999", "Infinity", "mil"])
def test_what_is_not_a_number_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="not a number"):
        formats.number(bad)
