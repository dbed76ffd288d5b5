# SPDX-License-Identifier: Apache-2.0
"""Sentences of the pages of the flow."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.cycle.core.words import day, lang, money, rule_words
from vitrina.kernel import formats
from vitrina.ledger.kinds import Applied

from . import postings as p
from .models import Due, FundedPurchase
from .queries import Funds, Scope
from .works import Work


def about(centavos: int) -> str:
    """`21.1 millones de pesos`."""
    return formats.about_money(centavos, lang())


def points(share: Fraction, decimals: int = 1) -> str:
    """A share of one as `40.5 %`."""
    exact = share * 100
    return formats.percent(Decimal(exact.numerator) / Decimal(exact.denominator), lang(), decimals=decimals)


def ratio(value: Fraction) -> str:
    """A ratio with two decimals."""
    return formats.number(Decimal(value.numerator) / Decimal(value.denominator), lang(), decimals=2)


def work_headline(one: Work) -> str:
    """How far a work is against its plan, as a sentence."""
    values = {"actual": points(one.actual), "planned": points(one.planned), "title": one.contract.title}
    if one.is_behind:
        return _("%(title)s: %(actual)s is done and %(planned)s was planned.") % values
    return _("%(title)s: %(actual)s is done, as planned.") % values


def headline(funds: Funds, n: int) -> str:
    """What was planned, contracted, received and paid, as a sentence."""
    if not n:
        return _("There is no money to follow yet.")
    values = {name: about(funds[name]) for name in (p.PLANNED, p.COMMITTED, p.ACCEPTED, p.PAID)}
    if not funds[p.COMMITTED]:
        return _("Of %(planned)s planned, nothing is contracted yet.") % values
    if not funds[p.PAID]:
        return _("Of %(planned)s planned, %(committed)s are contracted and nothing was paid yet.") % values
    return _("Of %(planned)s planned, %(committed)s are contracted and %(paid)s were paid, with VAT.") % values


def lead(funds: Funds, n: int) -> str:
    """How many purchases that is, what was received, and what is overdue."""
    if not n:
        return _("Each purchase appears here on the day on which its line enters the annual programme.")
    text = ngettext("It is one purchase.", "They are %(n)s purchases.", n) % {"n": f"{n:,}"}
    received = _("Goods and services for %(accepted)s were received.") % {"accepted": about(funds[p.ACCEPTED])}
    if not funds[p.ACCEPTED]:
        received = _("Nothing was received yet.")
    return f"{text} {received} {late(funds)}"


def late(funds: Funds) -> str:
    """What is overdue, in one sentence."""
    if not funds.n_late:
        return _("Nothing is overdue.")
    goods, payment = funds.owed(p.GOODS), funds.owed(p.PAYMENT)
    others = funds.n_late - goods.n_late - payment.n_late
    parts = []
    if goods.n_late:
        text = ngettext("one delivery for %(amount)s", "%(n)s deliveries for %(amount)s", goods.n_late)
        parts.append(text % {"n": f"{goods.n_late:,}", "amount": money(goods.late)})
    if payment.n_late:
        text = ngettext("one payment for %(amount)s", "%(n)s payments for %(amount)s", payment.n_late)
        parts.append(text % {"n": f"{payment.n_late:,}", "amount": money(payment.late)})
    if others:
        parts.append(ngettext("one decision", "%(n)s decisions", others) % {"n": f"{others:,}"})
    return _("Overdue: %(what)s.") % {"what": ", ".join(parts)}


def due_kind(kind: str) -> str:
    """What is owed, in words."""
    return {
        p.GOODS: _("delivery"),
        p.DECISION: _("accepting or rejecting what arrived"),
        p.CHECK: _("verifying the invoice"),
        p.PAYMENT: _("payment"),
    }[kind]


def due_rule(due: Due) -> str:
    """Who sets the day: the contract, or an article with how sure we are of it."""
    if due.kind == p.GOODS:
        return _("day agreed in the contract")
    if not due.article:
        return _("the law's term is not recorded")
    rule = Applied(key="", law=due.law, article=due.article, value="", unit="", certainty=due.certainty)
    return rule_words(rule)


def due_row(due: Due, supplier: str) -> dict[str, Any]:
    """What is late as a row of a table, with the act from which it is owed."""
    number = formats.ledger_number(due.position, lang())
    purchase: FundedPurchase = due.purchase
    return {
        "cells": [
            {"text": day(due.due_on) if due.due_on else "", "sub": due_rule(due)},
            {"text": due_kind(due.kind), "sub": f"{due.contract}, {supplier}"},
            {"text": purchase.title, "url": reverse("portal:purchase", args=[due.purchase_id])},
            {"text": number, "url": reverse("portal:act", args=[due.position])},
            money(due.centavos),
        ]
    }


def scope_words(scope: Scope, purchases: list[FundedPurchase]) -> str:
    """What the page is about, such as "partida 25401, 2020"; nothing when it is about everything."""
    one = purchases[0] if purchases else None
    named = (
        (scope.contrato, _("contract %(name)s") % {"name": scope.contrato}),
        (scope.compra, one.title if one else scope.compra),
        (scope.comprador, one.buyer_name if one else scope.comprador),
        (scope.unidad, one.unit_name if one else scope.unidad),
        (scope.partida, _("budget line %(name)s") % {"name": scope.partida}),
        (scope.programa, _("programme %(name)s") % {"name": scope.programa}),
        (scope.ejercicio, _("year %(name)s") % {"name": scope.ejercicio}),
    )
    return ", ".join(words for asked, words in named if asked)
