# SPDX-License-Identifier: Apache-2.0
"""A purchase in the words of schema.org, for search engines: a data set about what a public body asks for."""

from __future__ import annotations

from typing import Any

import orjson
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

# Inside a page nothing may end the script or begin another: these are written as JSON escapes.
_ESCAPES = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}
LICENCE = "https://creativecommons.org/licenses/by/4.0/"


def described(compiled: dict[str, Any], paragraph: str) -> dict[str, Any]:
    """JSON-LD of a compiled release: `Dataset` with its files, `about` the `Demand` that the call is."""
    base, ocid = settings.PUBLIC_URL, compiled["ocid"]
    tender, buyer = compiled.get("tender", {}), compiled.get("buyer", {})
    address = f"{base}/p/{ocid}/"
    name = tender.get("title") or ocid
    period = tender.get("tenderPeriod", {})
    about = {
        "@type": "Demand",
        "name": name,
        "description": tender.get("description"),
        "availabilityStarts": period.get("startDate"),
        "availabilityEnds": period.get("endDate"),
        "itemOffered": [
            {"@type": "Product", "name": i["description"]} for i in tender.get("items", []) if i.get("description")
        ],
    }
    files = (("application/json", f"{base}/p/{ocid}.json"), ("application/atom+xml", f"{base}/p/{ocid}.atom"))
    return _told(
        {
            "@context": "https://schema.org",
            "@type": "Dataset",
            "@id": address,
            "url": address,
            "name": name,
            "description": paragraph,
            "identifier": [ocid, tender.get("procedureNumber")],
            "creator": {"@type": "GovernmentOrganization", "name": buyer.get("name"), "identifier": buyer.get("id")},
            "license": LICENCE,
            "isAccessibleForFree": True,
            "dateModified": compiled.get("date"),
            "inLanguage": "es-MX",
            "distribution": [
                {"@type": "DataDownload", "encodingFormat": kind, "contentUrl": file} for kind, file in files
            ],
            "about": about,
        }
    )


def script(value: dict[str, Any]) -> SafeString:
    """The text for a data block of a page; it runs nothing, and nothing in it can end the block."""
    return mark_safe(orjson.dumps(value).decode().translate(_ESCAPES))  # noqa: S308 - escaped in this very line


def _told(value: Any) -> Any:
    """Without what is not known."""
    if isinstance(value, dict):
        return {k: kept for k, v in value.items() if (kept := _told(v)) not in (None, "", [], {})}
    if isinstance(value, list):
        return [kept for v in value if (kept := _told(v)) not in (None, "", [], {})]
    return value
