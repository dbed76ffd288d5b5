# SPDX-License-Identifier: Apache-2.0
"""The page that the measures are written into, each between two marks."""

from __future__ import annotations

from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "validity.md"


def put(part: str, text: list[str]) -> None:
    """Write a part of the page, between its two marks."""
    page = PAGE.read_text(encoding="utf-8")
    head, rest = page.split(f"<!-- {part} -->\n")
    tail = rest.split(f"<!-- end of {part} -->\n")[1]
    body = "\n".join(text)
    PAGE.write_text(f"{head}<!-- {part} -->\n{body}\n<!-- end of {part} -->\n{tail}", encoding="utf-8")
