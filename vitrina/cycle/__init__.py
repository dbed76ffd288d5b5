# SPDX-License-Identifier: Apache-2.0
"""The purchase, stage by stage, in time order. A later stage may import an earlier one, never the reverse."""

STAGES = (
    "planning",
    "research",
    "tendering",
    "clarifying",
    "bidding",
    "opening",
    "evaluation",
    "auction",
    "awarding",
    "contracting",
    "delivery",
    "payment",
)
