# SPDX-License-Identifier: Apache-2.0
"""`{% load vitrina %}`: the formats of `vitrina.kernel.formats` in the reader's language, and the frame of a page.

Every filter gives "no data" for None: a blank or a dash would hide that something is missing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import lru_cache, wraps
from typing import Any

from django import template
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import Resolver404, get_script_prefix, resolve, translate_url
from django.utils import translation
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from vitrina.kernel import clock, formats
from vitrina.kernel.money import Money
from vitrina.ledger import published
from vitrina.portal import drawings

register = template.Library()

CERTAINTY = {
    "D": gettext_noop("agrees with real data"),
    "R": gettext_noop("original text read"),
    "S": gettext_noop("secondary source"),
    "M": gettext_noop("not verified, high confidence"),
    "m": gettext_noop("not verified, low confidence"),
    "P": gettext_noop("our own proposal"),
    "?": gettext_noop("not known"),
}
# Addresses a page of the frame may have; the first that exists in this installation is linked, none is invented.
MENU = (
    ("search", gettext_noop("Search"), ("/buscar",)),
    ("buyers", gettext_noop("Buyers"), ("/compradores", "/compradores/")),
    ("funds", gettext_noop("Funds"), ("/recursos", "/recursos/")),
    ("calendar", gettext_noop("Calendar"), ("/calendario", "/calendario/")),
    ("acts", gettext_noop("Acts"), ("/actos", "/actos/")),
    ("data", gettext_noop("Data"), ("/datos", "/datos/")),
    ("desk", gettext_noop("My space"), ("/mi-espacio", "/mi-espacio/", "/escritorio/")),
)
DEMO_CLOCK = ("/demo/reloj", "/demo/reloj/", "/demo/clock", "/demo/clock/")


def _lang() -> str:
    return "en" if (translation.get_language() or "es").startswith("en") else "es"


def _missing_aware(function: Callable[..., str]) -> Callable[..., str]:
    """Registers the function as a filter that says "no data" for None or empty text."""

    @wraps(function)  # Django reads the signature behind it
    def guarded(value: Any, *args: Any) -> str:
        return _("no data") if value is None or value == "" else function(value, *args)

    register.filter(function.__name__, guarded)
    return guarded


@_missing_aware
def money(amount: Money | int, form: str = "") -> str:
    """`$21,135,600.00`; with "full" the currency too, for the first mention on a page."""
    return formats.money(amount, _lang(), full=form == "full")


@_missing_aware
def aboutmoney(amount: Money | int) -> str:
    """Rounded words for prose: `21.1 millones de pesos`."""
    return formats.about_money(amount, _lang())


@_missing_aware
def day(value: date, zone: str = "") -> str:
    """`13 de octubre de 2020`."""
    return formats.day(value, _lang(), zone=zone)


@_missing_aware
def dayname(value: date, zone: str = "") -> str:
    """`martes 13 de octubre de 2020`."""
    return formats.day(value, _lang(), form="dayname", zone=zone)


@_missing_aware
def daymonth(value: date, zone: str = "") -> str:
    """`13 de octubre`, where the year is plain from what surrounds it."""
    return formats.day(value, _lang(), form="daymonth", zone=zone)


@_missing_aware
def shortday(value: date, zone: str = "") -> str:
    """`mar 13 oct`."""
    return formats.day(value, _lang(), form="shortday", zone=zone)


@_missing_aware
def numday(value: date, zone: str = "") -> str:
    """`13/10/2020`, for tables."""
    return formats.day(value, _lang(), form="numday", zone=zone)


@_missing_aware
def daytime(value: datetime, zone: str = "") -> str:
    """`13 de octubre de 2020, 11:00 h (Ciudad de México)`."""
    return formats.day_time(value, _lang(), zone=zone)


@_missing_aware
def clocktime(value: datetime, zone: str = "") -> str:
    """`11:00 h`."""
    return formats.clock_time(value, zone=zone)


@_missing_aware
def clocktime_seconds(value: datetime, zone: str = "") -> str:
    """`11:00:00 h`, where the second matters: limits and receipts."""
    return formats.clock_time(value, zone=zone, seconds=True)


@_missing_aware
def iso(value: date) -> str:
    """Machine form for the attribute `datetime`."""
    return formats.iso(value)


@register.filter
def zonename(zone: str) -> str:
    """City by which people know the zone."""
    return formats.zone_name(zone, _lang())


@_missing_aware
def number(value: Decimal | int | str, decimals: int | None = None) -> str:
    """`412,000`; with an argument, that many decimals."""
    return formats.number(value, _lang(), decimals=decimals)


@_missing_aware
def percent(points: Decimal | int | str, decimals: int = 1) -> str:
    """`14.6 %`, from percentage points."""
    return formats.percent(points, _lang(), decimals=decimals)


@_missing_aware
def proof(seq: int) -> str:
    """`n.º 8,412,929`, the number of an entry of the public ledger."""
    return formats.ledger_number(seq, _lang())


@_missing_aware
def digest(text: str) -> str:
    """First twelve figures of a digest, in groups of four."""
    return formats.digest(text)


@_missing_aware
def remaining(left: timedelta | int) -> str:
    """`3 h 20 min`; takes a timedelta or seconds."""
    return formats.remaining(left if isinstance(left, timedelta) else timedelta(seconds=int(left)), _lang())


@register.filter
def until(instant: datetime, now: datetime | None = None) -> timedelta:
    """Time left from `now` (default: the clock in force) to `instant`, for `|remaining`. Negative when it is past."""
    return instant - (now or clock.now())


@register.filter
def certainty(letter: str) -> str:
    """How sure we are of a rule, in words. An unknown letter reads as not known."""
    return _(CERTAINTY.get(letter, CERTAINTY["?"]))


@register.filter
def waits_for_log(position: int) -> bool:
    """Whether an act has its number but no published checkpoint covers it yet. Before a log has begun none waits."""
    size = published.size()
    return bool(size) and int(position) > size


@register.filter
def near_stages(stages: list[Any]) -> dict[str, Any]:
    """The stage of now with its neighbours that are not skipped, its `position` and the `total`, for a phone."""
    walked = [stage for stage in stages if drawings.get(stage, "state") != "skipped"]
    at = next((i for i, stage in enumerate(walked) if drawings.get(stage, "state") == "now"), None)
    if at is None:
        last = walked[-1] if walked and drawings.get(walked[-1], "state") == "done" else None
        return {"before": last, "now": None, "after": None, "position": 0, "total": len(walked)}
    return {"before": walked[at - 1] if at else None, "now": walked[at], "position": at + 1, "total": len(walked),
            "after": walked[at + 1] if at + 1 < len(walked) else None}  # fmt: skip


@register.filter
def fold_old(acts: list[Any], keep: int | str | None = None) -> dict[str, list[Any]]:
    """`older` (published acts that fold on a phone) and `rest`. Fewer than two are not worth folding."""
    shown = 3 if keep in (None, "") else int(keep)
    rows = list(acts)
    done = sum(drawings.get(act, "state", default="done") == "done" for act in rows)
    cut = max(0, done - shown)
    return {"older": rows[:cut], "rest": rows[cut:]} if cut > 1 else {"older": [], "rest": rows}


@register.filter
def beside(cells: list[Any], columns: list[Any]) -> list[tuple[Any, Any]]:
    """Cells with their columns; a row with too many or too few is a mistake of the page: `ValueError`."""
    return list(zip(cells, columns, strict=True))


@register.filter
def as_cell(cell: Any) -> Any:
    """A cell with `text`, `url` and `sub`; plain values become its text."""
    return cell if isinstance(cell, dict) else {"text": cell}


@register.simple_tag
def current_instant(now: datetime | None = None) -> datetime:
    """The instant a page is made: the one given, else the clock in force."""
    return now or clock.now()


@register.simple_block_tag
def section(content: str, title: str, **options: Any) -> SafeString:
    """A section with its heading in the margin. Options: `id`, `note` (one line below), `first` (no line above)."""
    key = options.get("id") or slugify(title)
    return render_to_string("parts/section.html", {**options, "content": content, "title": title, "id": key})


@register.inclusion_tag("parts/days.html")
def days_ruler(days: Any, title: str = "", start: date | None = None) -> dict[str, Any]:
    """Ruler of the days of a term (see `drawings.ruler`), with one sentence of finding."""
    return {**drawings.ruler(days, _lang(), start), "title": title}


@register.inclusion_tag("parts/price_bars.html")
def price_bars(bids: Any, reference: Money | int | None = None, **words: str) -> dict[str, Any]:
    """Bars of prices (see `drawings.bars`). Words: `title` (the finding), `note`, `reference_word`."""
    return {**drawings.bars(bids, reference), "reference": reference, **words}


def _first_that_exists(addresses: tuple[str, ...]) -> str:
    prefix = get_script_prefix().rstrip("/")
    spoken = "" if _lang() == settings.LANGUAGE_CODE[:2] else f"/{_lang()}"
    for address in addresses:
        for path in dict.fromkeys((spoken + address, address)):
            try:
                resolve(path)
            except Resolver404:
                continue
            return prefix + path
    return ""


@lru_cache(maxsize=8)
def _menu(_language: str, _urlconf: str) -> tuple[tuple[str, str, str], ...]:
    found = ((key, _first_that_exists(addresses), label) for key, label, addresses in MENU)
    return tuple((key, address, label) for key, address, label in found if address)


@register.simple_tag
def menu() -> list[tuple[str, str, str]]:
    """Entries `(key, address, label)` of the main menu: only those whose page exists here."""
    return [(key, address, _(label)) for key, address, label in _menu(_lang(), settings.ROOT_URLCONF)]


@register.simple_tag
def log_url() -> str:
    """Address of the page of the public log in the reader's language."""
    return _first_that_exists(("/registro/",))


@register.simple_tag
def home_url() -> str:
    """Address of the home page in the reader's language."""
    return _first_that_exists(("/",)) or "/"


@register.simple_tag(takes_context=True)
def other_language(context: template.Context) -> dict[str, str]:
    """The same page in the other language: `code`, `name` (in its own language), `url`."""
    code, name = ("es", "Español") if _lang() == "en" else ("en", "English")
    request = context.get("request")
    here = request.get_full_path() if request is not None else "/"
    return {"code": code, "name": name, "url": translate_url(here, code)}


@register.simple_tag(takes_context=True)
def demo_state(context: template.Context) -> dict[str, Any] | None:
    """Demo clock for the strip and the footer, or None outside a demo: `clock`, `advance_url`, `steps`."""
    if not context.get("vitrina_demo") and not context.get("demo"):
        return None
    steps = [("+1h", _("1 hour")), ("+1d", _("1 day")), ("+7d", _("1 week")), ("next", _("To the next act"))]
    given = context.get("demo") or {}
    return {"clock": clock.now(), "advance_url": _first_that_exists(DEMO_CLOCK), "steps": steps,
            **(given if isinstance(given, dict) else {})}  # fmt: skip
