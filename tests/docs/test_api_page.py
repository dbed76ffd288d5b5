# SPDX-License-Identifier: Apache-2.0
"""docs/reference/api.md agrees with the description that the API gives of itself, and its examples work."""

from __future__ import annotations

import json
import re

import pytest

from tests.worlds.base import world
from vitrina.api.open_data import api
from vitrina.ledger.models import Release
from vitrina.ledger.sequencer import catch_up
from vitrina.site import paths
from vitrina.site.demo.story.planning import reach_planning

PAGE = (paths.ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
SECTIONS = {s.splitlines()[0]: s for s in re.split(r"^## ", PAGE, flags=re.MULTILINE)[1:]}
PATHS = api.get_openapi_schema()["paths"]
ROW = re.compile(r"^\| `([a-z_]+)` \| .* \| (.*) \| (.*) \|$", re.MULTILINE)


def limits(schema: dict) -> str:
    """The limits of a parameter in the page's words."""
    if "maxLength" in schema:
        return f"{schema['maxLength']} characters"
    top = schema["maximum"]
    return f"{schema['minimum']} to {'2^63 - 1' if top == 2**63 - 1 else top}"


def test_every_endpoint_is_described_with_its_parameters_and_limits():
    described = {name.removeprefix("GET ") for name in SECTIONS if name.startswith("GET ")}
    assert described == set(PATHS)
    for path, methods in PATHS.items():
        assert set(methods) == {"get"}, path
        wanted = {
            p["name"]: (str(p["schema"].get("default", "needed")), limits(p["schema"]))
            for p in methods["get"]["parameters"]
        }
        found = {name: (default, limit) for name, default, limit in ROW.findall(SECTIONS[f"GET {path}"])}
        assert found == wanted, path


@pytest.mark.django_db(transaction=True)
def test_the_examples_work(client):
    process = reach_planning(world())
    catch_up()
    ids = {"release": Release.objects.first().release_id, "record": process.ocid}
    examples = re.findall(r'^curl (?:-i )?"http://127\.0\.0\.1:8000([^"]+)"$', PAGE, re.MULTILINE)

    assert len(examples) == len(PATHS)
    for example in examples:
        release = re.sub(r"/releases/\w+$", f"/releases/{ids['release']}", example)
        address = re.sub(r"/records/[\w-]+$", f"/records/{ids['record']}", release)
        assert client.get(address).status_code == 200, address


@pytest.mark.django_db
def test_the_error_is_the_one_that_the_page_shows(client):
    shown = json.loads(re.search(r"```json\n(.*?)```", PAGE, re.DOTALL)[1])

    assert client.get("/api/feed?limit=0").json() == shown
