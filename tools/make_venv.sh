#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Makes a virtual environment in $1 with the first Python >= 3.11 that is found.
set -u
for python in python3 python3.11 python3.12 python3.13; do
  "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue
  "$python" -m venv "$1" && exit 0
  rm -rf "$1"
  echo "$python has no venv module (Debian, Ubuntu: sudo apt install python3-venv)." >&2
  exit 1
done
echo "Vitrina needs Python 3.11 or later; found only: $(python3 --version 2>&1)." >&2
exit 1
