# SPDX-License-Identifier: Apache-2.0
"""How many may watch: in all, from one address, and how a crowd that comes back at once is let in.

The machine's own address has no limit of its own: behind a proxy that tells nobody's address all viewers would share
it. What the proxy says is believed as far as `ALLAUTH_TRUSTED_PROXY_COUNT` proxies stand in front.
"""

from __future__ import annotations

import contextlib
import ipaddress
import random
import resource
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

SPARE_FILES = 256  # files that the rest of the process needs
STORM, STORM_SECONDS, SPREAD_SECONDS = 1000, 5.0, 2.0
IPV6_PREFIX = 64  # what one subscriber of a provider has


class Full(Exception):
    """Too many watch; `why` says which limit."""


@dataclass
class Limits:
    """Who watches now, by address, and who came in the last seconds."""

    total: int = 0
    per_address: int = 200
    proxies: int = 0
    by_address: Counter[str] = field(default_factory=Counter)
    n: int = 0
    arrivals: deque[float] = field(default_factory=lambda: deque(maxlen=STORM))

    @contextlib.contextmanager
    def entered(self, address: str) -> Iterator[None]:
        """Within the block one more watches. Errors: `Full`, before anything was read."""
        if self.n >= self.total:
            raise Full("total")
        if address and self.by_address[address] >= self.per_address:
            raise Full("address")
        self.n += 1
        self.by_address[address] += 1
        try:
            yield
        finally:
            self.n -= 1
            self.by_address[address] -= 1
            if not self.by_address[address]:
                del self.by_address[address]

    def patience(self, now: float | None = None) -> float:
        """Seconds that an arrival waits: none, or while a thousand came within five seconds up to two, at random."""
        now = time.monotonic() if now is None else now
        self.arrivals.append(now)
        is_storm = len(self.arrivals) == STORM and now - self.arrivals[0] < STORM_SECONDS
        return random.uniform(0, SPREAD_SECONDS) if is_storm else 0.0  # noqa: S311 - spreads load, keeps no secret

    def address_of(self, client: tuple[str, int] | None, forwarded: Iterable[bytes]) -> str:
        """Whose connection it is: an address, of IPv6 its network; empty for the machine itself and for no address."""
        given = client[0] if client else ""
        told = [one.strip() for line in forwarded for one in line.decode("latin-1").split(",")]
        if self.proxies and len(told) >= self.proxies:
            given = told[-self.proxies]
        try:
            found = ipaddress.ip_address(given)
        except ValueError:
            return ""
        if found.is_loopback:
            return ""
        if found.version == 6:  # noqa: PLR2004
            return str(ipaddress.ip_network((found, IPV6_PREFIX), strict=False))
        return str(found)


def most_files() -> int:
    """How many connections this process can hold open, with its limit of open files raised as far as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        soft = hard
    return max(soft - SPARE_FILES, 64)
