# SPDX-License-Identifier: Apache-2.0
"""Words in Spanish and English, side by side: what a rule says of itself."""

from __future__ import annotations

from typing import NamedTuple


class Text(NamedTuple):
    """The same in Spanish and in English; neither may be empty."""

    es: str
    en: str

    def say(self, lang: str = "es") -> str:
        """In the language asked for, Spanish unless it is `en`."""
        return self.en if lang == "en" else self.es
