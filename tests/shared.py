# SPDX-License-Identifier: Apache-2.0
"""Files of others that tests read and the project does not hold: beside the repository, in `../shared`."""

from __future__ import annotations

import functools
import json
import os
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


def shared(path: str) -> Path:
    """A file of `../shared` (or of VITRINA_SHARED); skips the test where it is absent."""
    found = Path(os.environ.get("VITRINA_SHARED") or ROOT.parent / "shared") / path
    if not found.exists():
        pytest.skip(f"needs {path} of ../shared, which is not beside this copy")
    return found


@functools.cache
def _release_validator() -> Any:
    import jsonschema_rs

    schema = json.loads(shared("specs/ocds/release-schema.json").read_text(encoding="utf-8"))
    return jsonschema_rs.validator_for(schema)


def assert_valid_release(release: dict[str, Any]) -> None:
    """Fail with every error of a release against the OCDS 1.1 release schema."""
    errors = [f"{'/'.join(map(str, e.instance_path))}: {e.message}" for e in _release_validator().iter_errors(release)]
    assert not errors, (release["tag"], errors)
