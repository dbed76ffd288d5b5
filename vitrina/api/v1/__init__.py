# SPDX-License-Identifier: Apache-2.0
"""`/api/v1/`: everything that the public pages know, typed and described in OpenAPI 3.1. Reads, and only reads.

One file for each kind of thing; `shapes` says what the answers look like, `cursors` how a list goes on, `described`
completes the description with what holds for every answer, `assembled` puts it all together.
"""
