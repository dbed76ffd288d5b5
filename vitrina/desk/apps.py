# SPDX-License-Identifier: Apache-2.0
"""Django wiring."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    name = "vitrina.desk"
    label = "desk"

    def ready(self) -> None:
        from . import commands, pages  # noqa: F401 - registers the operator's steps
