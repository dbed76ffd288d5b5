# SPDX-License-Identifier: Apache-2.0
"""Recomputing the public log from the ledger: every leaf against its entry, every signed root against the leaves."""

from __future__ import annotations

from collections.abc import Iterator

from vitrina.kernel.canonical import parse

from .leaves import MOST, Row, read_rows, statement
from .merkle import EMPTY_ROOT, leaf_hash, node_hash
from .models import Head, Leaf

Broken = tuple[str, str]


class Edge:
    """The right edge of a growing tree: enough to know its root after each leaf."""

    def __init__(self) -> None:
        self.size = 0
        self._subtrees: list[bytes] = []

    def add(self, data: bytes) -> None:
        """One more leaf."""
        found, n = leaf_hash(data), self.size
        while n & 1:
            found, n = node_hash(self._subtrees.pop(), found), n >> 1
        self._subtrees.append(found)
        self.size += 1

    def root(self) -> bytes:
        """The 32-byte root over the leaves so far."""
        if not self._subtrees:
            return EMPTY_ROOT
        *rest, found = self._subtrees
        for left in reversed(rest):
            found = node_hash(left, found)
        return found


def check_leaves() -> tuple[int, Broken | None]:
    """How many leaves hold, and the first that does not (where, what); entries may wait for their leaves."""
    edge = Edge()
    heads = Head.objects.order_by("size").values_list("size", "root").iterator()
    head = next(heads, None)
    for row, data in _pairs():
        if problem := _leaf_problem(row, data):
            return edge.size, (f"leaf of position {row.position}", problem)
        edge.add(data.encode())
        if head and head[0] == edge.size:
            if edge.root().hex() != head[1]:
                return edge.size, (f"head of {edge.size} leaves", "they do not lead to the root that was signed")
            head = next(heads, None)
    beyond = head[0] if head else Leaf.objects.order_by("-position").values_list("position", flat=True).first() or 0
    if beyond > edge.size:
        return edge.size, (f"leaf of position {edge.size + 1}", f"it is missing, though the log has {beyond} leaves")
    return edge.size, None


def _pairs() -> Iterator[tuple[Row, str]]:
    """Each entry with its leaf, up to the first that has none."""
    size = 0
    while rows := list(read_rows(size, MOST)):
        kept = dict(Leaf.objects.filter(position__gt=size, position__lte=size + MOST).values_list("position", "data"))
        for row in rows:
            if row.position not in kept:
                return
            yield row, kept[row.position]
        size += len(rows)


def _leaf_problem(row: Row, data: str) -> str:
    """What a leaf says against what the ledger says; of a withdrawn body the digest is still known."""
    if row.body_size:
        return "" if data.encode() == statement(row) else "it is not the statement of the entry"
    told = parse(data).get("body")
    if told and told["sha256"] != row.body_sha256:
        return "it does not hold the digest of the body that was withdrawn"
    return ""
