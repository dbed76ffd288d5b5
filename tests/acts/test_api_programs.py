# SPDX-License-Identifier: Apache-2.0
"""The Python client and an assistant's client, over the wire: the real application behind a real server."""

from __future__ import annotations

import asyncio
import json
import re
import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from django.test import Client as DjangoClient
from mcp import MCPError
from mcp.client import Client
from typer.testing import CliRunner
from vitrina_client import ApiError, Vitrina, last_position, write_lines

from tests.acts.conftest import Told
from tests.fixtures.site import free_port
from tools import client as generator
from vitrina.api.cli import app as commands
from vitrina.api.v1.assembled import api
from vitrina.ledger.feed import head
from vitrina.ledger.models import Record
from vitrina.portal.models import PurchaseCard, SupplierCard
from vitrina.site import paths

README = (paths.ROOT / "clients" / "python" / "README.md").read_text()


@pytest.fixture(scope="module")
def served(told: Told) -> Iterator[str]:
    """The address of the whole application over the stories, in a thread of this process."""
    from vitrina.site.asgi import app

    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, lifespan="off", log_level="error"))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def test_the_generated_half_is_what_the_description_gives() -> None:
    for name, text in generator.rendered(api.get_openapi_schema()).items():
        assert (generator.FOLDER / name).read_text() == generator.formatted(text), f"make client: {name}"


def test_the_five_lines_of_the_page_copy_everything(served: str, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    copying, looking = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    copying = copying.replace("http://127.0.0.1:8000", served)
    assert len([line for line in copying.splitlines() if line]) == 5

    names: dict = {}
    exec(copying, names)
    exec(looking, names)

    acts = [json.loads(line) for line in (tmp_path / "acts.jsonl").read_text().splitlines()]
    assert [act["position"] for act in acts] == list(range(1, head() + 1))
    records = [json.loads(line)["ocid"] for line in (tmp_path / "records.jsonl").read_text().splitlines()]
    assert sorted(records) == sorted(Record.objects.values_list("ocid", flat=True))
    with (tmp_path / "acts.jsonl").open("a") as file:
        file.write('{"position": 99999, "cut')
    assert last_position("acts.jsonl") == head()
    assert write_lines("acts.jsonl", names["site"].every_entry(after=head())) == 0


def test_each_operation_is_a_method_and_each_list_is_walked(served: str) -> None:
    site = Vitrina(served, language="en")
    ocids = [row["ocid"] for row in site.all_purchases(limit=3)]
    assert len(ocids) == PurchaseCard.objects.count()
    assert len(list(site.all_suppliers(limit=2))) == SupplierCard.objects.count()
    first = site.get_purchase(ocids[0])
    assert site.get_unit(first["unit"]["key"])["name"] == first["unit"]["name"]
    assert {row["ocid"] for row in site.all_acts(ocid=ocids[0])} <= {ocids[0]}
    assert site.search(q="reactibo", year=["2020", "2021"], exact=False)["corrected"] == {"reactibo": "reactivo"}
    with pytest.raises(ApiError, match=r"400 .*not made here") as refused:
        site.list_purchases(cursor="x")
    assert (refused.value.status, refused.value.code) == (400, "bad_cursor")
    with pytest.raises(ApiError, match="404"):
        site.get_purchase("a/b?c#d")


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_an_assistant_finds_reads_and_explains(served: str, told: Told, mode: str) -> None:
    """The official client in both ages of the protocol: each tool answers, with a permalink, and refuses in words."""
    ocid = told.ocids["paid"]
    unit = PurchaseCard.objects.get(ocid=ocid).unit_key
    calls = {
        "search_tenders": {"q": "reactibo", "limit": 2, "status": ["complete"]}, "get_process": {"id": ocid},
        "unit_scorecard": {"key": unit}, "explain_flag": {"code": "r018", "language": "en"},
        "download_link": {"what": "search", "q": "reactivo", "year": ["2020"]},
    }  # fmt: skip

    async def walk() -> tuple[str, list, dict, list]:
        async with Client(f"{served}/mcp", mode=mode) as client:
            tools = (await client.list_tools()).tools
            got = {name: await client.call_tool(name, given) for name, given in calls.items()}
            wrong = [await client.call_tool("get_process", {"id": "none"}), await client.call_tool("explain_flag", {"code": "x"}),
                     await client.call_tool("search_tenders", {"limit": 999, "color": "red"})]  # fmt: skip
            with pytest.raises(MCPError, match="No such tool"):
                await client.call_tool("delete_everything", {})
            return client.protocol_version, tools, got, wrong

    version, tools, got, wrong = asyncio.run(walk())
    assert version == {"auto": "2026-07-28", "legacy": "2025-11-25"}[mode]
    assert {tool.name for tool in tools} == set(calls)
    assert all(tool.annotations.read_only_hint and tool.description for tool in tools)
    assert not any(answer.is_error for answer in got.values())
    told_ = {name: answer.structured_content for name, answer in got.items()}
    assert {json.loads(answer.content[0].text) == answer.structured_content for answer in got.values()} == {True}
    assert all(body["url"].startswith("http://127.0.0.1:8000/") for body in told_.values())
    assert told_["search_tenders"]["corrected"] == {"reactibo": "reactivo"}
    assert told_["get_process"]["ocid"] == ocid
    assert len(told_["get_process"]["acts"]) > 10
    assert told_["unit_scorecard"]["purchases"] == PurchaseCard.objects.filter(unit_key=unit).count()
    assert "not an accusation" in told_["explain_flag"]["caution"]
    assert told_["download_link"]["url"].endswith("/buscar?q=reactivo&year=2020&format=csv")
    assert all(answer.is_error and answer.structured_content["problem"] for answer in wrong)


def test_the_same_server_on_standard_input_and_as_a_bridge(served: str, told: Told) -> None:
    meta = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}
    lines = [
        {"id": 1, "method": "initialize", "params": {"protocolVersion": "2025-06-18", "capabilities": {}}},
        {"method": "notifications/initialized"}, {"id": 2, "method": "ping"}, {"id": "a", "method": "tools/delete"},
        {"id": 3, "method": "tools/call", "params": {"name": "download_link", "arguments": {"what": "everything"}, "_meta": meta}},
        {"id": 4, "method": "server/discover", "params": {"_meta": meta | {"io.modelcontextprotocol/protocolVersion": "2031-01-01"}}},
    ]  # fmt: skip
    text = "".join(json.dumps({"jsonrpc": "2.0", **line}) + "\n" for line in lines) + "no json\n[]\n"
    for arguments in (["mcp"], ["mcp", "--url", f"{served}/mcp"]):
        result = CliRunner().invoke(commands, arguments, input=text)
        assert result.exit_code == 0, result.output
        got = [json.loads(line) for line in result.stdout.splitlines()]
        assert [(one["id"], one.get("error", {}).get("code")) for one in got] == [
            (1, None), (2, None), ("a", -32601), (3, None), (4, -32022), (None, -32700), (None, -32600),
        ]  # fmt: skip
        assert got[0]["result"]["protocolVersion"] == "2025-06-18"
        assert got[3]["result"]["resultType"] == "complete"
    assert DjangoClient().get("/mcp").status_code == 405
    headers = {"mcp-protocol-version": "2026-07-28", "mcp-method": "tools/list"}
    liar = DjangoClient().post(
        "/mcp", json.dumps({"jsonrpc": "2.0", **lines[4]}), content_type="application/json", headers=headers
    )
    assert (liar.status_code, liar.json()["error"]["code"]) == (400, -32020)
