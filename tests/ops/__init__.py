# SPDX-License-Identifier: Apache-2.0
"""How it installs, starts, stops, and what the house demands of its files."""
