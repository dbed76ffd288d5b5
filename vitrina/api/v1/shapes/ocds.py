# SPDX-License-Identifier: Apache-2.0
"""OCDS packages and the feed of the ledger."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


class FeedPage(BaseModel):
    """Entries of the ledger in commit order, as the page of acts says; `next` is the position to ask with next."""

    entries: list[dict[str, Any]]
    next: int


class ReleasePackage(BaseModel):
    """OCDS 1.1 release package."""

    uri: str
    version: str
    extensions: list[str]
    publishedDate: str  # noqa: N815 - OCDS
    publisher: dict[str, Any]
    license: str
    releases: list[dict[str, Any]]
    links: dict[str, str]


class Record(BaseModel):
    """A record of OCDS 1.1."""

    ocid: str
    releases: list[dict[str, Any]]
    compiledRelease: dict[str, Any]  # noqa: N815 - OCDS


class RecordPackage(BaseModel):
    """OCDS 1.1 record package."""

    uri: str
    version: str
    extensions: list[str]
    publishedDate: str  # noqa: N815 - OCDS
    publisher: dict[str, Any]
    license: str
    records: list[Record]


class Release(BaseModel):
    """An OCDS 1.1 release, exactly as it was published."""

    model_config = ConfigDict(extra="allow")
    ocid: str
    id: str
    date: str
    tag: list[str]
