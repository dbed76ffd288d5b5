# SPDX-License-Identifier: Apache-2.0
"""Which versions of the protocol are spoken, and what a message says of its own."""

from __future__ import annotations

from typing import Any

NEWEST = "2026-07-28"
GREETED = ("2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05")  # these begin with `initialize`
VERSIONS = (NEWEST, *GREETED)
OF = "io.modelcontextprotocol/"


def version_of(message: Any) -> str | None:
    """The version that a message names, as the newest one wants it; None of one that greets first.

    >>> version_of({"params": {"_meta": {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}}})
    '2026-07-28'
    """
    parameters = message.get("params") if isinstance(message, dict) else None
    meta = parameters.get("_meta") if isinstance(parameters, dict) else None
    found = meta.get(f"{OF}protocolVersion") if isinstance(meta, dict) else None
    return str(found) if found is not None else None


def headers_of(message: Any) -> dict[str, str]:
    """The headers that go with a message of the newest version: what it says, for whoever is between."""
    version = version_of(message)
    if version is None:
        return {}
    told = {"MCP-Protocol-Version": version, "Mcp-Method": str(message.get("method", ""))}
    if told["Mcp-Method"] == "tools/call":
        told["Mcp-Name"] = str(message["params"].get("name", ""))
    return told
