# SPDX-License-Identifier: Apache-2.0
"""The bundles, built anew from web/js, behind a server on the loopback; skipped where esbuild was not fetched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.seal.loopback import Loopback
from tools import bundle

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def built(tmp_path_factory) -> Path:
    """A folder with seal.js, seal-worker.js and what else tools/bundle.py makes."""
    try:
        bundle.esbuild()
    except FileNotFoundError:
        pytest.skip("needs esbuild: run `make vendor` with a network once")
    out = tmp_path_factory.mktemp("bundles")
    bundle.build(out)
    return out


@pytest.fixture(scope="session")
def oracle(built) -> bytes:
    """The npm package `shamir-secret-sharing` as one module."""
    package = bundle.NODE / "node_modules" / "shamir-secret-sharing" / "esm" / "index.js"
    return bundle.bundle(str(package), "esm")[0]


@pytest.fixture
def site(built, oracle) -> Iterator[Loopback]:
    server = Loopback()
    server.files = {f"/vendor/{path.name}": path for path in built.iterdir()}
    server.files |= {"/vectors.js": HERE / "vectors.js", "/oracle.js": oracle}
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def visit(site, page):
    """`visit(script, argument)`: run an async function of a page of the site, `seal` being the library."""
    page.set_default_timeout(120_000)
    page.goto(site.url)

    def run(script: str, argument=None, on=page):
        return on.evaluate(
            f"async (argument) => {{ const seal = await import('/vendor/seal.js'); return ({script})(seal, argument); }}",
            argument,
        )

    return run
