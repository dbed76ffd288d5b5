# SPDX-License-Identifier: Apache-2.0
"""Writes requirements/*.txt: exact versions with hashes, for every supported Python and platform. Needs uv."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path("requirements")
HEADER = "# SPDX-License-Identifier: Apache-2.0\n# Written by `make lock` from pyproject.toml: {}.\n"
LOCKS = {
    "run": ("what Vitrina runs on", ["--group", "build"]),
    "dev": ("the same and what testing and checking need", ["--group", "build", "--group", "dev"]),
    "node": ("node for machines that have none", ["--only-group", "node"]),
}


def main() -> int:
    """Resolve each set; a version that stands in the file and still fits is kept. Returns the exit status."""
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    if not Path(uv).exists():
        print("make lock needs uv: .venv/bin/pip install uv", file=sys.stderr)
        return 1
    constraint: list[str] = []
    for name, (caption, groups) in LOCKS.items():
        file = FOLDER / f"{name}.txt"
        options = [
            "--universal",
            "--python-version",
            "3.11",
            "--generate-hashes",
            "--no-header",
            "--no-annotate",
            "-q",
        ]
        only = groups[0] == "--only-group"
        source = ["--group", groups[1]] if only else ["pyproject.toml", *groups]
        subprocess.run([uv, "pip", "compile", *source, *options, *constraint, *sys.argv[1:], "-o", file], check=True)
        if name == "run":
            constraint = ["-c", str(file)]
        file.write_text(HEADER.format(caption) + file.read_text())
    return 0


if __name__ == "__main__":
    sys.exit(main())
