# SPDX-License-Identifier: Apache-2.0
"""Feed, releases and records: the functions of `/api/` under their types. There is one implementation of each."""

from __future__ import annotations

from ninja import Router

from vitrina.api import open_data
from vitrina.api.v1.shapes.common import Problem

from .answering import FOUND, LISTED
from .shapes.ocds import FeedPage, RecordPackage, Release, ReleasePackage

router = Router(tags=["ledger"])

router.get("/feed", response={200: FeedPage, **LISTED}, operation_id="feed",
           summary="The ledger's public entries in commit order")(open_data.entries)  # fmt: skip
router.get("/ocds/releases", response={200: ReleasePackage, **LISTED}, operation_id="list_releases",
           summary="Releases in the order of their acts")(open_data.releases)  # fmt: skip
router.get("/ocds/releases/{release_id}", response={200: Release, **FOUND, 410: Problem}, operation_id="get_release",
           summary="One release, exactly the bytes that were published")(open_data.release)  # fmt: skip
router.get("/ocds/records/{ocid}", response={200: RecordPackage, **FOUND}, operation_id="get_record",
           summary="Record of a purchase: its releases and the compiled release")(open_data.record)  # fmt: skip
