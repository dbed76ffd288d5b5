# SPDX-License-Identifier: Apache-2.0
"""Finds the flags: every module `rNNN` of this folder has a `FLAG`."""

from __future__ import annotations

import functools
import importlib
import pkgutil
import re
from pathlib import Path

from .declare import Flag

CARDINAL = ("R003", "R018", "R024", "R025", "R028", "R030", "R035", "R036", "R038", "R048", "R058")


class UnknownFlag(KeyError):
    """There is no flag of that code."""


@functools.cache
def flags() -> dict[str, Flag]:
    """Code -> flag, in the order of codes."""
    folder = str(Path(__file__).parent)
    names = sorted(m.name for m in pkgutil.iter_modules([folder]) if re.fullmatch(r"r\d{3}", m.name))
    found = [importlib.import_module(f"{__package__}.{name}").FLAG for name in names]
    return {flag.code: flag for flag in found}


def chosen(codes: list[str] | None = None) -> list[Flag]:
    """The flags of these codes, all when none are named. Unknown codes are an error that names them."""
    known = flags()
    unknown = [code for code in codes or () if code not in known]
    if unknown:
        raise UnknownFlag(", ".join(unknown))
    return [known[code] for code in codes] if codes else list(known.values())
