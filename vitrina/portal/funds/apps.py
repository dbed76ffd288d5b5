# SPDX-License-Identifier: Apache-2.0
"""Django wiring."""

from django.apps import AppConfig


class FundsConfig(AppConfig):
    name = "vitrina.portal.funds"
    label = "funds"

    def ready(self) -> None:
        from . import projection  # noqa: F401 - registers it
