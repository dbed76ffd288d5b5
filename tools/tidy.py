# SPDX-License-Identifier: Apache-2.0
"""House checks that no other tool makes: length of files, licence lines, words and addresses that must not appear."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MOST_LINES = 400
CODE = {".py", ".js", ".css", ".html", ".sh"}
SIGNED = {".py", ".sh", ".toml"}
TEXT = CODE | {".md", ".toml", ".txt", ".po", ".json", ".yaml", ".yml", ".svg", ""}
SPDX = "SPDX-License-Identifier: Apache-2.0"
FORBIDDEN = {
    "a path of one machine": re.compile(r"(?:[\"'` (=:]|^)/(?:wor[k]|hom[e]|roo[t]|Users|op[t])/(?!vitrina\b)\w"),
    "an address of a package registry": re.compile(r"registry\.npmj[s]|files\.pythonhoste[d]|\"resolved\":"),
    "a marker of unfinished work": re.compile(r"\b(?:TOD[O]|FIXM[E]|XX[X])\b(?! #\d)"),
    "a conflict marker": re.compile(r"^(?:<{7} |>{7} )"),
}
EXEMPT = {"LICENSE"}


def files() -> Iterator[Path]:
    """Every file that is committed or would be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    for name in sorted(set(listed)):
        if (ROOT / name).is_file() and name not in EXEMPT and not name.startswith("requirements/"):
            yield ROOT / name


def faults(path: Path) -> Iterator[str]:
    """What is wrong with one file, as `path:line: what`."""
    name = path.relative_to(ROOT)
    if path.suffix not in TEXT:
        return
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    is_written = any("Written by `make " in line for line in lines[:3])
    if path.suffix in CODE and len(lines) > MOST_LINES and "migrations" not in path.parts and not is_written:
        yield f"{name}:{MOST_LINES}: {len(lines)} lines: it is two things"
    if (
        lines
        and path.suffix in SIGNED
        and "migrations" not in path.parts
        and not any(SPDX in line for line in lines[:3])
    ):
        yield f"{name}:1: no line '# {SPDX}'"
    for number, line in enumerate(lines, start=1):
        for what, pattern in FORBIDDEN.items():
            if pattern.search(line):
                yield f"{name}:{number}: {what}: {line.strip()[:90]}"


def main() -> int:
    """Print every fault; the exit status says whether there is one."""
    found = [fault for path in files() for fault in faults(path)]
    print("\n".join(found) or "Files are in order.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
