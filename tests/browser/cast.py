# SPDX-License-Identifier: Apache-2.0
"""The people of the whole purchase, each at a browser of their own."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.people import Inspector, Someone

SUPPLIERS = {
    "supplier1": "Biomédica Tres Lunas, S.A. de C.V.",
    "supplier2": "Reactivos Valle Hondo, S.A. de C.V.",
    "supplier3": "Diagnósticos Ocotal, S. de R.L.",
}


class Cast:
    """Everybody who takes part: a person sits down at their browser when they are first needed, and stays."""

    def __init__(self, new_page: Callable[..., Page], url: str, inspector: Inspector) -> None:
        self._new_page, self.url, self.inspector = new_page, url, inspector
        self._seated: dict[str, Someone] = {}
        self.paid: list[str] = []  # what the treasury paid, as its page said

    def __getitem__(self, who: str) -> Someone:
        if who not in self._seated:
            someone = Someone(self._new_page(), self.url, self.inspector)
            self._seated[who] = (
                someone.choose(SUPPLIERS[who]) if who in SUPPLIERS else someone.sign_in(f"{who}@vitrina.example")
            )
        return self._seated[who]

    def __len__(self) -> int:
        return len(self._seated)
