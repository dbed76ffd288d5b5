# SPDX-License-Identifier: Apache-2.0
"""`/buscar`: one search over the purchases of this installation and the contracts of a store."""
