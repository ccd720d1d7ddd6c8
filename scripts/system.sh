#!/bin/sh
# Install Debian's peers of the mail tests, where the rights are there: Postfix's smtp-sink, which is never
# started as a service, and SpamAssassin, which judges offline.
set -u
missing=""
command -v smtp-sink >/dev/null 2>&1 || [ -x /usr/sbin/smtp-sink ] || missing="postfix"
command -v spamassassin >/dev/null 2>&1 || missing="$missing spamassassin"
[ -z "$missing" ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "outrider: not installed: $missing. The tests that need them will skip; install those Debian packages to run them." >&2
  exit 0
fi
echo "Installing $missing for the mail tests …" >&2
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
