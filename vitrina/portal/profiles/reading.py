# SPDX-License-Identifier: Apache-2.0
"""The loaded history as pages ask for it, and the one page that each entity has."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.cycle.core.words import lang
from vitrina.kernel import formats
from vitrina.parties.models import Supplier, Unit
from vitrina.portal.search import answers
from vitrina.profiles import Book, Profile, current
from vitrina.profiles.shapes import FEWEST, share
from vitrina.search import finding

PAGES = {"buyer": "portal:unit", "unit": "portal:unit", "supplier": "portal:supplier", "market": "portal:market",
         "place": "portal:place"}  # fmt: skip


def book() -> Book | None:
    """The profiles of the store behind the search, if one was loaded."""
    return current(Path(settings.SEARCH_DIR))


def of_unit(key: str) -> Profile | None:
    """The history of an institution or a unit: under its key here, else under the one that official files give it."""
    return _first([(kind, k) for k in (key, f"MX-UC-{key}", f"MX-INST-{key}") for kind in ("buyer", "unit")])


def of_supplier(key: str, registered: Supplier | None) -> Profile | None:
    """The history of a supplier: under its key, else under its RFC."""
    rfc = registered.rfc if registered else key.upper()
    return _first([("supplier", key), ("supplier", f"MX-RFC-{rfc}")])


def of(kind: str, key: str) -> Profile | None:
    """The history of an entity."""
    return _first([(kind, key)])


def _first(choices: Iterable[tuple[str, str]]) -> Profile | None:
    held = book()
    found = (held.profile(kind, key) for kind, key in choices) if held else ()
    return next((one for one in found if one), None)


def live_unit(key: str) -> str:
    """The key under which an institution or unit of the history has its page here; empty where it is that of the
    history.
    """
    for prefix in ("MX-UC-", "MX-INST-"):
        bare = key.removeprefix(prefix)
        if bare != key and Unit.objects.filter(key=bare).exists():
            return bare
    return ""


def live_supplier(key: str) -> str:
    """The same of a supplier."""
    rfc = key.removeprefix("MX-RFC-")
    found = Supplier.objects.filter(rfc=rfc).exclude(key=key).first() if rfc != key else None
    return found.key if found else ""


def url(kind: str, key: str) -> str:
    """The page of an entity."""
    return reverse(PAGES[kind], args=[key])


def search_url(profile: Profile, **more: str) -> str:
    """The search for the contracts of an entity."""
    asked = {"buyer": {"buyer": profile.key}, "place": {"place": profile.key}, "country": {}}.get(profile.kind)
    if asked is None:
        word = profile.rfc if profile.kind == "supplier" else profile.key
        asked = {"q": word or profile.name}
    return f"{reverse('portal:search')}?{urlencode(asked | more)}"


def largest(profile: Profile) -> list[dict[str, Any]]:
    """Its largest contracts as `parts/results.html` shows them."""
    index = answers.contracts()
    bodies = (finding.one(index, key) for key in profile.largest) if index else ()
    return [answers.contract_result(body) for body in bodies if body]


def share_words(part: int, of: int) -> str:
    """A share in percent; of fewer than five, that they are fewer; of none, that there are no data."""
    if not of:
        return _("no data")
    told = share(part, of)
    return f"n < {FEWEST}" if told is None else percent(told)


def percent(points: float) -> str:
    """Percent with one decimal, without one from ten."""
    return _percent(round(points) if points >= 10 or points == 0 else round(points, 1), lang())  # noqa: PLR2004


@lru_cache(maxsize=500)
def _percent(points: float, said: str) -> str:
    return formats.percent(str(points), said, decimals=0 if isinstance(points, int) else 1)


def contracts_words(n: int) -> str:
    """So many contracts."""
    return ngettext("one contract", "%(n)s contracts", n) % {"n": formats.number(n, lang())}


def about(centavos: int) -> str:
    """An amount in words for prose."""
    return formats.about_money(centavos, lang())


def years_words(profile: Profile) -> str:
    """From when to when."""
    first, last = profile.first_year, profile.last_year
    if not last:
        return _("without a known year")
    if first == last:
        return _("in %(year)s") % {"year": first}
    return _("from %(first)s to %(last)s") % {"first": first, "last": last}
