# SPDX-License-Identifier: Apache-2.0
"""What the room of a purchase shows of its auctions. Made of what `cycle.auction.shown` lets anybody see.

The page holds the same facts twice: drawn, and as data (`data`, `words`) from which `auction-room.js` goes on while
offers come. Amounts are whole centavos; of a lot of one item they are told by piece.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from vitrina.cycle.auction import shown
from vitrina.cycle.auction.justifying.queries import said_of
from vitrina.cycle.auction.justifying.words import mark_words
from vitrina.cycle.auction.models import Auction
from vitrina.cycle.auction.queries import auctions_of, marks_of, report_after_rejection
from vitrina.cycle.auction.room import Room
from vitrina.cycle.auction.states import Phase
from vitrina.cycle.auction.watching import Watch, watch
from vitrina.cycle.core.models import Process
from vitrina.cycle.core.words import lang, money
from vitrina.cycle.planning.queries import lots_of as items_by_lot
from vitrina.cycle.tendering.queries import lots_of
from vitrina.kernel import formats
from vitrina.kernel.money import Money

from . import auction_words, descent

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
GOING = frozenset({Phase.WARMUP, Phase.RUNNING, Phase.PAUSED})


def shown_of(ocid: str, now: datetime, zone: str) -> list[dict[str, Any]]:
    """Every auction of a purchase, by lot."""
    process = Process.objects.filter(ocid=ocid).first()
    held = auctions_of(process) if process else {}
    if not held or process is None:
        return []
    titles = {lot.number: lot.title for lot in lots_of(process)}
    items = items_by_lot(process)
    found = []
    for lot, auction in held.items():
        auction.process = process
        unit = items[lot][0].unit_name if len(items.get(lot, [])) == 1 else ""
        found.append(_shown(auction, now=now, zone=zone, title=titles.get(lot, ""), unit=unit))
    return found


def _shown(auction: Auction, *, now: datetime, zone: str, title: str, unit: str) -> dict[str, Any]:
    seen = watch(auction)
    room = seen.room
    picture = shown.snapshot(room, now=now) if room.profile else {"state": room.phase, "rows": [], "leader": None}
    per = room.multiple if room.multiple > 1 and unit else 1
    facts = auction_words.Facts(room, picture, per=per, unit=unit, zone=zone, n_offers=seen.n_offers)
    is_over = room.phase in {Phase.REVEALED, Phase.CERTIFIED}
    names = {e.alias: (e.bid, e.name) for e in room.secrets.entrants} if is_over else {}
    report = report_after_rejection(auction.process, auction.lot) if is_over else None
    award = report.award if report else None
    return {
        "lot": auction.lot,
        "title": title,
        "state": room.phase,
        "is_going": room.phase in GOING,
        "headline": auction_words.headline(facts, names, award),
        "lead": auction_words.lead(facts),
        **auction_words.state(room),
        **_clock(room, now),
        "rule": auction_words.extension(room),
        "foot": auction_words.foot(facts),
        "columns": auction_words.columns(facts),
        "rows": [auction_words.row(facts, one, names, award) for one in picture["rows"]],
        **_descent(facts, seen, now),
        "marks": [mark_words(mark) for mark in marks_of(room)] if is_over else [],
        "prices": said_of(auction.process, auction.lot) if is_over else [],
        "words": auction_words.words(facts),
        "data": _data(facts, seen, zone),
        "data_id": f"auction-{auction.lot}-data",
        "words_id": f"auction-{auction.lot}-words",
    }


def _clock(room: Room, now: datetime) -> dict[str, Any]:
    """What is counted down: to the beginning, to the end, or nothing; a pause says what is left."""
    if room.phase in {Phase.SCHEDULED, Phase.WARMUP}:
        return {"until": room.starts_at, "until_words": _("to the beginning"), "left": None}
    if room.phase == Phase.RUNNING and room.segment is not None:
        return {"until": max(room.segment.ends_at, now), "until_words": auction_words.part(room), "left": None}
    return {"until": None, "until_words": "", "left": room.remaining}


def _points(seen: Watch, per: int) -> list[descent.Point]:
    return [
        descent.Point(_ms(one["at"]), Money.parse(one["amount"]).centavos // per, one["alias"]) for one in seen.points
    ]


def _ms(text: str) -> int:
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(milliseconds=1)


def _descent(facts: auction_words.Facts, seen: Watch, now: datetime) -> dict[str, Any]:
    """The chart with its finding, wide and narrow; nothing before the first offer could come, nor where the first need
    not have the lowest price.
    """
    points = _points(seen, facts.per)
    room = seen.room
    if not points or room.segment is None or not auction_words.is_by_price(room):
        return {"chart": None}
    ends = points[-1].at if room.phase in shown.OVER else _ms(str(shown.iso(room.segment.ends_at)))
    here = _ms(str(shown.iso(now)))
    told: dict[str, Any] = {
        "chart": {
            "title": auction_words.saving(facts.n_offers, points[0].centavos, points[-1].centavos),
            "note": _note(points),
            "legend": [{"alias": alias, "svg": _legend_mark(n)} for n, alias in enumerate(descent.aliases(points))],
            "drawings": [
                _svg(facts, descent.draw(points, ends=ends, now=here, zone_ms=_zone_ms(room), size=size), points)
                for size in (descent.WIDE, descent.NARROW)
            ],
        }
    }
    return told


def _zone_ms(room: Room) -> int:
    extension = room.rules.extension
    return extension.window_s * 1000 if extension and room.phase == Phase.RUNNING else 0


def _note(points: list[descent.Point]) -> str:
    low, high, step = descent.scale(points)
    return _("The axis goes from %(low)s to %(high)s.") % {"low": _axis(low, step), "high": _axis(high, step)}


def _axis(centavos: int, step: int) -> str:
    return ("" if lang() == "en" else "$") + descent.figures(centavos, step)


def _legend_mark(n: int) -> SafeString:
    kind = descent.SHAPES[n % len(descent.SHAPES)]
    drawn = descent.shape(kind, 70, 70)
    return mark_safe(f'<svg class="chart" width="14" height="14" viewBox="0 0 14 14" aria-hidden="true">{drawn}</svg>')  # noqa: S308 - numbers of ours


def _svg(facts: auction_words.Facts, drawn: descent.Descent, points: list[descent.Point]) -> SafeString:
    """The markup, as `auction-chart.js` makes it. All that goes in are numbers, and words of ours that are escaped."""
    size, left, bottom, end = drawn.size, drawn.left, drawn.bottom, drawn.end
    step = drawn.prices[1].value - drawn.prices[0].value
    px = descent.px
    lines = format_html_join(
        "",
        '<path class="grid" d="M{} {}H{}"/><text x="{}" y="{}" text-anchor="end">{}</text>',
        ((left, px(p.place), end, left - 10, px(p.place + 45), _axis(p.value, step)) for p in drawn.prices),
    )
    hours = format_html_join(
        "",
        '<path class="axis" d="M{} {}v5"/><text x="{}" y="{}" text-anchor="middle">{}</text>',
        ((px(h.place), bottom, px(h.place), bottom + 24, _hour(h.value, facts.zone)) for h in drawn.hours),
    )
    zone = format_html('<path class="zone" d="M{} {}V{}"/>', px(drawn.zone), size.top, bottom) if drawn.zone else ""
    marks = mark_safe("".join(descent.shape(m.shape, m.x, m.y) for m in drawn.marks))  # noqa: S308 - numbers of ours
    width = end - drawn.now // 10
    ahead = (
        format_html(
            '<rect class="ahead" x="{}" y="{}" width="{}" height="{}"/>',
            px(drawn.now),
            size.top,
            width,
            bottom - size.top,
        )
        if width > 0
        else ""
    )
    told = auction_words.told(points[0].centavos, points[-1].centavos, facts.n_offers)
    return format_html(
        '<svg class="chart only-{} descent" viewBox="0 0 {} {}" role="img" aria-label="{}">{}{}{}{}'
        '<path class="line" d="{}"/>{}<path class="now" d="M{} {}V{}"/>{}</svg>',
        size.name, size.width, size.height, told, ahead, lines, hours, zone, drawn.path, marks,
        px(drawn.now), size.top, bottom, _best(drawn, money(points[-1].centavos)),
    )  # fmt: skip


def _best(drawn: descent.Descent, text: str) -> SafeString:
    """The best price beside the line of now: at its right where it fits."""
    fits = drawn.now // 10 + 10 + 8 * len(text) < drawn.size.width
    x, anchor = (drawn.now + 80, "start") if fits else (drawn.now - 80, "end")
    return format_html(
        '<text class="strong big" x="{}" y="{}" text-anchor="{}">{}</text>',
        descent.px(x),
        descent.px(drawn.best + 200),
        anchor,
        text,
    )


def _hour(ms: int, zone: str) -> str:
    return f"{formats.local(EPOCH + timedelta(milliseconds=ms), zone):%H:%M}"


def _data(facts: auction_words.Facts, seen: Watch, zone: str) -> dict[str, Any]:
    """What a script goes on from; plain values."""
    room, picture = facts.room, facts.picture
    return {
        "lot": room.lot,
        "seq": room.seq,
        "now": picture.get("server_now"),
        "state": room.phase,
        "per": facts.per,
        "multiple": room.multiple,
        "step": room.step,
        "start": room.start,
        "beat": room.rules.beat if room.profile else "",
        "by_price": auction_words.is_by_price(room),
        "leader": picture["leader"],
        "rows": picture["rows"],
        "n_offers": seen.n_offers,
        "points": [[p.at, p.centavos, p.alias] for p in _points(seen, facts.per)],
        "ends_at": picture.get("ends_at"),
        "zone_ms": _zone_ms(room) if room.profile else 0,
        "zone": zone,
    }
