# SPDX-License-Identifier: Apache-2.0
"""Offices, and the one table that says which office may do which command."""

from __future__ import annotations

from enum import StrEnum

from django.utils.translation import gettext_lazy as _


class Role(StrEnum):
    """An office a person holds in a unit, or for a supplier."""

    REQUESTER = "requester"
    OFFICER = "officer"
    APPROVER = "approver"
    EVALUATOR = "evaluator"
    OIC = "oic"
    WITNESS = "witness"
    WAREHOUSE = "warehouse"
    TREASURY = "treasury"
    SUPPLIER = "supplier"
    AUDITOR = "auditor"
    OPERATOR = "operator"


ROLE_NAMES = {
    Role.REQUESTER: _("requesting area"),
    Role.OFFICER: _("contracting area"),
    Role.APPROVER: _("approving authority"),
    Role.EVALUATOR: _("evaluator"),
    Role.OIC: _("internal control body"),
    Role.WITNESS: _("social witness"),
    Role.WAREHOUSE: _("receiving area"),
    Role.TREASURY: _("treasury"),
    Role.SUPPLIER: _("supplier"),
    Role.AUDITOR: _("auditor"),
    Role.OPERATOR: _("operator"),
}

# What each office does, in one sentence: the choice of a person in the demonstration, the forms of the register.
DUTIES = {
    Role.REQUESTER: _("Says what is needed, how much of it, and why."),
    Role.OFFICER: _(
        "Runs the purchase: researches the market, publishes the call, leads the acts, draws up the contract."
    ),
    Role.APPROVER: _("Certifies the budget, signs the ruling and the contract; may cancel or suspend."),
    Role.EVALUATOR: _("Declares any conflict of interest, then scores each bid and writes down why."),
    Role.OIC: _("Watches the acts from inside the institution and may suspend a purchase."),
    Role.WITNESS: _("Represents society at the acts and leaves a testimony."),
    Role.WAREHOUSE: _("Receives the goods, counts them, and accepts or rejects them."),
    Role.TREASURY: _("Checks the invoice against the contract and the receipts, and pays."),
    Role.SUPPLIER: _("Asks questions, sends a sealed bid, signs, delivers and invoices."),
    Role.AUDITOR: _("Reads every act and every rule behind it; changes nothing."),
    Role.OPERATOR: _("Registers units, suppliers and people, and gives offices; takes no part in purchases."),
}

_R = Role
# command -> offices that may do it. Nothing that is not written here is allowed to anybody.
PERMISSIONS: dict[str, frozenset[Role]] = {
    "planning.publish_line": frozenset({_R.REQUESTER, _R.OFFICER}),
    "planning.modify_line": frozenset({_R.REQUESTER, _R.OFFICER}),
    "planning.cancel_line": frozenset({_R.OFFICER, _R.APPROVER}),
    "planning.certify_budget": frozenset({_R.APPROVER}),
    "research.request_quotes": frozenset({_R.OFFICER}),
    "research.record_source": frozenset({_R.OFFICER}),
    "research.conclude": frozenset({_R.OFFICER}),
    "tendering.publish_call": frozenset({_R.OFFICER}),
    "tendering.amend_call": frozenset({_R.OFFICER}),
    "tendering.replace_opener": frozenset({_R.OFFICER}),
    "tendering.cancel": frozenset({_R.APPROVER}),
    "tendering.suspend": frozenset({_R.OIC, _R.APPROVER}),
    "tendering.resume": frozenset({_R.OIC, _R.APPROVER}),
    "clarifying.ask": frozenset({_R.SUPPLIER}),
    "clarifying.ask_many": frozenset({_R.SUPPLIER}),
    "clarifying.ask_again": frozenset({_R.SUPPLIER}),
    "clarifying.ask_again_many": frozenset({_R.SUPPLIER}),
    "clarifying.answer": frozenset({_R.OFFICER}),
    "clarifying.answer_group": frozenset({_R.OFFICER}),
    "clarifying.take_out": frozenset({_R.OFFICER}),
    "clarifying.join_groups": frozenset({_R.OFFICER}),
    "clarifying.note_flood": frozenset({_R.OIC}),
    "clarifying.give_answers": frozenset({_R.OFFICER}),
    "clarifying.close_meeting": frozenset({_R.OFFICER}),
    "bidding.submit": frozenset({_R.SUPPLIER}),
    "bidding.withdraw": frozenset({_R.SUPPLIER}),
    "bidding.redeal": frozenset({_R.SUPPLIER}),
    "opening.start": frozenset({_R.OFFICER}),
    "opening.attend": frozenset({_R.OIC, _R.WITNESS, _R.SUPPLIER}),
    "opening.give_shares": frozenset({_R.OFFICER, _R.OIC, _R.WITNESS}),
    "opening.present_backup": frozenset({_R.SUPPLIER}),
    "opening.open_bids": frozenset({_R.OFFICER}),
    "opening.close": frozenset({_R.OFFICER}),
    "evaluation.declare": frozenset({_R.EVALUATOR}),
    "evaluation.score": frozenset({_R.EVALUATOR}),
    "evaluation.lock": frozenset({_R.EVALUATOR}),
    "evaluation.conclude": frozenset({_R.OFFICER}),
    "auction.schedule": frozenset({_R.OFFICER}),
    "auction.reschedule": frozenset({_R.OFFICER}),
    "auction.offer": frozenset({_R.SUPPLIER}),
    "auction.withdraw_offer": frozenset({_R.SUPPLIER}),
    "auction.leave_floor": frozenset({_R.SUPPLIER}),
    "auction.pause": frozenset({_R.OFFICER, _R.OIC}),
    "auction.resume": frozenset({_R.OFFICER, _R.OIC}),
    "auction.void": frozenset({_R.APPROVER, _R.OIC}),
    "auction.certify": frozenset({_R.OFFICER}),
    "auction.justify_price": frozenset({_R.SUPPLIER}),
    "auction.weigh_price": frozenset({_R.EVALUATOR}),
    "awarding.issue_ruling": frozenset({_R.APPROVER}),
    "contracting.draft": frozenset({_R.OFFICER}),
    "contracting.sign_supplier": frozenset({_R.SUPPLIER}),
    "contracting.sign_buyer": frozenset({_R.APPROVER}),
    "contracting.register_guarantee": frozenset({_R.OFFICER}),
    "contracting.amend": frozenset({_R.APPROVER}),
    "contracting.terminate": frozenset({_R.APPROVER}),
    "delivery.receive": frozenset({_R.WAREHOUSE}),
    "delivery.accept": frozenset({_R.WAREHOUSE}),
    "delivery.reject": frozenset({_R.WAREHOUSE}),
    "delivery.report_progress": frozenset({_R.REQUESTER}),
    "payment.submit_invoice": frozenset({_R.SUPPLIER}),
    "payment.return_invoice": frozenset({_R.TREASURY}),
    "payment.approve_invoice": frozenset({_R.TREASURY}),
    "payment.pay": frozenset({_R.TREASURY}),
    "broadcast.issue_key": frozenset({_R.OFFICER}),
    "broadcast.revoke_key": frozenset({_R.OFFICER}),
    "broadcast.type_caption": frozenset({_R.OFFICER}),
    "broadcast.publish_captions": frozenset({_R.OFFICER}),
    "questions.answer": frozenset({_R.WITNESS}),
    "contact.answer": frozenset({_R.OIC}),
    "questions.hide": frozenset({_R.OIC}),
    "parties.register_unit": frozenset({_R.OPERATOR}),
    "parties.register_supplier": frozenset({_R.OPERATOR}),
    "parties.invite_person": frozenset({_R.OPERATOR}),
    "parties.renew_invitation": frozenset({_R.OPERATOR}),
    "parties.appoint": frozenset({_R.OPERATOR}),
    "parties.end_appointment": frozenset({_R.OPERATOR}),
}


def may(role: Role | str, command: str) -> bool:
    """Whether an office may do a command; false for a command nobody wrote down."""
    return role in PERMISSIONS.get(command, frozenset())
