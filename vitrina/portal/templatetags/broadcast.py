# SPDX-License-Identifier: Apache-2.0
"""`{% load broadcast %}{% broadcast ocid %}`: picture and sound of a purchase's acts, for any page that shows them.

The page also loads `{% script "js/live-video.js" %}`. The player is fed through an address of its own making
(`blob:`), which the content policy lets through on these pages alone: the middleware reads it from the request.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.templatetags.static import static

from vitrina.broadcast.shown import part
from vitrina.cycle.core.models import Process
from vitrina.portal import scripts

register = template.Library()
PLAYER = "vendor/hls.light.min.js"


@register.inclusion_tag("broadcast/part.html", takes_context=True)
def broadcast(context: template.Context, ocid: str) -> dict[str, Any]:
    """The part of a purchase; without any broadcast it is there, and empty, so that one can begin on an open page."""
    process = Process.objects.select_related("unit").filter(ocid=ocid).first()
    request = context.get("request")
    if request is not None:
        request.more_policy = {"media-src": ["blob:"]}
    found = scripts.of(PLAYER)
    player = {"player": static(PLAYER), "player_integrity": found.integrity} if found else {}
    return {"request": request, **player, **(part(process) if process else {})}
