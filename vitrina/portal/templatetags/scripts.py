# SPDX-License-Identifier: Apache-2.0
"""`{% load scripts %}`: `{% script "js/check.js" %}`, and once in the head `{% import_map "js/..." %}` before them."""

from __future__ import annotations

from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from vitrina.portal import scripts

register = template.Library()


@register.simple_tag
def script(name: str) -> SafeString:
    """A module script with its digest; a browser runs it only as it is here."""
    found = scripts.of(name)
    digest = format_html(' integrity="{}"', found.integrity) if found else ""
    return format_html('<script type="module" src="{}"{}></script>', static(name), digest)


@register.simple_tag(takes_context=True)
def import_map(context: template.Context, *names: str) -> SafeString:
    """The digests of all that the scripts of this page import; `names`: those that not every page has.

    The content policy lets nothing inline through but this text: its digest goes to the middleware by the request.
    """
    request = context.get("request")
    if request is None:
        return SafeString("")
    text = scripts.import_map(*(f"js/{name}.js" for name in scripts.EVERYWHERE), *names)
    request.inline_digest = scripts.integrity(text.encode())
    return mark_safe(f'<script type="importmap">{text}</script>')  # noqa: S308 - our own names and digests
