# SPDX-License-Identifier: Apache-2.0
"""Cell text to typed values: amounts, dates, flags, classifications. Each raises `BadValueError` with a code."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from vitrina.kernel.money import Money

from .refusals import BadValueError

# The federal portals show every hour in central time, also for units in Sonora (not stated by the source).
ZONE = ZoneInfo("America/Mexico_City")
MAX_CENTAVOS = 10**15  # 10 billones de pesos; a JSON number still carries each centavo below it
SENTINEL_YEARS = frozenset({1900, 1981})
FIRST_YEAR, LAST_YEAR = 1990, 2100
LONGEST_DATE, LONGEST_AMOUNT, LONGEST_URL = 40, 60, 2000

_AMOUNT = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3}){1,8}|[0-9]{1,20})(?:\.[0-9]{0,20})?")
_DAY = re.compile(r"(?:([0-9]{4})-([0-9]{2})-([0-9]{2})|([0-9]{1,2})[/-]([0-9]{1,2})[/-]([0-9]{4}))")
_HOUR = re.compile(r"(?:[ T]([0-9]{2}):([0-9]{2})(?::([0-9]{2})(?:\.[0-9]{1,9})?)?)? ?(GMT|Z|[+-][0-9]{2}:?[0-9]{2})?")
_CLASSIFICATION = re.compile(r"[0-9]{4,5}|[0-9]{8,9}|[0-9]{5}-[0-9]{4,5}")
_UNIT_KEY = re.compile(r"[0-9A-Z]{9}")
_NOT_URL = re.compile(r'[\s"<>]')
_URL_ID = re.compile(r"/([0-9a-f]{32})(?:/|$)|[/=]([0-9]{1,12})/?$")

# ISO 4217, in use or used since 1990 by a buyer who could appear here; the official codelist holds each of them.
_CURRENCIES = (
    "AED ARS AUD BOB BRL CAD CHF CLP CNY COP CRC CUP CZK DKK DOP EUR GBP GTQ HKD HNL HUF IDR ILS INR ISK JMD JPY KRW "
    "KWD MXN MXV MYR NIO NOK NZD PAB PEN PHP PLN PYG QAR RON RUB SAR SEK SGD THB TRY TTD TWD UAH USD UYU VES XDR ZAR"
)
CURRENCIES = frozenset(_CURRENCIES.split())
_FLAGS = {"SI": True, "SÍ": True, "1": True, "TRUE": True, "NO": False, "0": False, "FALSE": False}


class When(msgspec.Struct, frozen=True, kw_only=True):
    """A moment of the source: `on` is the local date (Mexico City), `at` the instant when an hour was published."""

    on: date
    at: datetime | None = None

    @property
    def kind(self) -> str:
        """`instant` when the hour is known, else `date`."""
        return "instant" if self.at else "date"

    def start(self) -> datetime:
        """The instant, or the first one of the date, in Mexico City time."""
        return self.at.astimezone(ZONE) if self.at else datetime(self.on.year, self.on.month, self.on.day, tzinfo=ZONE)

    def end(self) -> datetime:
        """The instant, or the last second of the date, in Mexico City time."""
        if self.at:
            return self.at.astimezone(ZONE)
        return datetime(self.on.year, self.on.month, self.on.day, 23, 59, 59, tzinfo=ZONE)


@lru_cache(maxsize=65536)
def parse_when(text: str, midnight_is_date: bool = False) -> When | None:
    """The date or instant of a cell; nothing for an empty one or for a sentinel year (1900, 1981).

    Shapes: `2026-01-31`, `31/01/2026`, `31-01-2026`, with or without `hh:mm[:ss]`. `GMT` is a label that an old
    export put after local midnight: the date is taken and the label dropped. A real offset (`+00:00`) is converted:
    `06:00+00:00` is local midnight, so a date; `05:59+00:00` is the last minute of the day before, so that date.
    With `midnight_is_date` an hour of 00:00:00 means that no hour was published.
    """
    if not text:
        return None
    day = _DAY.match(text[:LONGEST_DATE])
    hour = _HOUR.fullmatch(text, day.end()) if day and len(text) <= LONGEST_DATE else None
    if not day or not hour:
        raise BadValueError("not_a_date")
    y, m, d, d2, m2, y2 = day.groups()
    hh, mm, ss, zone = hour.groups()
    try:
        on = date(int(y or y2), int(m or m2), int(d or d2))
        moment = datetime(on.year, on.month, on.day, int(hh or 0), int(mm or 0), int(ss or 0), tzinfo=ZONE)
    except ValueError:
        raise BadValueError("not_a_date") from None
    if on.year in SENTINEL_YEARS:
        return None
    if not FIRST_YEAR <= on.year <= LAST_YEAR:
        raise BadValueError("date_out_of_range")
    if hh is None or zone == "GMT":
        return When(on=on)
    if zone:
        moment = (moment.replace(tzinfo=UTC) - _offset(zone)).astimezone(ZONE)
        if (moment.hour, moment.minute) in ((0, 0), (23, 59)):
            return When(on=moment.date())
    elif midnight_is_date and (hh, mm, ss or "00") == ("00", "00", "00"):
        return When(on=on)
    return When(on=moment.date(), at=moment.astimezone(UTC))


@lru_cache(maxsize=65536)
def parse_day(text: str) -> When | None:
    """As `parse_when`, of a column whose hour of 00:00:00 means that no hour was published."""
    return parse_when(text, midnight_is_date=True)


def _offset(zone: str) -> timedelta:
    if zone == "Z":
        return timedelta()
    sign = -1 if zone[0] == "-" else 1
    return sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[-2:]))


def parse_amount(text: str, currency: str = "MXN") -> tuple[Money | None, bool]:
    """The amount of a cell and whether it had to be rounded to the centavo (half up); nothing for an empty cell."""
    if not text:
        return None, False
    if text[0] == "-" and _AMOUNT.fullmatch(text[1:].strip()):
        raise BadValueError("negative_amount")
    if len(text) > LONGEST_AMOUNT or not _AMOUNT.fullmatch(text):
        raise BadValueError("not_an_amount")
    exact = Decimal(text.replace(",", "")) * 100
    rounded = exact.quantize(Decimal(1), rounding=ROUND_HALF_UP) if exact < MAX_CENTAVOS else exact
    if rounded >= MAX_CENTAVOS:
        raise BadValueError("amount_out_of_range")
    return Money(int(rounded), currency), rounded != exact


def parse_currency(text: str) -> str:
    """The ISO 4217 code of a cell, in capitals."""
    code = text.upper()
    if code not in CURRENCIES:
        raise BadValueError("unknown_currency")
    return code


def parse_flag(text: str) -> bool | None:
    """Yes or no of a cell (`SI`/`NO`, `1`/`0`); nothing for an empty one."""
    if not text:
        return None
    try:
        return _FLAGS[text.upper()]
    except KeyError:
        raise BadValueError("not_a_flag") from None


@lru_cache(maxsize=4096)
def parse_classifications(text: str) -> tuple[str, ...]:
    """The budget lines or CUCoP keys of a cell, each once, in order.

    >>> parse_classifications("25301, 25401, 25301")
    ('25301', '25401')
    """
    codes = tuple(dict.fromkeys(part for raw in text.replace(";", ",").split(",") if (part := raw.strip())))
    for code in codes:
        if not _CLASSIFICATION.fullmatch(code):
            raise BadValueError("bad_classification")
    return codes


def parse_unit_key(text: str) -> str | None:
    """The nine-character key of a buying unit; nothing for an empty cell."""
    if not text:
        return None
    key = text.upper()
    if not _UNIT_KEY.fullmatch(key):
        raise BadValueError("bad_unit_key")
    return key


def parse_url(text: str) -> str | None:
    """The web address of a cell; nothing for an empty one."""
    if not text:
        return None
    if not text.startswith(("https://", "http://")) or len(text) > LONGEST_URL or _NOT_URL.search(text):
        raise BadValueError("bad_url")
    return text


def url_id(url: str | None) -> str | None:
    """The stable id inside an announcement's address: 32 hex characters, or the number of the file."""
    found = _URL_ID.search(url or "")
    return (found[1] or found[2]) if found else None
