# SPDX-License-Identifier: Apache-2.0
"""The demonstration: an invented institute, its purchases, its clock. Never in production, always labelled."""
