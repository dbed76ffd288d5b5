# SPDX-License-Identifier: Apache-2.0
"""What the pages of the flow ask of its tables: which purchases, the sums of their accounts, what is owed and late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlencode

from django.db.models import Count, Min, Q, QuerySet, Sum

from . import postings
from .models import Due, FundedContract, FundedPurchase, Posting
from .postings import ACCOUNTS, DUES

# Word of the address -> column of `FundedPurchase`.
FILTERS = {"comprador": "buyer_key", "unidad": "unit_key", "partida": "budget_key", "programa": "programme_key",
           "ejercicio": "year", "compra": "ocid"}  # fmt: skip
LONGEST = 120
MOST_YEAR = 32767


@dataclass(frozen=True, slots=True)
class Scope:
    """Which purchases: every field that is not empty must agree. `contrato` asks for one contract of one of them."""

    comprador: str = ""
    unidad: str = ""
    partida: str = ""
    programa: str = ""
    ejercicio: str = ""
    compra: str = ""
    contrato: str = ""

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> Scope:
        """From an address; a year that is none asks for nothing."""
        found = {f.name: asked.get(f.name, "").replace("\x00", "").strip()[:LONGEST] for f in fields(cls)}
        year = found["ejercicio"]
        if year and not (year.isascii() and year.isdigit() and int(year) <= MOST_YEAR):
            found["ejercicio"] = ""
        return cls(**found)

    def query(self, **changes: str) -> str:
        """As an address, with changes."""
        return urlencode(replace(self, **changes).pairs())

    def pairs(self) -> list[tuple[str, str]]:
        """What is asked, in one order."""
        return [(f.name, value) for f in fields(self) if (value := getattr(self, f.name))]

    @property
    def is_all(self) -> bool:
        return self == Scope()

    def purchases(self) -> QuerySet[FundedPurchase]:
        """The purchases asked for."""
        asked = {column: value for word, column in FILTERS.items() if (value := getattr(self, word))}
        rows = FundedPurchase.objects.filter(**asked)
        return rows.filter(contracts__id=self.contrato) if self.contrato else rows

    def of(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """The rows (postings, what is owed) of these purchases, or of the one contract."""
        if self.contrato:
            rows = rows.filter(contract=self.contrato)
        if replace(self, contrato="") == Scope():
            return rows
        return rows.filter(purchase__in=replace(self, contrato="").purchases().values("ocid"))


class Owing(NamedTuple):
    """Things owed of one kind: how many, centavos, and of them the late ones; since which day, and their articles."""

    n: int = 0
    centavos: int = 0
    n_late: int = 0
    late: int = 0
    oldest: datetime | None = None


@dataclass(frozen=True, slots=True)
class Funds:
    """The figures of some purchases: sums by account, and what is owed by kind."""

    sums: Mapping[str, int]
    owing: Mapping[str, Owing] = field(default_factory=dict)

    def __getitem__(self, account: str) -> int:
        return self.sums.get(account, 0)

    def owed(self, kind: str) -> Owing:
        """What is owed of a kind."""
        return self.owing.get(kind, Owing())

    @property
    def to_contract(self) -> int:
        return self[postings.PLANNED] - self[postings.COMMITTED] - self[postings.RELEASED]

    @property
    def to_sign(self) -> int:
        """Of what is still to be contracted, what was awarded and waits for its signatures."""
        return self[postings.AWARDED] + self[postings.AMENDED] - self[postings.COMMITTED]

    @property
    def to_deliver(self) -> int:
        spent = self[postings.ACCEPTED] + self[postings.ARRIVED] + self[postings.ENDED]
        return self[postings.COMMITTED] - spent

    @property
    def to_invoice(self) -> int:
        return self[postings.ACCEPTED] - self[postings.INVOICED]

    @property
    def invoiced_with_vat(self) -> int:
        return self[postings.INVOICED] + self[postings.VAT]

    @property
    def to_pay(self) -> int:
        return self.invoiced_with_vat - self[postings.KEPT] - self[postings.PAID]

    @property
    def late(self) -> int:
        """Centavos late in all: goods without VAT, payments with it."""
        return sum(one.late for one in self.owing.values())

    @property
    def n_late(self) -> int:
        return sum(one.n_late for one in self.owing.values())


def funds(scope: Scope, now: datetime) -> Funds:
    """The figures of what a scope asks for, at an instant."""
    rows = scope.of(Posting.objects.all()).values("account").annotate(sum=Sum("centavos"))
    sums = {row["account"]: int(row["sum"]) for row in rows.order_by()}
    return Funds({name: sums.get(name, 0) for name in ACCOUNTS}, owing(scope, now))


def owing(scope: Scope, now: datetime) -> dict[str, Owing]:
    """What is owed, by kind; late is what closed before `now`."""
    is_late = Q(closes_at__lt=now)
    rows = scope.of(Due.objects.all()).values("kind").order_by().annotate(
        n=Count("id"), sum=Sum("centavos"), n_late=Count("id", filter=is_late),
        late=Sum("centavos", filter=is_late), oldest=Min("closes_at"),
    )  # fmt: skip
    found = {
        row["kind"]: Owing(row["n"], int(row["sum"]), row["n_late"], int(row["late"] or 0), row["oldest"])
        for row in rows
    }
    return {kind: found.get(kind, Owing()) for kind in DUES}


def by_column(scope: Scope, column: str, now: datetime) -> list[tuple[tuple[str, ...], Funds, int]]:
    """`((key, name...), figures, purchases)` of each value of a column of `FundedPurchase`, most planned first.

    `column`: buyer_key, unit_key or budget_key; two queries whatever the number of rows.
    """
    names = {"buyer_key": ("buyer_key", "buyer_name"), "unit_key": ("unit_key", "unit_name")}.get(column, (column,))
    sums: dict[str, dict[str, int]] = {}
    joined = scope.of(Posting.objects.all()).values(f"purchase__{column}", "account").order_by()
    for row in joined.annotate(sum=Sum("centavos")):
        sums.setdefault(row[f"purchase__{column}"], {})[row["account"]] = int(row["sum"])
    late: dict[str, dict[str, Owing]] = {}
    owed = scope.of(Due.objects.filter(closes_at__lt=now)).values(f"purchase__{column}", "kind").order_by()
    for row in owed.annotate(n=Count("id"), sum=Sum("centavos")):
        one = Owing(row["n"], int(row["sum"]), row["n"], int(row["sum"]))
        late.setdefault(row[f"purchase__{column}"], {})[row["kind"]] = one
    found: dict[str, tuple[tuple[str, ...], int]] = {}
    for row in scope.purchases().values(*names).annotate(n=Count("ocid")).order_by(*names):
        key = row[column]  # of a body that changed its name the last one in the alphabet; the counts are added up
        found[key] = (tuple(row[name] for name in names), found.get(key, ((), 0))[1] + row["n"])
    rows = [(labels, Funds(sums.get(key, {}), late.get(key, {})), n) for key, (labels, n) in found.items()]
    return sorted(rows, key=lambda row: (-row[1][postings.PLANNED], row[0]))


def by_purchase(scope: Scope, now: datetime, first: int, size: int) -> list[tuple[FundedPurchase, Funds]]:
    """The purchases `first` to `first + size` with their figures, most planned first."""
    planned = Sum("postings__centavos", filter=Q(postings__account=postings.PLANNED))
    rows = list(scope.purchases().annotate(planned=planned).order_by("-planned", "ocid")[first : first + size])
    keys = [row.ocid for row in rows]
    sums: dict[str, dict[str, int]] = {key: {} for key in keys}
    moved = Posting.objects.filter(purchase__in=keys).values("purchase_id", "account").order_by()
    for row in moved.annotate(sum=Sum("centavos")):
        sums[row["purchase_id"]][row["account"]] = int(row["sum"])
    late: dict[str, dict[str, Owing]] = {key: {} for key in keys}
    owed = Due.objects.filter(purchase__in=keys, closes_at__lt=now).values("purchase_id", "kind").order_by()
    for row in owed.annotate(n=Count("id"), sum=Sum("centavos")):
        late[row["purchase_id"]][row["kind"]] = Owing(row["n"], int(row["sum"]), row["n"], int(row["sum"]))
    return [(row, Funds(sums[row.ocid], late[row.ocid])) for row in rows]


def acts(scope: Scope, accounts: tuple[str, ...]) -> QuerySet[Posting]:
    """The postings behind a figure, newest first."""
    rows = scope.of(Posting.objects.filter(account__in=accounts))
    return rows.select_related("purchase").order_by("-position", "id")


def late(scope: Scope, now: datetime) -> QuerySet[Due]:
    """What is late, oldest first."""
    rows = scope.of(Due.objects.filter(closes_at__lt=now))
    return rows.select_related("purchase").order_by("closes_at", "id")


def contract_names(keys: set[str]) -> dict[str, str]:
    """Contract -> its supplier."""
    return dict(FundedContract.objects.filter(id__in=keys).values_list("id", "supplier_name"))
