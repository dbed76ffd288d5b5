# SPDX-License-Identifier: Apache-2.0
"""Tags of the account's pages."""
