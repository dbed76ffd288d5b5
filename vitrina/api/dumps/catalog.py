# SPDX-License-Identifier: Apache-2.0
"""The files as a DCAT-AP 3 catalogue: a data set for each set, a distribution for each file, the feed as a service.

The graph is JSON-LD; `as_turtle` writes the same triples as Turtle. Lists of values are sets, `@id` are addresses.
"""

from __future__ import annotations

from typing import Any

import orjson
from django.conf import settings
from django.utils import translation

from .folder import File, Manifest
from .sets import MEDIA, SETS

Node = dict[str, Any]
CONTEXT = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatap": "http://data.europa.eu/r5r/",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
AUTHORITY = "http://publications.europa.eu/resource/authority"
FORMATS = {"jsonl": "JSON", "csv": "CSV", "parquet": "PARQUET"}
THEMES = {"GOVE": "Government and public sector", "ECON": "Economy and finance"}
LANGUAGES = {"es": "SPA", "en": "ENG"}


def graph(manifest: Manifest) -> Node:
    """The catalogue as JSON-LD."""
    base, publisher = settings.PUBLIC_URL, _publisher(manifest)
    contact = {"@id": f"{base}/datos/#contacto", "@type": "vcard:Kind", "vcard:fn": manifest.publisher}
    contact["vcard:hasEmail"] = {"@id": f"mailto:{settings.SECURITY_CONTACT}"}
    common = {"dct:publisher": publisher, "dcat:contactPoint": contact}
    names = [name for name in SETS if manifest.of(name)]
    return {
        "@context": CONTEXT,
        "@id": f"{base}/datos/",
        "@type": "dcat:Catalog",
        "dct:title": _texts(lambda: f"Vitrina: {manifest.publisher}"),
        "dct:description": _texts(lambda: str(SETS["acts"].about)),
        "dct:license": _licence(manifest),
        "dct:language": [_of("language", code) for code in LANGUAGES.values()],
        "dct:modified": _instant(manifest.made_at),
        "foaf:homepage": {"@id": f"{base}/", "@type": "foaf:Document"},
        **common,
        "dcat:dataset": [_dataset(manifest, name) | common for name in names],
        "dcat:service": [_feed(manifest) | common],
    }


def _publisher(manifest: Manifest) -> Node:
    return {"@id": f"{settings.PUBLIC_URL}/#editor", "@type": "foaf:Agent", "foaf:name": manifest.publisher}


def _licence(manifest: Manifest) -> Node:
    return {"@id": manifest.license, "@type": "dct:LicenseDocument"}


def _dataset(manifest: Manifest, name: str) -> Node:
    words, files = SETS[name], manifest.of(name)
    years = sorted({file.year for file in files if file.year})
    told: Node = {
        "@id": f"{settings.PUBLIC_URL}/datos/#{name}",
        "@type": "dcat:Dataset",
        "dct:identifier": name,
        "dct:title": _texts(lambda: str(words.title)),
        "dct:description": _texts(lambda: str(words.about)),
        "dcat:keyword": _texts(lambda: translation.gettext("public procurement")),
        "dcat:theme": [_theme(code, label) for code, label in THEMES.items()],
        "dct:accrualPeriodicity": _of("frequency", "HOURLY", "dct:Frequency"),
        "dct:accessRights": _of("access-right", "PUBLIC", "dct:RightsStatement"),
        "dct:spatial": _of("country", "MEX", "dct:Location"),
        "dct:modified": _instant(manifest.made_at),
        "dcat:distribution": [_distribution(manifest, file) for file in files],
    }
    if years:
        told["dct:temporal"] = {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@value": f"{years[0]}-01-01", "@type": "xsd:date"},
            "dcat:endDate": {"@value": f"{years[-1]}-12-31", "@type": "xsd:date"},
        }
    return told


def _distribution(manifest: Manifest, file: File) -> Node:
    address = {"@id": f"{settings.PUBLIC_URL}/datos/{file.path}"}
    told: Node = {
        "@id": f"{settings.PUBLIC_URL}/datos/{file.name}",
        "@type": "dcat:Distribution",
        "dct:title": file.name,
        "dcat:accessURL": address,
        "dcat:downloadURL": address,
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{MEDIA[file.format]}"},
        "dct:format": _of("file-type", FORMATS[file.format], "dct:MediaTypeOrExtent"),
        "dct:license": _licence(manifest),
        "dcat:byteSize": {"@value": str(file.bytes), "@type": "xsd:nonNegativeInteger"},
        "dct:modified": _instant(manifest.made_at),
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "http://spdx.org/rdf/terms#checksumAlgorithm_sha256"},
            "spdx:checksumValue": {"@value": file.sha256, "@type": "xsd:hexBinary"},
        },
    }
    if file.name.endswith(".gz"):
        told["dcat:compressFormat"] = {"@id": "https://www.iana.org/assignments/media-types/application/gzip"}
    return told


def _feed(manifest: Manifest) -> Node:
    base = settings.PUBLIC_URL
    return {
        "@id": f"{base}/api/feed",
        "@type": "dcat:DataService",
        "dct:title": _texts(lambda: translation.gettext("What happens after the files, act by act")),
        "dcat:endpointURL": {"@id": f"{base}/api/feed"},
        "dcat:endpointDescription": {"@id": f"{base}/api/openapi.json"},
        "dcat:servesDataset": [{"@id": f"{base}/datos/#{name}"} for name in ("acts",) if manifest.of(name)],
        "dct:license": _licence(manifest),
    }


def _texts(words: Any) -> list[Node]:
    """The same words in each language of the site."""
    found = []
    for language in LANGUAGES:
        with translation.override(language):
            found.append({"@value": words(), "@language": language})
    return found


def _of(register: str, code: str, kind: str = "dct:LinguisticSystem") -> Node:
    """A term of the Publications Office's authority tables."""
    return {"@id": f"{AUTHORITY}/{register}/{code}", "@type": kind}


def _theme(code: str, label: str) -> Node:
    return _of("data-theme", code, "skos:Concept") | {"skos:prefLabel": {"@value": label, "@language": "en"}}


def _instant(text: str) -> Node:
    return {"@value": text, "@type": "xsd:dateTime"}


def as_json(found: Node) -> bytes:
    """The graph as JSON-LD."""
    return orjson.dumps(found, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def as_turtle(found: Node) -> bytes:
    """The graph as Turtle: each named thing once, what has no name in brackets where it belongs."""
    named: dict[str, list[str]] = {}
    _gather(found, named)
    heads = [f"@prefix {name}: <{address}> ." for name, address in CONTEXT.items()]
    parts = [f"<{name}>\n    " + " ;\n    ".join(lines) + " ." for name, lines in named.items() if lines]
    return ("\n".join(heads) + "\n\n" + "\n\n".join(parts) + "\n").encode()


def _gather(node: Node, named: dict[str, list[str]]) -> str:
    """The node as an object of Turtle; what is said of it, when it has a name, goes to `named`."""
    if "@value" in node:
        end = f"@{node['@language']}" if "@language" in node else f"^^{node['@type']}" if "@type" in node else ""
        return f"{orjson.dumps(node['@value']).decode()}{end}"
    name = node.get("@id")
    is_told = bool(named.get(name))
    lines = named.setdefault(name, []) if name else []
    if not is_told:
        for key, value in node.items():
            if key == "@type":
                lines.append(f"a {value}")
            elif key[0] != "@":
                values = value if isinstance(value, list) else [value]
                lines.append(f"{key} {', '.join(_object(one, named) for one in values)}")
    return f"<{name}>" if name else f"[ {' ; '.join(lines)} ]"


def _object(value: Any, named: dict[str, list[str]]) -> str:
    return _gather(value, named) if isinstance(value, dict) else orjson.dumps(value).decode()
