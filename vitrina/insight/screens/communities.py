# SPDX-License-Identifier: Apache-2.0
"""Communities of firms that bid together, and how tightly: Louvain on Jaccard weights, with a fixed seed.

Edges are pairs with at least two joint processes. COHESION: inner weight / (k (k - 1) / 2); EXCLUSIVITY: 2 x inner
weight / strength of the members; z of the inner weight against 200 rewirings that keep the degree of every firm (the
ends of the edges are dealt anew). A graph of firms recognises firms: that a group is tight says little alone.
Source: design page of the screens, 4.
"""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from .field import NOBODY, Field, Ints
from .pairs import joint

Vector = NDArray[np.float64]
RESOLUTION = 1.5
SEED = 20260101
LEAST_MEETINGS = 2
REWIRINGS = 200


@dataclass(frozen=True)
class Communities:
    """`label[place]`: the community of each firm, -1 for none; the others have one value for each community."""

    field: Field
    label: Ints
    size: Ints
    cohesion: Vector
    exclusivity: Vector
    z: Vector
    by_label: Ints  # places in the order of their label
    start: Ints  # where each label begins there

    def members(self, number: int) -> Ints:
        """Places of the members, ascending."""
        return self.by_label[self.start[number] : self.start[number + 1]]


def communities(field: Field, *, rewirings: int = REWIRINGS) -> Communities:
    """The communities of at least two firms of a window."""
    i, j, c, n = joint(field)
    often = c >= LEAST_MEETINGS
    i, j, c = i[often], j[often], c[often]
    weight = c / (n[i] + n[j] - c)
    graph = nx.Graph()
    graph.add_nodes_from(np.unique(np.concatenate([i, j])).tolist())
    graph.add_weighted_edges_from(zip(i.tolist(), j.tolist(), weight.tolist(), strict=True))
    found = nx.community.louvain_communities(graph, resolution=RESOLUTION, seed=SEED) if len(i) else []
    groups = sorted((sorted(group) for group in found if len(group) > 1), key=lambda group: group[0])
    label = np.full(field.n_firms, NOBODY, dtype=np.int64)
    for number, group in enumerate(groups):
        label[group] = number
    size = np.array([len(group) for group in groups], dtype=np.int64)
    inner = _inner(label[i], label[j], weight, len(groups))
    strength = np.bincount(np.append(label[i], label[j]) + 1, np.append(weight, weight), len(groups) + 1)[1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        exclusivity = np.where(strength > 0, 2 * inner / strength, np.nan)
        cohesion = inner / (size * (size - 1) / 2)
    z = _z(label, i, j, weight, inner, rewirings)
    by_label = np.argsort(label, kind="stable")
    start = np.searchsorted(label[by_label], np.arange(len(groups) + 1))
    return Communities(field, label, size, cohesion, exclusivity, z, by_label, start)


def _inner(a: Ints, b: Ints, weight: Vector, many: int) -> Vector:
    """Weight inside each community: of edges whose two ends have its label."""
    same = (a == b) & (a >= 0)
    return np.bincount(a[same], weight[same], many)


def _z(label: Ints, i: Ints, j: Ints, weight: Vector, inner: Vector, rewirings: int) -> Vector:
    rng = np.random.default_rng(SEED)
    ends = label[np.append(i, j)]
    drawn = np.empty((rewirings, len(inner)))
    for draw in range(rewirings):
        rng.shuffle(ends)
        drawn[draw] = _inner(ends[: len(i)], ends[len(i) :], weight, len(inner))
    if not rewirings or not len(inner):
        return np.full(len(inner), np.nan)
    sd = drawn.std(axis=0, ddof=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(sd > 0, (inner - drawn.mean(axis=0)) / sd, np.nan)
