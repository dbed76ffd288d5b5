# SPDX-License-Identifier: Apache-2.0
"""The store: a folder of Parquet tables with a manifest. `schema` names every table and column."""

from .folder import BadStore, Store

__all__ = ["BadStore", "Store"]
