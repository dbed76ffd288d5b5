# SPDX-License-Identifier: Apache-2.0
"""The API put together."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from ninja import NinjaAPI

from vitrina.api.problems import install_spoken

from . import downloads, flags, ledger, parties, purchases, scorecards, search
from .described import complete


class Versioned(NinjaAPI):
    """An API whose description says of every answer what the frame around it does too."""

    def get_openapi_schema(self, **options: Any) -> dict[str, Any]:  # type: ignore[override]
        """The description, OpenAPI 3.1."""
        return complete(super().get_openapi_schema(**options))


api = Versioned(
    title="Vitrina",
    version="1.0.0",
    docs_url=None,
    openapi_url="/openapi.json",
    urls_namespace="v1",
    servers=[{"url": settings.PUBLIC_URL}],
)
install_spoken(api)
for part in (search, purchases, parties, scorecards, flags, ledger, downloads):
    api.add_router("", part.router)
