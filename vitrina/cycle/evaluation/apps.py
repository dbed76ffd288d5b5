# SPDX-License-Identifier: Apache-2.0
"""Django wiring of the stage."""

from django.apps import AppConfig


class EvaluationConfig(AppConfig):
    name = "vitrina.cycle.evaluation"
    label = "evaluation"

    def ready(self) -> None:
        from . import commands, ocds, pages  # noqa: F401 - registers commands, releases and forms
