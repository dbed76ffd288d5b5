# SPDX-License-Identifier: Apache-2.0
"""One coefficient of a regression with many effects, and an interval that holds with few groups of alike errors.

Least squares with a dummy for each level of each set of effects; errors of one cluster may be alike. The variance is
CR2 (Bell and McCaffrey 2002): plain cluster-robust variances are too small where a coefficient hangs on few rows, as
it does on the tenders of a newcomer. The interval takes t with their degrees of freedom, which need not be whole
(Imbens and Kolesár 2016, equations 9 and 11).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Ints = NDArray[np.int64]
LEVEL = 0.95
TINY = 1e-9  # share of a sum of squares below which a column is taken as explained by the others
STEPS = 20_001


class Effect(NamedTuple):
    """`value` of the coefficient, its standard error, the degrees of freedom and the two ends of the interval."""

    value: float
    se: float
    dof: float
    low: float
    high: float


def dummies(codes: Ints) -> Vector:
    """One column for each value of `codes` (rows x values)."""
    _, at = np.unique(codes, return_inverse=True)
    return np.eye(int(at.max(initial=-1)) + 1)[at]


def effect(y: Vector, x: Vector, effects: Sequence[Ints], cluster: Ints, level: float = LEVEL) -> Effect | None:
    """The coefficient of `x` on `y` beside the effects, by rows. None where the effects leave nothing of `x`, or where
    no error is left to tell how sure it is. Memory grows with the square of the rows: some thousands at most.
    """
    base = _basis(np.hstack([np.ones((len(y), 1)), *(dummies(codes) for codes in effects)]))
    own = x - base @ (base.T @ x)
    square = float(own @ own)
    if square <= TINY * float(x @ x):
        return None
    rest = y - base @ (base.T @ y)
    value = float(own @ rest) / square
    residual = rest - value * own
    whole = np.column_stack([base, own / np.sqrt(square)])
    if len(y) <= whole.shape[1]:
        return None
    variance, dof = _sandwich(own, residual, whole, cluster)
    if not dof:
        return None
    se = float(np.sqrt(variance)) / square
    reach = student(level, dof) * se
    return Effect(value, se, dof, value - reach, value + reach)


def _basis(columns: Vector) -> Vector:
    """Orthonormal columns that span the same space."""
    left, size, _ = np.linalg.svd(columns, full_matrices=False)
    return left[:, size > TINY * size.max()]


def _sandwich(own: Vector, residual: Vector, whole: Vector, cluster: Ints) -> tuple[float, float]:
    """(sum over clusters of the squared scores, degrees of freedom). `whole`: orthonormal basis of all columns."""
    total, columns = 0.0, []
    for number in np.unique(cluster):
        at = np.flatnonzero(cluster == number)
        part = whole[at]
        # What the fit left of this cluster's errors, undone: (I - H)^(-1/2), without what was fitted exactly.
        size, axes = np.linalg.eigh(np.eye(len(at)) - part @ part.T)
        known = size > TINY
        weight = (axes[:, known] / np.sqrt(size[known])) @ axes[:, known].T @ own[at]
        total += float(weight @ residual[at]) ** 2
        column = -whole @ (part.T @ weight)
        column[at] += weight
        columns.append(column)
    made = np.column_stack(columns)
    inner = made.T @ made
    square = float((inner**2).sum())
    return total, float(np.trace(inner)) ** 2 / square if square > 0 else 0.0


def student(level: float, dof: float) -> float:
    """The t that a share `level` of |T| is below, by `dof` > 0 degrees of freedom.

    >>> round(student(0.95, 10), 3), round(student(0.95, 2.5), 1)
    (2.228, 3.6)
    """
    # With T = sqrt(dof) tan(u) the density of u is cos(u)^(dof - 1), which is summed on a fine grid.
    u = np.linspace(0, np.pi / 2, STEPS)
    density = np.cos(u) ** (max(dof, 1.0) - 1)
    below = np.concatenate([[0.0], np.cumsum((density[1:] + density[:-1]) / 2)])
    return float(np.sqrt(max(dof, 1.0)) * np.tan(np.interp(level * below[-1], below, u)))
