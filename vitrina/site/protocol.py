# SPDX-License-Identifier: Apache-2.0
"""uvicorn's HTTP with two limits that it lacks: how long the head of a request may be, and how long it may take.

Without them one visitor can send a header that never ends until memory does, or hold connections that say nothing.
It also lets an application write a piece of a chunked answer that it has made once for thousands of connections
(`vitrina.offer` among the extensions of the scope): the live process does.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

LONGEST_HEAD = 64 * 1024  # address and headers, in bytes; browsers' own limits are lower
SECONDS_FOR_HEAD = 20.0


class Bounded(HttpToolsProtocol):
    """Closes a connection whose request line and headers are too long or too slow."""

    _seen = 0
    _is_in_head = True
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        was_in_head = self._is_in_head
        super().data_received(data)
        if was_in_head and self._is_in_head:
            self._seen += len(data)
            if self._seen > LONGEST_HEAD:
                self._close()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._await_head()

    def on_headers_complete(self) -> None:
        self._is_in_head = False
        self._stop_waiting()
        self.scope["extensions"] = {"vitrina.offer": self.offer}  # type: ignore[typeddict-item]
        super().on_headers_complete()

    def offer(self, chunk: bytes) -> bool:
        """Write a piece of an answer that goes on, as chunked bytes; nothing, and false, when the line is full."""
        if self.flow.write_paused:
            return False
        if not self.transport.is_closing():
            self.transport.write(chunk)
        return True

    def _await_head(self) -> None:
        self._is_in_head, self._seen = True, 0
        self._stop_waiting()
        self._timer = self.loop.call_later(SECONDS_FOR_HEAD, self._close)

    def _stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _close(self) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.close()
