# SPDX-License-Identifier: Apache-2.0
"""The chart of a loaded history: its money by year, with the direct awards in the table."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from vitrina.kernel import clock
from vitrina.portal.charts.chart import Chart, Column, Form, Mark, Row, Unit
from vitrina.portal.charts.sources import ONLY
from vitrina.profiles import Profile

from . import reading

# kind of an entity -> kind of its page in addresses of charts, which are never renamed
PAGES = {
    "buyer": "historia-comprador",
    "unit": "historia-comprador",
    "supplier": "historia-proveedor",
    "market": "historia-mercado",
    "place": "historia-lugar",
    "country": "historia",
}


def by_year(profile: Profile) -> Chart:
    """What was contracted each year, from the largest marked; a year that is not known stands last."""
    known = [year for year in profile.years if year.year]
    most = max(known, key=lambda year: year.centavos, default=None)
    title = _("No contract tells its year.")
    if most:
        values = {"year": most.year, "amount": reading.about(most.centavos)}
        title = _("The largest year is %(year)s, with %(amount)s.") % values
    held = reading.book()
    is_one = profile.kind == "country"
    home = reverse("portal:country") if is_one else reading.url(profile.kind, profile.key)
    return Chart(
        page=PAGES[profile.kind],
        key=ONLY if is_one else profile.key,
        name="dinero-por-anio",
        form=Form.BARS,
        title=title,
        note=_("Contracted in the loaded history"),
        first=("year", _("Year")),
        columns=(
            Column("amount", _("Amount"), Unit.MONEY),
            Column("contracts", _("Contracts")),
            Column("direct_awards", _("Direct awards")),
        ),
        rows=tuple(
            Row(
                str(year.year) if year.year else _("year not known"),
                (year.centavos, year.n, year.methods.get("direct", (0, 0))[0]),
                Mark.FIRST if year is most else Mark.NONE,
            )
            for year in [*known, *(year for year in profile.years if not year.year)]
        ),
        as_of=held.made if held else clock.now(),
        home=f"{home}#years",
        is_synthetic=profile.is_synthetic,
    )


def _charts(find: Callable[[str], Profile | None]) -> Callable[[str], Iterator[Chart]]:
    def charts(key: str) -> Iterator[Chart]:
        profile = find(key)
        if profile is None:
            raise Http404
        yield by_year(profile)

    return charts


of_unit = _charts(reading.of_unit)
of_supplier = _charts(lambda key: reading.of("supplier", key))
of_market = _charts(lambda key: reading.of("market", key))
of_place = _charts(lambda key: reading.of("place", key))
of_country = _charts(lambda key: reading.of("country", "") if key == ONLY else None)
