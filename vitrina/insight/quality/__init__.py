# SPDX-License-Identifier: Apache-2.0
"""Quality of data: 76 checks that the Open Contracting Partnership published for Pelican, and twelve of ours.

Fields and records are checked in the published JSON, one streaming pass (`stream`), because a store keeps what rules
need and not which path was empty; collections and time are checked over stores (`collection`, `over_time`, `ours`).
Every check passes, fails, or is undefined with the reason: what was not tested is never counted as good.
"""
