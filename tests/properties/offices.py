# SPDX-License-Identifier: Apache-2.0
"""Who may do what, written a second time and office by office: what the law gives each, kept apart from the code.

Whoever gives an office something more, or takes something from it, changes it here too, on purpose.
"""

from __future__ import annotations

from vitrina.parties.roles import Role

MAY: dict[Role, str] = {
    Role.REQUESTER: "planning.publish_line planning.modify_line delivery.report_progress",
    Role.OFFICER: """
        planning.publish_line planning.modify_line planning.cancel_line
        research.request_quotes research.record_source research.conclude
        tendering.publish_call tendering.amend_call tendering.replace_opener
        clarifying.answer clarifying.answer_group clarifying.take_out clarifying.join_groups
        clarifying.give_answers clarifying.close_meeting
        opening.start opening.give_shares opening.open_bids opening.close evaluation.conclude
        auction.schedule auction.reschedule auction.pause auction.resume auction.certify
        contracting.draft contracting.register_guarantee
        broadcast.issue_key broadcast.revoke_key broadcast.type_caption broadcast.publish_captions""",
    Role.APPROVER: """
        planning.certify_budget planning.cancel_line tendering.cancel tendering.suspend tendering.resume
        auction.void awarding.issue_ruling contracting.sign_buyer contracting.amend contracting.terminate""",
    Role.OIC: """
        tendering.suspend tendering.resume opening.attend opening.give_shares auction.pause auction.resume auction.void
        clarifying.note_flood questions.hide contact.answer""",
    Role.WITNESS: "opening.attend opening.give_shares questions.answer",
    Role.EVALUATOR: "evaluation.declare evaluation.score evaluation.lock auction.weigh_price",
    Role.SUPPLIER: """
        clarifying.ask clarifying.ask_many clarifying.ask_again clarifying.ask_again_many
        bidding.submit bidding.withdraw bidding.redeal opening.attend opening.present_backup
        auction.offer auction.withdraw_offer auction.leave_floor auction.justify_price contracting.sign_supplier
        payment.submit_invoice""",
    Role.WAREHOUSE: "delivery.receive delivery.accept delivery.reject",
    Role.TREASURY: "payment.return_invoice payment.approve_invoice payment.pay",
    Role.AUDITOR: "",
    Role.OPERATOR: """
        parties.register_unit parties.register_supplier parties.invite_person parties.renew_invitation parties.appoint
        parties.end_appointment""",
}
ALLOWED = {role: frozenset(text.split()) for role, text in MAY.items()}
COMMANDS = sorted(
    c for c in frozenset().union(*ALLOWED.values()) if not c.startswith(("parties.", "contact."))
)  # on purchases

BY_ITSELF = frozenset(
    {
        "reception.closed",
        "envelopes.audited",
        "auction.convened",
        "auction.started",
        "round.begun",
        "turn.begun",
        "final_round.begun",
        "offers.published",
        "auction.closed",
        "auction.revealed",
        "justification.requested",
        "justification.lapsed",
        "justification.accepted",
        "justification.rejected",
        "floor.committed",
        "offer.made",
        "offer.refused",
        "offer.hidden",
        "broadcast.started",
        "broadcast.ended",
        "broadcast.recorded",
    }
)  # what the platform does when its hour comes
OF_NOBODY = frozenset({"envelope.logged"})  # whose it is stands in the envelope alone

# kind of entry -> the commands that leave it
LEFT_BY: dict[str, str] = {
    "plan_line.published": "planning.publish_line",
    "plan_line.modified": "planning.modify_line",
    "budget.certified": "planning.certify_budget",
    "plan_line.cancelled": "planning.cancel_line",
    "quotes.requested": "research.request_quotes",
    "price_source.recorded": "research.record_source",
    "research.concluded": "research.conclude",
    "call.published": "tendering.publish_call",
    "call.amended": "tendering.amend_call",
    "tender.suspended": "tendering.suspend",
    "tender.resumed": "tendering.resume",
    "tender.cancelled": "tendering.cancel",
    "question.asked": "clarifying.ask clarifying.ask_again",
    "question.answered": "clarifying.answer",
    "questions.sent": "clarifying.ask_many clarifying.ask_again_many",
    "questions.answered": "clarifying.answer_group",
    "questions.regrouped": "clarifying.take_out",
    "flood.noted": "clarifying.note_flood",
    "answers.given": "clarifying.give_answers",
    "clarification.closed": "clarifying.close_meeting",
    "opener.replaced": "tendering.replace_opener",
    "opening.started": "opening.start",
    "reference_price.revealed": "opening.start",
    "attendance.noted": "opening.attend",
    "shares.given": "opening.give_shares",
    "share.false": "opening.give_shares",
    "envelope.revealed": "opening.give_shares opening.present_backup",
    "backup.presented": "opening.present_backup",
    "bid.opened": "opening.open_bids",
    "bid.unopenable": "opening.open_bids",
    "bids.opened": "opening.open_bids",
    "opening.closed": "opening.close",
    "conflict.stated": "evaluation.declare",
    "conflict.declared": "evaluation.declare",
    "scores.recorded": "evaluation.score",
    "scores.locked": "evaluation.lock",
    "evaluation.concluded": "evaluation.conclude",
    "auction.skipped": "auction.schedule",
    "auction.scheduled": "auction.schedule",
    "auction.rescheduled": "auction.reschedule",
    "auction.paused": "auction.pause",
    "auction.resumed": "auction.resume",
    "auction.voided": "auction.void",
    "auction.certified": "auction.certify",
    "justification.given": "auction.justify_price",
    "justification.weighed": "auction.weigh_price",
    "ruling.issued": "awarding.issue_ruling",
    "contract.drafted": "contracting.draft",
    "contract.signed_by_supplier": "contracting.sign_supplier",
    "contract.signed": "contracting.sign_buyer",
    "guarantee.registered": "contracting.register_guarantee",
    "contract.amended": "contracting.amend",
    "contract.terminated": "contracting.terminate",
    "goods.received": "delivery.receive",
    "goods.accepted": "delivery.accept",
    "goods.rejected": "delivery.reject",
    "progress.reported": "delivery.report_progress",
    "invoice.received": "payment.submit_invoice",
    "invoice.returned": "payment.return_invoice",
    "invoice.approved": "payment.approve_invoice",
    "payment.made": "payment.pay",
    "purchase.completed": "payment.pay",
    "public_question.answered": "questions.answer",
    "public_question.hidden": "questions.hide",
    "camera.authorised": "broadcast.issue_key",
    "camera.revoked": "broadcast.revoke_key",
    "caption.typed": "broadcast.type_caption",
    "captions.published": "broadcast.publish_captions",
}
