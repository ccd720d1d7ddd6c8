#!/bin/sh
# Make the virtual environment: PYTHON VENV. Every package is pinned by its hash.
set -eu
python="$1"
venv="$2"
if [ -z "$python" ]; then
  echo "outrider: no Python found. Install Python 3.11 or newer, or say make PYTHON=/path/to/python3." >&2
  exit 1
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
  echo "outrider: $python is $("$python" --version 2>&1); Python 3.11 or newer is needed. Say make PYTHON=/path/to/python3." >&2
  exit 1
fi
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv" || {
  echo "outrider: the virtual environment cannot be made. On Debian: apt-get install python3-venv." >&2
  exit 1
}
echo "Installing the locked packages into $venv (about a minute the first time) …" >&2
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.txt
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
