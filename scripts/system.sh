#!/bin/sh
# Install Debian's parts of the tests, where the rights are there: Postfix's smtp-sink, which is never
# started as a service, SpamAssassin, which judges offline, and Chromium, which opens the web app.
set -u
missing=""
command -v smtp-sink >/dev/null 2>&1 || [ -x /usr/sbin/smtp-sink ] || missing="postfix"
command -v spamassassin >/dev/null 2>&1 || missing="$missing spamassassin"
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 ||
  command -v google-chrome >/dev/null 2>&1 || missing="$missing chromium"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "outrider: not installed: $missing. The tests that need them will skip; install those Debian packages to run them." >&2
  exit 0
fi
echo "Installing $missing for the tests …" >&2
export DEBIAN_FRONTEND=noninteractive
# No service must start: only the programs are wanted.
policy=/usr/sbin/policy-rc.d
made=no
if [ ! -e "$policy" ]; then printf '#!/bin/sh\nexit 101\n' > "$policy" && chmod 755 "$policy" && made=yes; fi
# shellcheck disable=SC2086
{ apt-get update -qq && apt-get install -qq -y --no-install-recommends $missing; } >/dev/null 2>&1 ||
  echo "outrider: $missing could not be installed; the tests that need them will skip." >&2
[ "$made" = yes ] && rm -f "$policy"
exit 0
