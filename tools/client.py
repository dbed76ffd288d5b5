# SPDX-License-Identifier: Apache-2.0
"""Writes the generated half of clients/python from the API's own description (`make client`)."""

from __future__ import annotations

import keyword
import os
import sys
from pathlib import Path
from textwrap import fill
from typing import Any

FOLDER = Path(__file__).resolve().parents[1] / "clients" / "python" / "vitrina_client"
HEAD = '# SPDX-License-Identifier: Apache-2.0\n"""{} Written by `make client` from the API\'s description."""\n\nfrom __future__ import annotations\n\n'
PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
Json = dict[str, Any]


def rendered(description: Json) -> dict[str, str]:
    """File name -> its text."""
    return {"shapes.py": shapes(description["components"]["schemas"]), "site.py": site(description["paths"])}


def shapes(schemas: Json) -> str:
    """Every shape as a TypedDict."""
    parts = []
    for name, schema in sorted(schemas.items()):
        about = _docstring(schema.get("description", name), 4)
        rows = []
        for key, one in schema.get("properties", {}).items():
            kind = type_of(one) if key in schema.get("required", []) else f"NotRequired[{type_of(one)}]"
            rows.append((key, kind))
        if any(keyword.iskeyword(key) for key, _ in rows):
            inner = ", ".join(f'"{key}": "{kind}"' for key, kind in rows)
            parts.append(f'{name} = TypedDict("{name}", {{{inner}}})')
        else:
            parts.append(f"class {name}(TypedDict):\n{about}\n\n" + "\n".join(f"    {k}: {t}" for k, t in rows))
    body = "\n\n\n".join(parts)
    return (
        HEAD.format("What the site answers.")
        + f"from typing import Any, Literal, NotRequired, TypedDict\n\n\n{body}\n"
    )


def type_of(schema: Json | bool) -> str:  # noqa: PLR0911 - a case each
    """A schema as a Python type."""
    if isinstance(schema, bool):
        return "Any"
    if "$ref" in schema:
        return str(schema["$ref"].rpartition("/")[2])
    if "anyOf" in schema:
        return " | ".join(type_of(one) for one in schema["anyOf"])
    if "const" in schema:
        return f"Literal[{schema['const']!r}]".replace("'", '"')
    if "enum" in schema:
        return f"Literal[{', '.join(map(repr, schema['enum']))}]".replace("'", '"')
    kind = schema.get("type")
    if kind == "array":
        return f"list[{type_of(schema.get('items', {}))}]"
    if kind == "object":
        more = schema.get("additionalProperties")
        return f"dict[str, {type_of(more) if isinstance(more, dict) else 'Any'}]"
    return PLAIN.get(str(kind), "Any")


def site(paths: Json) -> str:
    """The class with a method for each operation."""
    methods = [method for path, one in paths.items() for method in operation(path, one["get"])]
    head = HEAD.format("A site.") + (
        "from collections.abc import Iterator\nfrom typing import Literal\n\nfrom . import shapes\n"
        "from .transport import Transport, quoted\n\n\n"
    )
    about = '    """A site by its address: each operation of its API is a method."""\n'
    return head + "class Vitrina(Transport):\n" + about + "".join(f"\n{method}" for method in methods)


def operation(path: str, one: Json) -> list[str]:
    """The method of an operation; a second one that walks through all pages where it has any."""
    answer = one["responses"]["200"]["content"]["application/json"]["schema"]
    shape = f"shapes.{type_of(answer)}"
    inside = [p for p in one["parameters"] if p["in"] == "path"]
    asked = [p for p in one["parameters"] if p["in"] == "query"]
    address = path
    for p in inside:
        address = address.replace(f"{{{p['name']}}}", f"{{quoted({p['name']})}}")
    address = f'f"{address}"' if inside else f'"{address}"'
    about = f"{one['summary']}. {one.get('description', '')}".strip()
    name = one["operationId"]
    found = [
        _method(
            name,
            inside,
            asked,
            shape,
            about,
            f"return self.get({address}, {_query(asked)})  # type: ignore[no-any-return]",
        )
    ]
    if any(p["name"] == "cursor" for p in asked):
        asked = [p for p in asked if p["name"] != "cursor"]
        plural = name.removeprefix("list_")
        text = f"{one['summary']}: every row, page after page."
        row = f"shapes.{one['x-row']}"
        found.append(
            _method(
                f"all_{plural}",
                inside,
                asked,
                f"Iterator[{row}]",
                text,
                f"return self.walk({address}, {_query(asked)})",
            )
        )
    return found


def _method(name: str, inside: list[Json], asked: list[Json], answer: str, about: str, last: str) -> str:
    given = [f"{p['name']}: str" for p in inside]
    if asked:
        given += ["*", *(f"{_name(p)}: {_optional(p['schema'])} = None" for p in asked)]
    arguments = "".join(f"        {one},\n" for one in ["self", *given])
    return f"    def {name}(\n{arguments}    ) -> {answer}:\n{_docstring(about, 8)}\n        {last}\n"


def _query(asked: list[Json]) -> str:
    return "{" + ", ".join(f'"{p["name"]}": {_name(p)}' for p in asked) + "}"


def _name(parameter: Json) -> str:
    return parameter["name"] + ("_" if keyword.iskeyword(parameter["name"]) else "")


def _optional(schema: Json) -> str:
    kind = type_of(schema)
    return kind if kind.endswith("| None") else f"{kind} | None"


def _docstring(text: str, indent: int) -> str:
    space = " " * indent
    lines = fill(" ".join(text.split()), 110 - indent, initial_indent=f'{space}"""', subsequent_indent=space)
    return f'{lines}"""' if "\n" not in lines else f'{lines}\n{space}"""'


def formatted(text: str) -> str:
    """A file as `ruff format` leaves it."""
    import subprocess

    command = [sys.executable, "-m", "ruff", "format", "-", "--stdin-filename", "clients/python/x.py"]
    return subprocess.run(command, input=text, text=True, capture_output=True, check=True).stdout


def main() -> None:
    """Write what changed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vitrina.site.settings.test")
    import django

    django.setup()
    from vitrina.api.v1.assembled import api

    for name, text in rendered(api.get_openapi_schema()).items():
        (FOLDER / name).write_text(formatted(text), encoding="utf-8")
    print("written:", FOLDER)


if __name__ == "__main__":
    main()
