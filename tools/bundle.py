# SPDX-License-Identifier: Apache-2.0
"""Bundles web/js with esbuild into web/static/vendor: the one build step of the browser's code. Standard library only.

Two builds of the same sources are the same bytes, so anyone can check the code that sealed a bid against the SHA-256
in bundles.json. esbuild's own program runs, without node.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
SOURCES = ROOT / "web" / "js"
NODE = ROOT / "build" / "node"
TARGET = ROOT / "web" / "static" / "vendor"
PACKAGE = re.compile(r"node_modules/((?:@[^/]+/)?[^/]+)/")
BANNER = (
    "// Vitrina, Apache-2.0, with packages under the licences of LICENSES.txt. Built from web/js by tools/bundle.py."
)


def wanted() -> list[dict[str, str]]:
    """The bundles of web/vendor.toml: `{entry, target, format, loaded_by}`, entry below web/js.

    A format of "page" is one HTML file with everything inside; `worker` names the bundle that goes into it too.
    """
    return tomllib.loads((ROOT / "web" / "vendor.toml").read_text()).get("bundle", [])


def sources() -> list[Path]:
    """Every file that may decide a bundle, in a fixed order."""
    return sorted(path for path in SOURCES.rglob("*") if path.is_file())


def esbuild() -> Path:
    """The program esbuild for this machine. Error: `FileNotFoundError`."""
    found = next((NODE / "node_modules" / "@esbuild").glob("*/bin/esbuild"), None) or next(
        (NODE / "node_modules" / "@esbuild").glob("*/esbuild.exe"), None
    )
    if found is None:
        raise FileNotFoundError("build/node holds no esbuild for this machine")
    return found


def bundle(entry: str, form: str) -> tuple[bytes, set[str]]:
    """One entry with all it imports, minified, and the names of the packages in it.

    web/js holds no packages, so esbuild is told of build/node by NODE_PATH. Error: `RuntimeError` in esbuild's words.
    """
    command = [esbuild(), entry, "--bundle", "--minify", "--charset=utf8", "--target=es2022", "--platform=browser"]
    command += [f"--format={form}", "--legal-comments=none", f"--banner:js={BANNER}"]
    environment = {"NODE_PATH": str(NODE / "node_modules")}
    with tempfile.TemporaryDirectory() as folder:
        out, meta = Path(folder) / "out.js", Path(folder) / "meta.json"
        command += [f"--outfile={out}", f"--metafile={meta}", "--log-level=warning"]
        made = subprocess.run(command, cwd=SOURCES, env=environment, capture_output=True, text=True, check=False)
        if made.returncode:
            raise RuntimeError(made.stderr)
        inputs: dict[str, Any] = json.loads(meta.read_text())["inputs"]
        return out.read_bytes(), {found[1] for name in inputs if (found := PACKAGE.search(name))}


def licences(packages: set[str]) -> dict[str, str]:
    """Title -> text of the licence of each package in a bundle."""
    texts = {}
    for name in packages:
        folder = NODE / "node_modules" / name
        about = json.loads((folder / "package.json").read_text())
        texts[f"{name} {about['version']} ({about['license']})"] = next(folder.glob("LICEN[CS]E*")).read_text()
    return texts


def page(entry: str, worker: str) -> tuple[bytes, set[str]]:
    """A template of web/js with its script and its worker inside, and a policy that lets it fetch nothing.

    The template holds `POLICY`, and between tags of their own `SCRIPT` and `WORKER`.
    """
    script, inside = bundle(entry.replace(".html", ".js"), "esm")
    template = (SOURCES / entry).read_text()
    texts = {
        ">SCRIPT<": script.decode().replace("</script", "<\\/script").replace("<!--", "<\\!--"),
        ">WORKER<": worker.replace("</script", "<\\/script").replace("<!--", "<\\!--"),
    }
    for mark, text in texts.items():
        template = template.replace(mark, f">{text}<")
    style = template[template.index("<style>") + 7 : template.index("</style>")]
    policy = f"default-src 'none'; script-src '{_source(texts['>SCRIPT<'])}' blob:; style-src '{_source(style)}'; "
    policy += "worker-src blob:; img-src data:; base-uri 'none'; form-action 'none'"
    return template.replace('content="POLICY"', f'content="{policy}"').encode(), inside


def _source(text: str) -> str:
    """A text inside a page as a content policy names it."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def build(target: Path = TARGET) -> dict[str, str]:
    """Write every bundle and bundles.json (target -> SHA-256) into a folder; the licences of what they hold."""
    target.mkdir(parents=True, exist_ok=True)
    digests, packages = {}, set()
    for one in wanted():
        if one["format"] == "page":
            content, inside = page(one["entry"], (target / one["worker"]).read_text())
        else:
            content, inside = bundle(one["entry"], one["format"])
        (target / one["target"]).write_bytes(content)
        digests[one["target"]] = hashlib.sha256(content).hexdigest()
        packages |= inside
    (target / "bundles.json").write_text(json.dumps(digests, indent=1, sort_keys=True) + "\n")
    return licences(packages)


def main() -> int:
    """Rebuild the bundles alone and print their digests; `make vendor` does it with everything else."""
    build()
    print((TARGET / "bundles.json").read_text(), end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
