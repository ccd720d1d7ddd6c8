#!/bin/sh
# Build the web app into the Python package: once, and again when its sources are newer.
# Without Node or without a network Outrider runs all the same; its first page then says what is missing.
# With `--check` it fails instead, for a release must not go without its pages.
set -u
cd "$(dirname "$0")/.."
built=src/outrider/app/web
must="${1:-}"

give_up() {
  echo "outrider: the web app is not built: $1 The command line and the API work without it." >&2
  [ "$must" = "--check" ] && exit 1
  exit 0
}

if [ -f "$built/index.html" ] && [ -z "$(find web -path web/node_modules -prune -o -type f -newer "$built/index.html" -print | head -n 1)" ]; then
  exit 0
fi
command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1 ||
  give_up "it needs Node 20.19 or newer, with npm. On Debian: apt-get install nodejs npm."
node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' ||
  give_up "Node $(node --version) is older than 20.19."
if [ ! -f web/node_modules/.package-lock.json ] || [ web/package-lock.json -nt web/node_modules/.package-lock.json ]; then
  echo "Fetching what the web app is built with (under a minute the first time) …" >&2
  # Node trusts its own list of authorities; behind a company's proxy the machine's list is the right one.
  authorities=/etc/ssl/certs/ca-certificates.crt
  [ -z "${NODE_EXTRA_CA_CERTS:-}" ] && [ -f "$authorities" ] && export NODE_EXTRA_CA_CERTS="$authorities"
  # Without a network npm would try for a quarter of an hour.
  limit=""
  command -v timeout >/dev/null 2>&1 && limit="timeout 300"
  $limit npm ci --prefix web --no-audit --no-fund --loglevel=error --no-update-notifier --fetch-retries=1 --fetch-timeout=60000 >&2 ||
    give_up "npm could not fetch its packages, as told above; say sh scripts/web.sh again when it can."
  touch web/node_modules/.package-lock.json
fi
echo "Building the web app …" >&2
log="$(mktemp)"
if ! npm run --prefix web --silent build >"$log" 2>&1; then
  cat "$log" >&2
  rm -f "$log"
  give_up "the build failed, as told above."
fi
rm -f "$log"
# Squeezed once here, so that no request pays for it.
find "$built/assets" -type f \( -name '*.js' -o -name '*.css' -o -name '*.svg' \) -exec gzip -9 -k -f {} +
# What is built is not kept with the sources.
printf '*\n' >"$built/.gitignore"
touch "$built/index.html"
