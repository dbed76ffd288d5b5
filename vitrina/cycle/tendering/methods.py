# SPDX-License-Identifier: Apache-2.0
"""How a call says that it is decided: the names of the law's methods that this version can evaluate."""

from __future__ import annotations

BINARY, BY_POINTS = "binario", "puntos_porcentajes"
METHODS = frozenset({BINARY, BY_POINTS})  # the law knows more
POINTS = "points"  # the kind of a requirement that gives points
SCALE = ("evaluation.points.technical", "evaluation.points.economic", "evaluation.points.technical_min")
