# SPDX-License-Identifier: Apache-2.0
"""Django wiring."""

from django.apps import AppConfig


class QuestionsConfig(AppConfig):
    name = "vitrina.integrity.questions"
    label = "questions"

    def ready(self) -> None:
        from . import commands, pages  # noqa: F401 - registers commands and forms
