# SPDX-License-Identifier: Apache-2.0
"""The reference page of the API, read off its own description."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .assembled import api

Json = dict[str, Any]
HEAD = """\
# API, version 1

<!-- Written by `make docs` from the code; edit the code. -->

For: whoever builds on what Vitrina publishes. The same as a file for machines: `/api/v1/openapi.json` (OpenAPI 3.1).
How to go about it: [build on the API](../how-to/build-on-the-api.md). What other systems prescribe: [API](api.md).

"""
HAVES = """\
| status | when |
|---|---|
| 304 | `If-None-Match` names the version that you have; every answer has an `ETag` |
| 400 | a parameter or a cursor is not right; `detail`, `code` and `errors` say which and what is wanted |
| 404, 410 | there is no such thing; its content was withdrawn |
| 429 | too many requests; `Retry-After` says how many seconds to wait |

## Operations
"""


def page() -> str:
    """The page: what holds for all, a section for each address, the shapes."""
    told = api.get_openapi_schema(path_prefix="/api/v1/")
    parts = [HEAD + _about(told["info"]["description"]), HAVES]
    parts += [_operation(path, methods["get"]) for path, methods in sorted(told["paths"].items())]
    parts += ["## Shapes\n", *(_shape(name, one) for name, one in sorted(told["components"]["schemas"].items()))]
    return "\n".join(parts).rstrip() + "\n"


def _about(text: str) -> str:
    """The description without what depends on an installation's settings."""
    return "\n".join(line for line in text.splitlines() if not line.startswith("**Limits**")).strip() + "\n" + LIMITS


LIMITS = """
**Limits**: by default 100 requests at once and then 10 a second from one address, 12 whole files at once and then one
each five seconds ([settings](settings.md)). Beyond that 429 with `Retry-After`; `RateLimit` and `RateLimit-Policy` say
how much is left. The machine's own address has none. All web processes of a machine count together; several machines
each by themselves.
"""


def _operation(path: str, one: Json) -> str:
    rows = [f"### GET {path}", "", f"{one['summary']}. {_line(one.get('description', ''))}".rstrip(), ""]
    if one["parameters"]:
        rows += ["| parameter | what | default | limits |", "|---|---|---|---|"]
        rows += [_parameter(p) for p in one["parameters"]]
        rows.append("")
    content = one["responses"]["200"]["content"]["application/json"]["schema"]
    rows += [f"Answers {_type(content)}.", ""]
    return "\n".join(rows)


def _parameter(p: Json) -> str:
    schema = p["schema"]
    default = "needed" if p["required"] else _default(schema.get("default"))
    return f"| `{p['name']}` | {_line(p.get('description', ''))} | {default} | {', '.join(_limits(schema))} |"


def _default(value: Any) -> str:
    return "" if value in (None, "", []) else f"`{str(value).lower() if isinstance(value, bool) else value}`"


def _limits(schema: Json) -> Iterator[str]:
    """The limits of a parameter in words."""
    if "anyOf" in schema:
        schema = schema["anyOf"][0]
    if "enum" in schema:
        yield ", ".join(f"`{value}`" for value in schema["enum"])
    if "minimum" in schema:
        top = schema["maximum"]
        yield f"{schema['minimum']} to {'2^63 - 1' if top == 2**63 - 1 else top}"
    if "maxLength" in schema:
        yield f"{schema['maxLength']} characters"
    if "pattern" in schema:
        yield f"`{schema['pattern']}`"
    if schema.get("type") == "array":
        yield f"up to {schema['maxItems']} values" if "maxItems" in schema else "repeated"
    if schema.get("format") == "date":
        yield "YYYY-MM-DD"


def _shape(name: str, schema: Json) -> str:
    rows = [f"### {name}", "", _line(schema.get("description", "")), "", "| field | type | |", "|---|---|---|"]
    needed = schema.get("required", [])
    for field, one in schema.get("properties", {}).items():
        about = _line(one.get("description", ""))
        rows.append(f"| `{field}`{'' if field in needed else ' (may be left out)'} | {_type(one)} | {about} |")
    return "\n".join([*rows, ""])


def _type(schema: Json | bool) -> str:  # noqa: PLR0911 - a case each
    if isinstance(schema, bool):
        return "anything"
    if "prefixItems" in schema:
        return f"[{', '.join(map(_type, schema['prefixItems']))}]"
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_type(one) for one in schema["anyOf"])
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    if "const" in schema:
        return f"`{schema['const']}`"
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    more = schema.get("additionalProperties")
    if isinstance(more, dict):
        return f"by key, {_type(more)}"
    return str(schema.get("type", "anything"))


def _line(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
