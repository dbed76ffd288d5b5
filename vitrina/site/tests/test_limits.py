# SPDX-License-Identifier: Apache-2.0
"""Who asks too often waits, and nobody else; several processes count together; a program and a person are told."""

from __future__ import annotations

import subprocess
import sys

import pytest
from django.test import Client

from vitrina.site.buckets import SECOND, Buckets, Rate

RATE = Rate(per_second=2, burst=4)


def test_a_bucket_gives_its_burst_and_then_what_flows_in(tmp_path):
    buckets = Buckets(tmp_path / "limits")
    now = 5 * SECOND

    assert [buckets.take("a", RATE, now).left for _ in range(4)] == [3, 2, 1, 0]
    assert buckets.take("a", RATE, now) == buckets.take("a", RATE, now)
    assert (buckets.take("a", RATE, now).is_allowed, buckets.take("a", RATE, now).seconds) == (False, 1)
    assert buckets.take("b", RATE, now).left == 3
    assert buckets.take("a", RATE, now + SECOND).left == 1
    assert buckets.take("a", RATE, now + 3600 * SECOND).left == 3
    assert buckets.take("a", RATE, now).left == 3, "a clock that began anew holds nobody back"


def test_processes_of_a_machine_count_together(tmp_path):
    file = tmp_path / "limits"
    first = Buckets(file)
    assert first.take("a", RATE, SECOND).left == 3
    other = (
        "import sys; from pathlib import Path; from vitrina.site.buckets import Buckets, Rate;"
        f"print([Buckets(Path(sys.argv[1])).take('a', Rate(2, 4), {SECOND}).left for _ in range(3)])"
    )
    told = subprocess.run([sys.executable, "-c", other, str(file)], capture_output=True, text=True, check=True).stdout

    assert told.strip() == "[2, 1, 0]"
    assert not first.take("a", RATE, SECOND).is_allowed
    assert b"203.0.113" not in file.read_bytes()


@pytest.mark.django_db
def test_a_program_gets_a_problem_and_a_person_a_page(settings):
    settings.LIMITS = {"api": Rate(0.1, 2), "files": Rate(0.1, 1)}
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1

    def ask(path: str, who: str = "203.0.113.7", **headers: str):
        return Client(REMOTE_ADDR="127.0.0.1", headers={"x-forwarded-for": f"198.51.100.1, {who}", **headers}).get(
            path
        )

    assert ask("/api/feed")["RateLimit"] == '"api";r=1;t=10'
    assert ask("/api/v1/flags/X").status_code == 400
    refused = ask("/api/v1/feed", **{"accept-language": "en"})
    assert (refused.status_code, refused["Content-Type"], refused["RateLimit"]) == (
        429,
        "application/problem+json",
        '"api";r=0;t=10',
    )
    assert (refused["Retry-After"], refused["RateLimit-Policy"]) == ("10", '"api";q=2;w=20')
    assert "Wait 10 seconds" in refused.json()["detail"]
    page = ask("/buscar")
    assert (page.status_code, page["Content-Type"]) == (429, "text/html; charset=utf-8")
    assert ask("/mcp").status_code == 429
    assert ask("/buscar?format=csv").status_code == 200, "files are counted apart"
    assert ask("/buscar?format=csv").status_code == 429
    assert ask("/").status_code == 200
    assert ask("/api/feed", who="203.0.113.8").status_code == 200
    assert {ask("/api/feed", who="127.0.0.1").status_code for _ in range(4)} == {200}
