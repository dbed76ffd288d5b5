# SPDX-License-Identifier: Apache-2.0
"""Django wiring of the ground that the stages share."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "vitrina.cycle.core"
    label = "core"

    def ready(self) -> None:
        from . import signed  # noqa: F401 - registers kinds
