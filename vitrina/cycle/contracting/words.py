# SPDX-License-Identifier: Apache-2.0
"""Names of codes: kinds of guarantee, obligations, grounds of termination. The codes are OCDS's and the law's."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from vitrina.cycle.core.words import lang
from vitrina.kernel import formats

GUARANTEE_KINDS = {
    "bail": gettext_lazy("bail"),
    "depositSlip": gettext_lazy("deposit slip"),
    "letterOfCredit": gettext_lazy("letter of credit"),
    "suretyBond": gettext_lazy("surety bond"),
    "check": gettext_lazy("certified cheque"),
}
OBLIGATIONS = {
    "fulfillment": gettext_lazy("performance of the contract"),
    "prepaid": gettext_lazy("repayment of the advance"),
    "latentDefects": gettext_lazy("hidden defects"),
    "confidentiality": gettext_lazy("confidentiality"),
    "quality": gettext_lazy("quality"),
}
RESCISSION, EARLY, AGREED = "rescission", "early_termination", "agreed"
GROUNDS = {
    RESCISSION: gettext_lazy("rescission, because the supplier did not comply"),
    EARLY: gettext_lazy("early termination in the general interest"),
    AGREED: gettext_lazy("by agreement of both sides"),
}


def guarantee_kind(code: str) -> str:
    """The name of a kind of guarantee; the code itself where it is not known."""
    return str(GUARANTEE_KINDS.get(code, code))


def termination_ground(code: str) -> str:
    """The name of a ground of termination."""
    return str(GROUNDS.get(code, _("another ground")))


def percent(share: Decimal) -> str:
    """A share of one in percent, to the fourth decimal of it: `0.5 %`."""
    return formats.percent(share * 100, lang(), decimals=4)
