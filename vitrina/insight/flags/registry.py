# SPDX-License-Identifier: Apache-2.0
"""Finds the flags: every module `rNNN` of this folder has a `FLAG`."""

from __future__ import annotations

import functools
import importlib
import pkgutil
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .declare import Flag

CARDINAL = ("R003", "R018", "R024", "R025", "R028", "R030", "R035", "R036", "R038", "R048", "R058")


class UnknownFlag(KeyError):
    """There is no flag of that code."""


@functools.cache
def flags() -> dict[str, Flag]:
    """Code -> flag, in the order of codes."""
    return {code: importlib.import_module(f"{__package__}.{code.lower()}").FLAG for code in named()}


def named(codes: Sequence[str] = ()) -> tuple[str, ...]:
    """These codes, all when none are named; no rule is imported. Unknown codes are an error that names them."""
    folder = str(Path(__file__).parent)
    known = sorted(m.name.upper() for m in pkgutil.iter_modules([folder]) if re.fullmatch(r"r\d{3}", m.name))
    unknown = [code for code in codes if code not in known]
    if unknown:
        raise UnknownFlag(", ".join(unknown))
    return tuple(codes or known)


def chosen(codes: Sequence[str] = ()) -> list[Flag]:
    """The flags of these codes, all when none are named. Unknown codes are an error that names them."""
    known = flags()
    return [known[code] for code in named(codes)]
