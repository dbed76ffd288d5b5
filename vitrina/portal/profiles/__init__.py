# SPDX-License-Identifier: Apache-2.0
"""Pages of who buys, who sells, what is bought and where: the loaded history in the words of `vitrina.profiles`,
beside the purchases of this installation, never added to them.
"""
