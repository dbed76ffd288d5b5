# SPDX-License-Identifier: Apache-2.0
"""One port: the streams of `/live/` go to the raw ASGI application, everything else to Django in a pool of threads.

Why one process and one port: docs/decisions/0002-one-port.md.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from a2wsgi import WSGIMiddleware
from django.conf import settings

from vitrina.live.asgi import app as live
from vitrina.live.asgi import is_stream
from vitrina.site.intake import Intake
from vitrina.site.wsgi import application as django

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

THREADS = int(os.environ.get("VITRINA_THREADS", "8"))
pages = Intake(
    WSGIMiddleware(django, workers=THREADS),
    text_limit=settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
    file_limit=settings.REQUEST_MAX_SIZE,
    part_limit=settings.PART_MAX_SIZE,
)


async def app(scope: Message, receive: Receive, send: Send) -> None:
    """Route one connection; the server's start and stop messages go to the live application."""
    if scope["type"] == "lifespan" or is_stream(scope.get("path", "")):
        await live(scope, receive, send)
    else:
        await pages(scope, receive, send)
