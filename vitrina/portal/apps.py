# SPDX-License-Identifier: Apache-2.0
"""Django wiring of the public site."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "vitrina.portal"
    label = "portal"

    def ready(self) -> None:
        from . import projection  # noqa: F401 - registers the projection, after the ledger's own
        from .agenda import projection as schedule  # noqa: F401 - registers the calendar's
        from .papers import official  # noqa: F401 - registers the papers
