# SPDX-License-Identifier: Apache-2.0
"""The charts of an institution or one of its units: its money by year, by method, by supplier."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from django.db.models import QuerySet, Sum
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from vitrina.cycle.core.words import lang
from vitrina.kernel import formats
from vitrina.parties.models import Unit as Buyer
from vitrina.portal.models import PurchaseCard, SupplierShare
from vitrina.portal.tree import purchases_of, tree_of

from .chart import Chart, Column, Form, Mark, Row, Unit
from .of_home import by_method, by_year

PAGE = "comprador"
MOST_SUPPLIERS = 8


def charts(key: str) -> Iterator[Chart]:
    """Its charts. Errors: `Http404` for a key that nobody has."""
    unit = Buyer.objects.filter(key=key).first()
    cards = purchases_of(key, tree_of(unit) if unit else None)
    if unit is None and not cards.exists():
        raise Http404
    home = reverse("portal:unit", args=[key])
    contracted = cards.filter(amount_kind="contract", currency="MXN")
    yield by_year(contracted, page=PAGE, key=key, home=home)
    method = by_method(contracted, page=PAGE, key=key, home=home)
    yield method
    yield _by_supplier(cards, method)


def _by_supplier(cards: QuerySet[PurchaseCard], common: Chart) -> Chart:
    """Its largest suppliers by what they contracted; `common`: a chart of the same page."""
    found = (
        SupplierShare.objects.filter(ocid__in=cards.values("ocid"), n_contracts__gt=0)
        .values("supplier_key")
        .annotate(total=Sum("centavos"), n=Sum("n_contracts"))
        .order_by("-total", "supplier_key")[:MOST_SUPPLIERS]
    )
    rows = list(found)
    shares = SupplierShare.objects.filter(supplier_key__in=[r["supplier_key"] for r in rows]).order_by("position")
    names = dict(shares.values_list("supplier_key", "name"))
    title = _("Nothing was contracted yet")
    if rows:
        values = {"who": names[rows[0]["supplier_key"]], "amount": formats.about_money(rows[0]["total"], lang())}
        title = _("%(who)s has most: %(amount)s") % values
    return replace(
        common,
        name="proveedores",
        form=Form.RANKED,
        title=title,
        first=("supplier", _("Supplier")),
        columns=(Column("amount", _("Amount"), Unit.MONEY), Column("contracts", _("Contracts"))),
        rows=tuple(
            Row(
                names[r["supplier_key"]],
                (r["total"], r["n"]),
                Mark.NONE if i else Mark.FIRST,
                url=reverse("portal:supplier", args=[r["supplier_key"]]),
                key=r["supplier_key"],
            )
            for i, r in enumerate(rows)
        ),
    )
