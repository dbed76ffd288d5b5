# SPDX-License-Identifier: Apache-2.0
"""Reading a service of the national digital platform whole: a token (OAuth 2, password grant), then page after page.

Works for every search that the platform's specifications share: S1 declarations, S2, S3 first version, S6. What comes
is handed on as it came; nothing is kept here.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson

PAGE = 200  # rows asked for at once, the most that the specifications allow
MOST_BYTES = 64 << 20  # of one answer
SECONDS = 60
OK, NO_PERMISSION = 200, 401
JSON, FORM = "application/json", "application/x-www-form-urlencoded"

# (address, body, headers) -> (status, body): how one POST is made
Post = Callable[[str, bytes, Mapping[str, str]], tuple[int, bytes]]


class Refused(OSError):
    """The service did not answer, or answered something else than its specification says."""


def post(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int, bytes]:
    """One POST over HTTP. Errors: `Refused` where nobody answers, or for an address that is none of the web."""
    if urlsplit(url).scheme not in {"http", "https"}:
        raise Refused(f"{url[:200]} is no web address")
    request = urllib.request.Request(url, body, dict(headers), method="POST")  # noqa: S310 - looked at above
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - looked at above
            return answer.status, answer.read(MOST_BYTES)
    except urllib.error.HTTPError as error:
        return error.code, error.read(MOST_BYTES)
    except OSError as error:
        raise Refused(f"{url}: {error}") from error


@dataclass(slots=True)
class Service:
    """A service at `base`, asked by a client of the platform. `send` makes the requests."""

    base: str
    name: str
    password: str
    send: Post = post
    _token: str = field(default="", init=False)

    def rows(self, path: str, query: Mapping[str, Any] | None = None) -> Iterator[dict[str, Any]]:
        """Every result of a search, in the order of the service. Errors: `Refused`, with what the service said."""
        page = 1
        while True:
            told = self._ask(path, {"page": page, "pageSize": PAGE, "query": dict(query or {})})
            place, results = told.get("pagination"), told.get("results")
            if not isinstance(place, dict) or not isinstance(results, list):
                raise Refused(f"{path}: the answer has no pagination or no results")
            yield from (row for row in results if isinstance(row, dict))
            if not place.get("hasNextPage"):
                return
            if not results:
                raise Refused(f"{path}: page {page} is empty, and yet another is said to follow")
            page += 1

    def _ask(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """One search; a token that has run out is renewed once."""
        for is_last in (bool(not self._token), True):
            headers = {"Authorization": f"Bearer {self._token or self._renew()}", "Content-Type": JSON}
            status, answer = self.send(f"{self.base}{path}", orjson.dumps(body), headers)
            if status != NO_PERMISSION or is_last:
                return _told(status, answer, path)
            self._token = ""
        raise AssertionError

    def _renew(self) -> str:
        form = {"grant_type": "password", "username": self.name, "password": self.password}
        status, answer = self.send(f"{self.base}/oauth", urlencode(form).encode(), {"Content-Type": FORM})
        token = _told(status, answer, "/oauth").get("access_token")
        if not isinstance(token, str) or not token:
            raise Refused("/oauth: the answer has no token")
        self._token = token
        return token


def _told(status: int, answer: bytes, path: str) -> dict[str, Any]:
    try:
        told = orjson.loads(answer)
    except orjson.JSONDecodeError:
        told = None
    if status != OK or not isinstance(told, dict):
        said = (
            told.get("message") or told.get("error")
            if isinstance(told, dict)
            else answer[:200].decode(errors="replace")
        )
        raise Refused(f"{path}: {status}: {said}")
    return told
