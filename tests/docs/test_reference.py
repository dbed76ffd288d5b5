# SPDX-License-Identifier: Apache-2.0
"""The reference pages say what the code does; `make docs` writes them."""

from __future__ import annotations

import pytest

from vitrina.site import paths
from vitrina.site.reference import PAGES


@pytest.mark.parametrize("name", sorted(PAGES))
def test_the_page_is_current(name):
    assert (paths.ROOT / "docs" / "reference" / name).read_text(encoding="utf-8") == PAGES[name](), "run `make docs`"
