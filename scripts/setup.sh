#!/bin/sh
# Make the virtual environment: PYTHON VENV. Every package is pinned by its hash.
set -eu
wanted="$1"
venv="$2"
python=""
# A name that is found may still not run (a version manager's stand-in), so each is tried.
for candidate in ${wanted:-python3 python3.14 python3.13 python3.12 python3.11}; do
  if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
    python="$candidate"
    break
  fi
done
if [ -z "$python" ]; then
  echo "outrider: ${wanted:-no python3 here} is not Python 3.11 or newer. Install one, or say make PYTHON=/path/to/python3." >&2
  exit 1
fi
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv" || {
  echo "outrider: the virtual environment cannot be made. On Debian: apt-get install python3-venv." >&2
  exit 1
}
echo "Installing the locked packages into $venv (about a minute the first time) …" >&2
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps --use-pep517 -r requirements-dev.txt
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
echo "Ready. Try it: make run. Or use it: . $venv/bin/activate && outrider --help" >&2
