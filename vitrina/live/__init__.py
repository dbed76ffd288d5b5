# SPDX-License-Identifier: Apache-2.0
"""The live process: server-sent events straight from the ledger's public order. Reads only; knows no business rule."""
