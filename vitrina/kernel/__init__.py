# SPDX-License-Identifier: Apache-2.0
"""Pure values: money, clock, ids, canonical JSON, state tables, ranking, text. No Django, no database."""
