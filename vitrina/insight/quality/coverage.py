# SPDX-License-Identifier: Apache-2.0
"""Counts the occurrences of every field of a release, and judges each, in one walk."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .declare import Release
from .fields import LEAVES, Leaf, Lists, is_filled
from .paths import OBJECTS, SECTION_OF

SHOWN = 5  # examples kept of each check and path
EXCERPT = 80


@dataclass(slots=True)
class Field:
    """A field of an object at a path, and its counts: objects that may have it, those that do, those filled; and of
    its own check those that pass, fail, and are undefined.
    """

    name: str
    path: str
    node: Node | None = None
    is_list: bool = False
    code: str = ""
    leaf: Leaf | None = None
    section: str = ""
    possible: int = 0
    present: int = 0
    filled: int = 0
    passed: int = 0
    failed: int = 0
    unknown: int = 0
    examples: list[tuple[str, str, str]] = field(default_factory=list)  # check, ocid, value

    def add(self, other: Field) -> None:
        """Take in the counts of the same field of another part of the data."""
        for name in ("possible", "present", "filled", "passed", "failed", "unknown"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.examples = (self.examples + other.examples)[:SHOWN]


@dataclass(slots=True)
class Node:
    """An object at a path and its fields."""

    fields: list[Field]


def tree(name: str = "Release", path: str = "", section: str = "") -> Node:
    """The fields below an object, each with counts of its own."""
    found = []
    for part in OBJECTS[name].split():
        own, kind = part.split(":")
        here = f"{path}.{own}" if path else own
        inside = own if own in SECTION_OF else section
        if kind[0] in "*+":
            found.append(Field(own, here, tree(kind[1:], here, inside), kind[0] == "+"))
        else:
            code, leaf = LEAVES.get(kind, ("", None))
            found.append(Field(own, here, code=code, leaf=leaf, section=section))
    return Node(found)


class Coverage:
    """The counts of every field over the releases that were added."""

    def __init__(self, lists: Lists | None = None) -> None:
        self.lists, self.root = lists or Lists(), tree()

    def add(self, release: Release) -> None:
        """Count a release."""
        self._walk(self.root, release, str(release.get("ocid")))

    def _walk(self, node: Node, parent: dict[str, Any], ocid: str) -> None:
        for one in node.fields:
            one.possible += 1
            if one.name not in parent:
                continue
            value = parent[one.name]
            one.present += 1
            if not is_filled(value):
                if len(one.examples) < SHOWN:
                    one.examples.append(("F02", ocid, repr(value)[:EXCERPT]))
                continue
            one.filled += 1
            if one.leaf is not None:
                self._judge(one, one.leaf, value, ocid)
            elif one.node is not None:
                self._descend(one, one.node, value, ocid)

    def _judge(self, one: Field, leaf: Leaf, value: Any, ocid: str) -> None:
        holds = leaf(value, one.section, self.lists)
        if holds:
            one.passed += 1
        elif holds is None:
            one.unknown += 1
        else:
            one.failed += 1
            if len(one.examples) < SHOWN:
                one.examples.append((one.code, ocid, repr(value)[:EXCERPT]))

    def _descend(self, one: Field, node: Node, value: Any, ocid: str) -> None:
        if not one.is_list:
            if isinstance(value, dict):
                self._walk(node, value, ocid)
        elif isinstance(value, list):
            for each in value:
                if isinstance(each, dict):
                    self._walk(node, each, ocid)

    def fields(self) -> Iterator[Field]:
        """Every field, in the order of the schema."""
        yield from _fields(self.root)

    def merge(self, other: Coverage) -> None:
        """Take in the counts of another part of the data."""
        for mine, theirs in zip(self.fields(), other.fields(), strict=True):
            mine.add(theirs)


def _fields(node: Node) -> Iterator[Field]:
    for one in node.fields:
        yield one
        if one.node is not None:
            yield from _fields(one.node)
