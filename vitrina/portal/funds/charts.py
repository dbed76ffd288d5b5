# SPDX-License-Identifier: Apache-2.0
"""The charts of the flow and of works: they last at their addresses, for anybody's page (`portal.charts`)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from fractions import Fraction

from django.conf import settings
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from vitrina.cycle.core.words import day, money
from vitrina.kernel import clock
from vitrina.ledger import feed
from vitrina.portal.charts.chart import Chart, Column, Form, Mark, Row, Unit
from vitrina.portal.charts.sources import ONLY

from . import postings as p
from . import queries, words
from .queries import Funds, Scope
from .statement import bars
from .works import Work, works

FLOW, WORK = "recursos", "obra"  # kinds of page: they stand in addresses that others keep


def key_of(scope: Scope) -> str:
    """A scope as the key of an address: `partida:25401,ejercicio:2020`; `-` for everything."""
    pairs = (f"{word}:{value}" for word, value in scope.pairs())
    return ",".join(pairs) or ONLY


def scope_of(key: str) -> Scope:
    """The scope of such a key. Errors: `Http404` for what is none."""
    if key == ONLY:
        return Scope()
    found = Scope.read(dict(pair.partition(":")[::2] for pair in key.split(",")))
    if key_of(found) != key:
        raise Http404
    return found


def of_flow(key: str) -> Iterator[Chart]:
    """The steps of what a key asks for. Errors: `Http404` where there is no purchase of it."""
    scope, now = scope_of(key), clock.now()
    n = scope.purchases().count()
    if not n and not scope.is_all:
        raise Http404
    yield flow(queries.funds(scope, now), n, scope, now)


def flow(found: Funds, n: int, scope: Scope, now: datetime) -> Chart:
    """From the plan to the payment: a bar for each step, without VAT so that they compare."""
    rows = [
        Row(
            bar["name"],
            (bar["centavos"],),
            _mark(bar["key"], bar["overdue"]),
            _overdue(bar["overdue"]),
            key=bar["key"],
        )
        for bar in bars(found)
    ]
    return Chart(
        page=FLOW,
        key=key_of(scope),
        name="del-plan-al-pago",
        form=Form.RANKED,
        title=_flow_title(found),
        note=_("Without VAT, so that the steps compare"),
        first=("step", _("Step")),
        columns=(Column("amount", _("Amount"), Unit.MONEY),),
        rows=tuple(rows) if n else (),
        as_of=now,
        home=f"{reverse('portal:funds')}?{scope.query()}".rstrip("?"),
        position=feed.head(),
        is_synthetic=settings.VITRINA_DEMO,
    )


def _flow_title(found: Funds) -> str:
    planned = found[p.PLANNED]
    if not planned:
        return _("Nothing was planned yet")
    values = {name: words.points(Fraction(found[name], planned), 0) for name in (p.COMMITTED, p.SETTLED)}
    return _("Of what was planned, %(committed)s is contracted and %(settled)s is paid") % values


def _overdue(centavos: int) -> str:
    return _("overdue: %(amount)s") % {"amount": money(centavos)} if centavos else ""


def _mark(key: str, overdue: int) -> Mark:
    if overdue:
        return Mark.CASE
    return Mark.FIRST if key == p.PAID else Mark.NONE


def of_work(key: str) -> Iterator[Chart]:
    """The lines of one contract. Errors: `Http404` where nobody reported on it."""
    now = clock.now()
    found = works(now, key)
    if not found:
        raise Http404
    yield progress(found[0], now)


def progress(one: Work, now: datetime) -> Chart:
    """Planned, done and paid, in percent, at each report."""
    behind = _("What is done stands %(n)s points below the plan") % {
        "n": words.ratio(100 * (one.planned - one.actual))
    }
    title = behind if one.is_behind else _("What is done keeps to the plan")
    columns = (
        Column("planned", pgettext("share", "Planned"), Unit.PERCENT),
        Column("done", _("Done"), Unit.PERCENT),
        Column("paid", _("Paid"), Unit.PERCENT),
    )
    rows = [Row(day(one.contract.starts_on), (Fraction(0), Fraction(0), Fraction(0)))]
    rows += [
        Row(day(r.cutoff_on), tuple(100 * Fraction(share) for share in shares), key=str(r.number))
        for r, shares in zip(one.reports, one.shares(), strict=True)
    ]
    return Chart(
        page=WORK,
        key=one.contract.id,
        name="avance",
        form=Form.LINE,
        title=title,
        note=_("At each report; what is paid is without VAT, of the contract's value"),
        first=("day", _("Up to")),
        columns=columns,
        rows=tuple(rows),
        drawn=3,
        as_of=now,
        home=reverse("portal:work", args=[one.contract.id]),
        position=one.last.position,
        is_synthetic=settings.VITRINA_DEMO,
    )
