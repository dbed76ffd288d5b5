# SPDX-License-Identifier: Apache-2.0
"""Money, days, hours and numbers as people of Mexico write them, in Spanish and in English.

Pure functions over Babel; `lang` is "es" or "en". Spaces between a number and its unit are non-breaking (U+00A0).
Django's own date filters are not used: they print "Octubre" and "11 a.m.".
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, get_timezone_location
from babel.numbers import format_decimal

from vitrina.kernel.money import Money

NBSP: Final = "\u00a0"
DEFAULT_ZONE: Final = "America/Mexico_City"
LARGEST: Final = 30  # figures before the point: more is a typing error, and would fill the page
DAYS_FROM: Final = 2  # below this, hours say more than days
LOCALES: Final = {"es": "es_MX", "en": "en_US"}
PATTERNS: Final = {
    "es": {
        "day": f"d{NBSP}'de' MMMM 'de'{NBSP}y",
        "dayname": f"EEEE d{NBSP}'de' MMMM 'de'{NBSP}y",
        "daymonth": f"d{NBSP}'de'{NBSP}MMMM",
        "shortday": f"EEE d{NBSP}MMM",
        "numday": "dd/MM/y",
        "month": f"LLLL 'de'{NBSP}y",
        "weekday": "EEEE",
    },
    "en": {
        "day": f"d{NBSP}MMMM y",
        "dayname": f"EEEE d{NBSP}MMMM y",
        "daymonth": f"d{NBSP}MMMM",
        "shortday": f"EEE d{NBSP}MMM",
        "numday": f"d{NBSP}MMM{NBSP}y",
        "month": f"LLLL{NBSP}y",
        "weekday": "EEEE",
    },
}
# "billón" is 10^12 in Spanish: 10^9 is "mil millones", and an English "billion" is never translated as "billón".
SCALES: Final = {
    "es": [(10**12, "billón", "billones"), (10**9, "mil millones", "mil millones"), (10**6, "millón", "millones")],
    "en": [(10**12, "trillion", "trillion"), (10**9, "billion", "billion"), (10**6, "million", "million")],
}


def money(amount: Money | int, lang: str = "es", *, full: bool = False) -> str:
    """Exact amount from Money or integer centavos. Spanish adds the currency when `full` or when it is not the peso.

    >>> money(Money(2113560000))
    '$21,135,600.00'
    >>> money(2113560000, "en").replace(NBSP, " ")
    'MXN 21,135,600.00'
    """
    value = amount if isinstance(amount, Money) else Money(amount)
    pesos, cents = divmod(abs(value.centavos), 100)
    sign = "\u2212" if value.centavos < 0 else ""
    figures = f"{pesos:,}.{cents:02d}"
    if lang == "en":
        return f"{sign}{value.currency}{NBSP}{figures}"
    return f"{sign}${figures}" + (f"{NBSP}{value.currency}" if full or value.currency != "MXN" else "")


def about_money(amount: Money | int, lang: str = "es") -> str:
    """Rounded amount for prose, three significant figures; the exact one must stand beside it.

    >>> about_money(6_601_234_567_800).replace(NBSP, " ")
    '66 mil millones de pesos'
    """
    value = amount if isinstance(amount, Money) else Money(amount)
    pesos = Decimal(value.centavos) / 100
    for scale, one, many in SCALES[lang]:
        if abs(pesos) >= scale:
            rough = (pesos / scale).quantize(
                Decimal(1) if abs(pesos) >= 100 * scale else Decimal("0.1"), rounding=ROUND_HALF_UP
            )
            rough = rough.quantize(Decimal(1)) if rough == rough.to_integral_value() else rough
            word = one if rough == 1 else many
            return f"{rough:,}{NBSP}{word} " + ("de pesos" if lang == "es" else "pesos")
    whole = pesos.quantize(Decimal(1), rounding=ROUND_HALF_UP)
    return f"{whole:,}{NBSP}" + ("pesos" if whole != 1 else "peso")


def local(instant: datetime, zone: str = "") -> datetime:
    """The instant on the clocks of `zone`. A naive datetime is a mistake of the caller: `ValueError`."""
    if instant.tzinfo is None:
        raise ValueError(f"an instant needs a zone: {instant.isoformat()}")
    return instant.astimezone(ZoneInfo(zone or DEFAULT_ZONE))


def day(value: date, lang: str = "es", *, form: str = "day", zone: str = "") -> str:
    """A day in one of the forms of PATTERNS. An instant is first read on the clocks of `zone`; a date needs none.

    >>> day(date(2020, 10, 13)).replace(NBSP, " ")
    '13 de octubre de 2020'
    """
    when = local(value, zone).date() if isinstance(value, datetime) else value
    return format_date(when, PATTERNS[lang][form], locale=LOCALES[lang])


def clock_time(instant: datetime, *, zone: str = "", seconds: bool = False) -> str:
    """Hour of 24 with its unit, `11:00 h`."""
    return format_datetime(local(instant, zone), "HH:mm:ss" if seconds else "HH:mm", locale="es_MX") + f"{NBSP}h"


def zone_name(zone: str, lang: str = "es") -> str:
    """City by which people know a zone: "Ciudad de México", "Hermosillo"."""
    return get_timezone_location(ZoneInfo(zone or DEFAULT_ZONE), locale=LOCALES[lang], return_city=True)


def day_time(instant: datetime, lang: str = "es", *, zone: str = "") -> str:
    """Day, hour and zone in full: `13 de octubre de 2020, 11:00 h (Ciudad de México)`."""
    return f"{day(instant, lang, zone=zone)}, {clock_time(instant, zone=zone)} ({zone_name(zone, lang)})"


def iso(value: date) -> str:
    """Machine form for `datetime=`: an instant in UTC with Z, a date as it is."""
    if isinstance(value, datetime):
        return local(value).astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return value.isoformat()


def number(value: Decimal | int | str, lang: str = "es", *, decimals: int | None = None) -> str:
    """Number with thousands; without `decimals`, only the decimals that say something (412000.000 -> 412,000)."""
    try:
        exact = Decimal(str(value))
    except InvalidOperation as error:
        raise ValueError(f"not a number: {value!r}") from error
    if not exact.is_finite() or exact.adjusted() > LARGEST:
        raise ValueError(f"not a number: {value!r}")
    if decimals is None:
        pattern = "#,##0.######"
    else:
        exact = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
    return format_decimal(exact, format=pattern, locale=LOCALES[lang], decimal_quantization=False)


def percent(points: Decimal | int | str, lang: str = "es", *, decimals: int = 1) -> str:
    """Percentage points with their sign: 14.6 -> `14.6 %` (Spanish, non-breaking) or `14.6%`."""
    figure = number(points, lang, decimals=decimals)
    if "." in figure:
        figure = figure.rstrip("0").rstrip(".")
    return figure + ("%" if lang == "en" else f"{NBSP}%")


def ledger_number(seq: int, lang: str = "es") -> str:
    """Number of an entry in the public ledger, `n.º 8,412,929`."""
    return ("no." if lang == "en" else "n.º") + NBSP + f"{seq:,}"


def digest(text: str, groups: int = 3) -> str:
    """First hexadecimal figures of a digest, in groups of four, for the eye; algorithm prefix dropped."""
    bare = text.rpartition(":")[2]
    return NBSP.join(bare[i : i + 4] for i in range(0, min(len(bare), 4 * groups), 4))


def remaining(left: timedelta, lang: str = "es") -> str:
    """What is left, in the two largest units that matter: `6 días`, `3 h 20 min`, `45 s`. Never negative."""
    seconds = max(0, int(left.total_seconds()))
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3_600)
    minutes, secs = divmod(rest, 60)
    if days >= DAYS_FROM:
        return f"{days:,}{NBSP}" + ("days" if lang == "en" else "días")
    hours += 24 * days
    if hours:
        return f"{hours}{NBSP}h" + (f" {minutes}{NBSP}min" if minutes else "")
    return f"{minutes}{NBSP}min" if minutes else f"{secs}{NBSP}s"
