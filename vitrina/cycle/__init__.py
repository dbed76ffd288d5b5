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
    "awarding",
    "contracting",
    "delivery",
    "payment",
)

# Rules of a stage that no command writes yet: pure, placed in the order of the rooms, no application of its own.
RULES_ONLY = ("auction",)
