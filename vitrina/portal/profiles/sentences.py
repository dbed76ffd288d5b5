# SPDX-License-Identifier: Apache-2.0
"""The answer of a profile in sentences: what, from whom, for how much, compared with whom, in time or not, what was
flagged. A sentence that the data cannot carry is left out; what is missing is told by `quality`.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from vitrina.cycle.core.words import lang
from vitrina.kernel import formats
from vitrina.profiles import Profile
from vitrina.profiles.shapes import FEWEST, Figures, Part, share

from .reading import about, contracts_words, percent, share_words, years_words


def headline(profile: Profile) -> str:
    """The first sentence of the page."""
    told = {"name": profile.name, "amount": about(profile.figures.centavos), "n": contracts_words(profile.figures.n)}
    if profile.kind == "supplier":
        return _("%(name)s was awarded %(amount)s in %(n)s.") % told
    if profile.kind == "market":
        return _("%(name)s: %(amount)s were contracted, in %(n)s.") % told
    if profile.kind == "country":
        return _("%(amount)s were contracted, in %(n)s.") % told
    if profile.kind == "place":
        return _("For %(name)s, %(amount)s were contracted, in %(n)s.") % told
    return _("%(name)s contracted %(amount)s, in %(n)s.") % told


def lead(profile: Profile) -> str:
    """The one paragraph under it."""
    return " ".join(_lead(profile))


def _lead(profile: Profile) -> Iterator[str]:
    when = years_words(profile)
    market, supplier, buyer = (_first(profile, kind) for kind in ("market", "supplier", "buyer"))
    told = {"when": when, "market": market.name if market else "", "from": supplier.name if supplier else ""}
    if profile.kind == "supplier" and buyer and market:
        yield _("%(when)s, most of it for “%(market)s”; its largest buyer is %(buyer)s, with %(share)s.") % (
            told | {"when": _upper(when), "buyer": buyer.name, "share": _of_amount(buyer, profile)}
        )
    elif market and profile.kind != "market" and supplier:
        yield _("%(when)s, most of it for “%(market)s”; its largest supplier is %(from)s, with %(share)s.") % (
            told | {"when": _upper(when), "share": _of_amount(supplier, profile)}
        )
    elif buyer and supplier:
        told |= {"when": _upper(when), "buyer": buyer.name, "buyer_share": _of_amount(buyer, profile),
                 "share": _of_amount(supplier, profile)}  # fmt: skip
        text = _("%(when)s; who buys most: %(buyer)s, with %(buyer_share)s; who sells most: %(from)s, with %(share)s.")
        yield text % told
    else:
        yield f"{_upper(when)}."
    yield from _compared(profile)
    yield from _in_time(profile.figures)
    yield flagged(profile)


def _first(profile: Profile, kind: str) -> Part | None:
    top = profile.tops.get(kind)
    return top.rows[0] if top and top.rows and top.rows[0].centavos else None


def _of_amount(part: Part, profile: Profile) -> str:
    """The share of one in all that was contracted."""
    if profile.figures.n < FEWEST:
        return contracts_words(part.n)
    return _("%(share)s of the amount") % {"share": share_words(part.centavos, profile.figures.centavos)}


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]


def direct(profile: Profile) -> int:
    """Contracts by direct award."""
    return profile.methods.get("direct", (0, 0))[0]


def _compared(profile: Profile) -> Iterator[str]:
    own = share(direct(profile), profile.figures.n)
    all_ = share(profile.n_direct_country, profile.country.n)
    if profile.kind == "country" and own is not None:
        yield _("%(own)s of its contracts were direct awards.") % {"own": percent(own)}
    elif own is not None and all_ is not None:
        yield _("%(own)s of its contracts were direct awards; in the whole history it is %(all)s.") % {
            "own": percent(own), "all": percent(all_)}  # fmt: skip


def _in_time(figures: Figures) -> Iterator[str]:
    if (late := share(figures.n_late, figures.n_due)) is None:
        return
    if not figures.n_late:
        yield _("Of %(n)s that tell it, all were delivered in time.") % {"n": contracts_words(figures.n_due)}
        return
    yield _("Of %(n)s that tell it, %(late)s were delivered late.") % {
        "n": contracts_words(figures.n_due), "late": percent(late)}  # fmt: skip


def flagged(profile: Profile) -> str:
    """What rules raised."""
    n = sum(1 for flag in profile.flags if not flag.is_own)
    own = sum(1 for flag in profile.flags if flag.is_own)
    if not profile.has_flags:
        return _("No rules were run over this history, so nothing is known of flags.")
    if not n and not own:
        return _("No rule raised a flag here.")
    return ngettext("One rule raised flags among them.", "%(n)s rules raised flags among them.", n + own) % {
        "n": n + own
    }


def quality(profile: Profile) -> list[str]:
    """What the source does not tell of these contracts, each with its number; what is whole is not mentioned."""
    f = profile.figures
    gaps = (
        (f.n - f.n_amount - f.n_foreign, _("without an amount")),
        (f.n_foreign, _("in other currencies: they count, but are not summed")),
        (f.n - f.n_signed, _("without a day of signature")),
        (f.n - f.n_class, _("without a class of what was bought")),
        (f.n - f.n_place, _("without a place")),
        (f.n - f.n_supplier, _("without a supplier")),
        (f.n_supplier - f.n_rfc, _("whose supplier is told without RFC")),
        (f.n_joint, _("with several suppliers: each counts with the whole amount")),
    )
    return [f"{_upper(contracts_words(n))} {what} ({share_words(n, f.n)})." for n, what in gaps if n]


def days(profile: Profile) -> str:
    """Days from call to award, of half of them."""
    found = profile.figures.days
    if not found or found.n < FEWEST:
        return ""
    return _("half of them between %(q1)s and %(q3)s days") % {
        "q1": formats.number(int(found.q1), lang()), "q3": formats.number(int(found.q3), lang())}  # fmt: skip
