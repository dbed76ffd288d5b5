# SPDX-License-Identifier: Apache-2.0
"""What the answers look like. The names are those of OCDS; amounts are decimal texts, instants ISO 8601 in UTC."""
