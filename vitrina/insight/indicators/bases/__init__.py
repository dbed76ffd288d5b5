# SPDX-License-Identifier: Apache-2.0
"""The rows that indicators read: one table of narrow facts for each kind of thing, computed once a run.

A base of things (processes, awards, contracts, …) is the same for every grouping; a base of firms is summed anew for
each, because a firm's share or rank depends on the group that it is looked at in.
"""

from __future__ import annotations

from types import MappingProxyType

from . import awards, contracts, firms, parts, processes, research
from .base import Base, as_of

BASES = MappingProxyType(
    {base.name: base for module in (processes, awards, contracts, firms, parts, research) for base in module.BASES}
)

__all__ = ["BASES", "Base", "as_of"]
