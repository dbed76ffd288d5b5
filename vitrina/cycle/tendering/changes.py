# SPDX-License-Identifier: Apache-2.0
"""What changed in a call, field by field, as the ledger tells it. Pure."""

from __future__ import annotations

from typing import Any

import msgspec

from .events import Change


def changes(before: Any, after: Any) -> tuple[Change, ...]:
    """The fields of two terms that differ, with both texts."""
    old, new = msgspec.to_builtins(before, builtin_types=()), msgspec.to_builtins(after, builtin_types=())
    return tuple(
        Change(field=name, before=_text(old[name]), after=_text(new[name])) for name in new if old[name] != new[name]
    )


def _text(value: Any) -> str:
    """A field as the change shows it: text as it is, the criteria as one line each."""
    if isinstance(value, list | tuple):
        return "\n".join(f"{c['number']}. {c['title']}{_worth(c)}: {c['description']}" for c in value)
    return str(value)


def _worth(criterion: dict[str, Any]) -> str:
    """The points that a requirement gives, or the years over which a cost is counted."""
    if criterion["years"] is not None:
        return f" ({criterion['years']} años)"
    return f" ({criterion['points']})" if criterion["points"] is not None else ""
