# SPDX-License-Identifier: Apache-2.0
"""One message in, one answer out (JSON-RPC 2.0). Source: Model Context Protocol, versions 2024-11-05 to 2026-07-28.

The last version has no greeting: each request names its version and says who asks, each result says that it is whole,
and lists say for how long they hold. The versions before it greet first, which changes nothing here: nothing is kept.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from vitrina import __version__
from vitrina.api.problems import Refused

from .tools import ABOUT, TOOLS, Tool
from .versions import GREETED, NEWEST, OF, version_of

PARSE, REQUEST, METHOD, PARAMETERS, MISMATCH, VERSION = -32700, -32600, -32601, -32602, -32020, -32022
HOUR = 3_600_000  # milliseconds for which a list of tools holds
SERVER = {"name": "vitrina", "title": "Vitrina", "version": __version__}
CAPABILITIES = {"tools": {"listChanged": False}}
Json = dict[str, Any]


def heard(text: str | bytes) -> Json | None:
    """The answer to a message as it came; None to what wants no answer."""
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return failed(None, PARSE, "This is no JSON.")
    return answered(message)


def answered(message: Any) -> Json | None:
    """The answer to one message."""
    if not isinstance(message, dict) or message.get("jsonrpc") != "2.0":
        return failed(None, REQUEST, "One JSON-RPC 2.0 message is wanted; batches are not taken.")
    number, method = message.get("id"), message.get("method")
    if not isinstance(method, str):
        return None if "result" in message or "error" in message else failed(number, REQUEST, "No method.")
    if "id" not in message:
        return None  # a notification
    if isinstance(number, bool) or not isinstance(number, str | int):
        return failed(None, REQUEST, "The id has to be a text or a whole number.")
    parameters = message.get("params", {})
    if not isinstance(parameters, dict):
        return failed(number, PARAMETERS, "The parameters have to be an object.")
    return _answer(number, method, parameters, version_of(message))


def _answer(number: str | int, method: str, parameters: Json, version: str | None) -> Json:
    if version is not None and not isinstance(parameters["_meta"].get(f"{OF}clientCapabilities"), dict):
        return failed(number, PARAMETERS, f"_meta has to hold {OF}clientCapabilities, an object.")
    if version is not None and version != NEWEST:
        told = {"supported": [NEWEST], "requested": version[:40]}
        return failed(number, VERSION, "This version is not spoken.", told)
    methods = BEFORE if version is None else NOW
    if method not in methods:
        return failed(number, METHOD, f"No method {method[:60]}: this server has tools only.")
    found = methods[method](parameters)
    if isinstance(found, Failure):
        return failed(number, found.code, found.message)
    if version is not None:
        found = {"resultType": "complete", **found, "_meta": {f"{OF}serverInfo": SERVER}}
    return {"jsonrpc": "2.0", "id": number, "result": found}


class Failure:
    """A request that cannot be answered."""

    def __init__(self, code: int, message: str) -> None:
        self.code, self.message = code, message


def failed(number: Any, code: int, message: str, data: Json | None = None) -> Json:
    """An error of the protocol."""
    error: Json = {"code": code, "message": message}
    return {"jsonrpc": "2.0", "id": number, "error": error | ({"data": data} if data else {})}


def _welcome(parameters: Json) -> Json:
    wanted = parameters.get("protocolVersion")
    version = wanted if wanted in GREETED else GREETED[0]
    return {"protocolVersion": version, "capabilities": CAPABILITIES, "serverInfo": SERVER, "instructions": ABOUT}


def _discovered(_: Json) -> Json:
    return {"supportedVersions": [NEWEST], "capabilities": CAPABILITIES, "instructions": ABOUT,
            "ttlMs": HOUR, "cacheScope": "public"}  # fmt: skip


def _tools(_: Json) -> Json:
    return {"tools": [_told(tool) for tool in TOOLS.values()]}


def _told(tool: Tool) -> Json:
    return {
        "name": tool.name,
        "title": tool.title,
        "description": tool.about,
        "inputSchema": tool.arguments.model_json_schema(),
        "annotations": {
            "readOnlyHint": True,
            "destructiveHint": False,
            "idempotentHint": True,
            "openWorldHint": False,
        },
    }


def _called(parameters: Json) -> Json | Failure:
    """A tool's answer. What is wrong with the arguments is an answer too: the assistant can mend it."""
    tool = TOOLS.get(str(parameters.get("name")))
    if tool is None:
        return Failure(PARAMETERS, f"No such tool. There are {', '.join(TOOLS)}.")
    given = parameters.get("arguments")
    try:
        body = tool.run(tool.arguments.model_validate(given if given is not None else {}))
    except ValidationError as error:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'arguments'}: {e['msg']}" for e in error.errors())
        return _result({"problem": wrong}, is_error=True)
    except Refused as error:
        return _result({"problem": str(error), "status": error.status_code}, is_error=True)
    return _result(body)


def _result(body: Json, *, is_error: bool = False) -> Json:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return {"content": [{"type": "text", "text": text}], "structuredContent": body, "isError": is_error}


Method = Callable[[Json], "Json | Failure"]
BEFORE: dict[str, Method] = {
    "initialize": _welcome,
    "ping": lambda _: {},
    "tools/list": _tools,
    "tools/call": _called,
}
NOW: dict[str, Method] = {
    "server/discover": _discovered,
    "tools/list": lambda _: {**_tools(_), "ttlMs": HOUR, "cacheScope": "public"},
    "tools/call": _called,
}
