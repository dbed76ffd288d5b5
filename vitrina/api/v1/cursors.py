# SPDX-License-Identifier: Apache-2.0
"""Cursors: where a list goes on. Opaque to who follows them, bound to the list and question they were made for.

They hold the place of the last row that was told, so a page costs the same wherever it lies, and rows that come or go
meanwhile shift nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Sequence
from typing import Any

import orjson
from django.db.models import Q
from django.utils.translation import gettext_lazy

from vitrina.api.problems import Refused

VERSION = 1
MOST_LETTERS = 1000
Place = tuple[Any, ...]
_MOST = 2**63

_STRANGE = gettext_lazy(
    "This cursor was not made here, or not all of it arrived. Take `next_cursor` of the former page as it stands, or "
    "leave `cursor` out to begin at the first page."
)
_OTHER = gettext_lazy(
    "This cursor belongs to another list, or to other filters or another order. Ask with the same parameters as the "
    "page that gave it, or leave `cursor` out to begin at the first page."
)


def made(place: Place, *, of: str) -> str:
    """The cursor of a place. `of`: the list and the question, in one spelling.

    >>> read(made((7, "a"), of="x?y"), (int, str), of="x?y")
    (7, 'a')
    """
    token = orjson.dumps([VERSION, _digest(of), *place])
    return base64.urlsafe_b64encode(token).rstrip(b"=").decode()


def read(text: str, kinds: Sequence[Any], *, of: str) -> Place | None:
    """The place of a cursor, None of an empty one. Parts are of these kinds.

    Refused: what was not made by `made` for this list and question.
    """
    if not text:
        return None
    try:
        token = orjson.loads(base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError):
        raise strange() from None
    if not isinstance(token, list) or len(token) < 3 or token[0] != VERSION:  # noqa: PLR2004 - version, digest, a part
        raise strange()
    if token[1] != _digest(of):
        raise Refused(400, _OTHER, "cursor_of_another_list")
    place = tuple(token[2:])
    if len(place) != len(kinds) or not all(map(_fits, place, kinds)):
        raise strange()
    return place


def strange() -> Refused:
    """The refusal of a cursor that was not made here."""
    return Refused(400, _STRANGE, "bad_cursor")


def _digest(of: str) -> str:
    return hashlib.sha256(of.encode()).hexdigest()[:12]


def _fits(part: Any, kind: Any) -> bool:
    if isinstance(part, bool) or not isinstance(part, kind):
        return False
    return "\x00" not in part if isinstance(part, str) else part is None or -_MOST <= part < _MOST


def page(rows: Any, fields: Sequence[str], place: Place | None, limit: int) -> tuple[list[Any], Place | None]:
    """A page of a query, in the order of `fields` (together unique), after a place; and the place after it."""
    if place is not None:
        rows = rows.filter(beyond(fields, place))
    found = list(rows.order_by(*fields)[: limit + 1])
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], tuple(last[f] if isinstance(last, dict) else getattr(last, f) for f in fields)


def beyond(fields: Sequence[str], place: Place) -> Q:
    """Rows that come after a place: (a, b) > (x, y), told field by field."""
    (field, *others), (value, *rest) = fields, place
    after = Q(**{f"{field}__gt": value})
    return after | (Q(**{field: value}) & beyond(others, tuple(rest))) if others else after
