# SPDX-License-Identifier: Apache-2.0
"""What can go wrong when the law is asked. Each message says what is wrong, where, and how to mend it."""

from __future__ import annotations


class LawError(Exception):
    """Any refusal of the rulebook. `say(lang)` is the sentence for a page."""

    def __init__(self, en: str, es: str) -> None:
        super().__init__(en)
        self.texts = {"en": en, "es": es}

    def say(self, lang: str = "es") -> str:
        """The message in `lang` (Spanish unless English is asked)."""
        return self.texts["en" if lang.startswith("en") else "es"]


class LawNotFound(LawError, LookupError):
    """No such rule: an unknown key, or none in force at that date. `nearest` holds keys that look alike."""

    def __init__(self, en: str, es: str, nearest: tuple[str, ...] = ()) -> None:
        super().__init__(en, es)
        self.nearest = nearest


class UnknownValue(LawError):
    """The law has such a rule and nobody has recorded its value. Nothing may stand in for it."""

    def __init__(self, key: str, law: str, why: str = "") -> None:
        super().__init__(
            f"{law}: the value of {key} is unknown{': ' + why if why else ''}. Before acting on it the buyer records "
            "the value, its article, and who took responsibility; no other law's number is used instead.",
            f"{law}: no se conoce el valor de {key}. Antes de actuar, la convocante registra el valor, su artículo y "
            "quién asume la responsabilidad. No se usa en su lugar el número de otra ley.",
        )
        self.key, self.law = key, law


LawUnknown = UnknownValue


class Ambiguous(LawError):
    """The question leaves out a distinction on which the answer depends; `missing` names it."""

    def __init__(self, key: str, missing: tuple[str, ...], choices: str) -> None:
        names = ", ".join(missing)
        super().__init__(
            f"{key} depends on {names}: pass it ({choices}).",
            f"{key} depende de {names}: indíquelo ({choices}).",
        )
        self.key, self.missing = key, missing


class BadQuestion(LawError, ValueError):
    """A word of the question is not one the rulebook knows."""


class BadRulebook(LawError, ValueError):
    """The law data, or a recorded overlay, do not load."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"law data, {where}: {what}", f"datos de la ley, {where}: {what}")
