# SPDX-License-Identifier: Apache-2.0
"""A server of the Model Context Protocol: assistants ask what the public pages know. Reads, and only reads.

`protocol` speaks JSON-RPC, `tools` has the five tools, `pages` serves them at `/mcp` (streamable HTTP, without a
session: every answer is whole), `stdio` on standard input and output.
"""
