# SPDX-License-Identifier: Apache-2.0
"""How the client asks: GET, JSON, patience with limits, errors as exceptions."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any

BUSY = {429, 503}
MOST_SECONDS = 120


class ApiError(Exception):
    """A refusal of the site: `status`, `title`, `detail`, and `code`, a word for programs."""

    def __init__(self, status: int, problem: Mapping[str, Any]) -> None:
        self.status = status
        self.title = str(problem.get("title", ""))
        self.detail = str(problem.get("detail", ""))
        self.code = str(problem.get("code", ""))
        super().__init__(f"{status} {self.title}: {self.detail}")


class Transport:
    """A site by its address. `patience`: how often a limit that was reached is waited for."""

    def __init__(self, url: str, *, language: str = "es", patience: int = 5, timeout: float = 60) -> None:
        if not url.startswith(("http://", "https://")):
            raise ValueError(url)
        self.url, self.language, self.patience, self.timeout = url.rstrip("/"), language, patience, timeout

    def get(self, path: str, query: Mapping[str, Any] | None = None) -> Any:
        """The answer of an address of the site. Errors: `ApiError`, `OSError` when the site cannot be reached."""
        given = {name: _text(value) for name, value in (query or {}).items() if value is not None}
        address = self.url + path + (f"?{urllib.parse.urlencode(given, doseq=True)}" if given else "")
        headers = {"Accept": "application/json", "Accept-Language": self.language, "User-Agent": "vitrina-client/1"}
        request = urllib.request.Request(address, headers=headers)  # noqa: S310 - http or https, checked above
        for tries_left in range(self.patience, -1, -1):
            try:
                with urllib.request.urlopen(request, timeout=self.timeout) as answer:  # noqa: S310
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                if error.code not in BUSY or not tries_left:
                    raise ApiError(error.code, _problem(error.read())) from None
                time.sleep(min(int(error.headers.get("Retry-After", "1")), MOST_SECONDS))
        raise AssertionError  # the last try returns or raises

    def walk(self, path: str, query: Mapping[str, Any]) -> Iterator[Any]:
        """Every row of a list, page after page."""
        cursor = None
        while True:
            page = self.get(path, {**query, "cursor": cursor})
            yield from page["results"]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def every_entry(self, after: int = 0, limit: int = 1000) -> Iterator[dict[str, Any]]:
        """Every public entry of the ledger after a position, in order; ends at the last one there is."""
        while True:
            page = self.get("/api/v1/feed", {"after": after, "limit": limit})
            if not page["entries"]:
                return
            yield from page["entries"]
            after = page["next"]


def quoted(part: str) -> str:
    """A value as a part of a path."""
    return urllib.parse.quote(part, safe="")


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return [str(one) for one in value] if isinstance(value, list | tuple) else str(value)


def _problem(body: bytes) -> Mapping[str, Any]:
    try:
        told = json.loads(body)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}
