# SPDX-License-Identifier: Apache-2.0
"""Pictures of pages, to look at them: `python -m tools.shot URL [URL...] --out DIR [--widths 1280,360,320] [--dark] [--axe]`.

Writes DIR/NAME-WIDTH[-dark].png (whole page), says when a page scrolls sideways, and with --axe what axe-core finds.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path
from typing import Any

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def name_of(url: str) -> str:
    """A file name for an address."""
    return re.sub(r"[^a-z0-9]+", "-", re.sub(r"^\w+://[^/]*/?|\.html$", "", url.lower())).strip("-")[-60:] or "home"


def findings(page: Any) -> list[str]:
    """What axe-core finds, one line per element."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, options={"runOnly": WCAG}).response["violations"]
    return [f"{v['id']}: {v['help']}: {' '.join(map(str, n['target']))}" for v in found for n in v["nodes"]]


def main() -> int:
    """Number of problems found (sideways scroll, axe)."""
    from playwright.sync_api import sync_playwright

    from tools import chromium

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("urls", nargs="+")
    parser.add_argument("--out", type=Path, default=Path("var/shots"))
    parser.add_argument("--widths", default="1280,360,320")
    parser.add_argument("--dark", action="store_true", help="also in the dark theme")
    parser.add_argument("--axe", action="store_true")
    parser.add_argument("--cookie", default="", help="name=value, for pages behind the sign-in")
    parser.add_argument("--no-js", action="store_true")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    problems = 0
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path=chromium.find(), args=["--no-sandbox"] if os.geteuid() == 0 else []
        )
        for theme in ["light", "dark"] if options.dark else ["light"]:
            for width in map(int, options.widths.split(",")):
                context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=theme,
                                              reduced_motion="reduce", java_script_enabled=not options.no_js)  # fmt: skip
                for url in options.urls:
                    if options.cookie:
                        key, _, value = options.cookie.partition("=")
                        context.add_cookies([{"name": key, "value": value, "url": url}])
                    page = context.new_page()
                    page.goto(url, wait_until="load")
                    file = options.out / f"{name_of(url)}-{width}{'-dark' if theme == 'dark' else ''}.png"
                    page.screenshot(path=file, full_page=True)
                    print(file)
                    if options.no_js:
                        continue
                    over = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                    lines = [f"scrolls sideways by {over} px"] if over > 0 else []
                    lines += findings(page) if options.axe else []
                    problems += len(lines)
                    print(*[f"  {line}" for line in lines], sep="\n" if lines else "", end="\n" if lines else "")
                    page.close()
                context.close()
        browser.close()
    return min(problems, 100)


if __name__ == "__main__":
    sys.exit(main())
