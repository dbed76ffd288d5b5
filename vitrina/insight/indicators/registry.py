# SPDX-License-Identifier: Apache-2.0
"""Finds the indicators: every family module of `families` has `INDICATORS`."""

from __future__ import annotations

import functools
import importlib
import pkgutil
from collections.abc import Sequence

from . import families
from .declare import Indicator


class UnknownIndicator(KeyError):
    """There is no indicator of that code."""


@functools.cache
def indicators() -> dict[str, Indicator]:
    """Key (code and part) -> indicator, in the order of keys: A, O, S, U."""
    names = sorted(m.name for m in pkgutil.iter_modules(families.__path__) if m.name != "sectors")
    found = [i for name in names for i in importlib.import_module(f"{families.__name__}.{name}").INDICATORS]
    known = {i.key: i for i in sorted(found, key=lambda i: i.key)}
    assert len(known) == len(found), "two indicators have one key"
    return known


def chosen(codes: Sequence[str] | None = None) -> list[Indicator]:
    """The indicators of these codes (`U059` means all its parts, `U059.median` one), all when none are named."""
    known = indicators()
    if not codes:
        return list(known.values())
    unknown = [code for code in codes if code not in known and code not in {i.code for i in known.values()}]
    if unknown:
        raise UnknownIndicator(", ".join(unknown))
    return [i for i in known.values() if i.key in codes or i.code in codes]
