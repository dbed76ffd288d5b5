# SPDX-License-Identifier: Apache-2.0
"""One buyer on one page: what it bought, how, from whom, and what is worth a look. A file that needs nothing else.

`facts` asks the store, `drawings` makes the pictures, `page` writes the sentences around them.
"""
