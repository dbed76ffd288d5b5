# SPDX-License-Identifier: Apache-2.0
"""How a call says that it is decided: the names of the law's methods that this version can evaluate."""

from __future__ import annotations

BINARY, BY_POINTS, BY_COST = "binario", "puntos_porcentajes", "costo_beneficio"
METHODS = frozenset({BINARY, BY_POINTS, BY_COST})
POINTS = "points"  # the kind of a requirement that gives points
COST = "cost"  # of one that is answered with an amount: what the goods of a lot cost besides their price
MAX_YEARS = 50  # of a life cycle: a typing error beyond
SCALE = ("evaluation.points.technical", "evaluation.points.economic", "evaluation.points.technical_min")
