# SPDX-License-Identifier: Apache-2.0
"""Which rules could see which planted kind: written down before anything was measured."""

from __future__ import annotations

TENDER, COMMUNITY, FILES = "screens: price composite", "screens: community", "screens: shared files"
SCREENS = {TENDER: "OCID", COMMUNITY: "Tenderer", FILES: "Tenderer"}
CARTEL = (
    *(TENDER, COMMUNITY, FILES, "R018", "R022", "R024", "R025", "R028", "R031", "R034", "R036", "R041"),
    *("R053", "R057", "R058"),
)
COULD_SEE: dict[str, tuple[str, ...]] = {
    "cartel.rotation": CARTEL,
    "cartel.turns": CARTEL,
    "cartel.cover": CARTEL,
    "cartel.suppression": CARTEL,
    "cartel.allocation": CARTEL,
    "cartel.phantom": CARTEL,
    "splitting": ("R002", "R011", "R049"),
    "bunching": ("R002",),
    "captured": ("R003", "R013", "R014", "R018", "R040", "R050"),
    "ghost": ("R042", "R045", "R046"),
    "debarred": ("R046",),
    "conflict": ("R043",),
    "late_bid": ("R030",),
    "copied_documents": ("R041",),
    "change_orders": ("R054", "R059", "R064", "R069"),
}
LOOKALIKE: dict[str, tuple[str, ...]] = {
    "lookalike.common_cost": CARTEL,
    "lookalike.public_reserve": CARTEL,
    "lookalike.single_source": ("R010", "R050"),
    "lookalike.cleared": ("R045", "R046"),
    "lookalike.expired": ("R046",),
    "lookalike.same_building": ("R042", "R044", "R045"),
}
