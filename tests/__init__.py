# SPDX-License-Identifier: Apache-2.0
"""Tests of more than one room; each room's own tests stand beside its code."""
