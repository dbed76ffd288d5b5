# SPDX-License-Identifier: Apache-2.0
"""The wiring: settings, addresses, processes, the embedded database and the command line."""
