#!/bin/sh
# Install Postfix's smtp-sink for the mail tests, where the rights are there. It is never started as a service.
set -u
command -v smtp-sink >/dev/null 2>&1 && exit 0
[ -x /usr/sbin/smtp-sink ] && exit 0
if [ "$(id -u)" != 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "outrider: smtp-sink is not installed; the tests that need it will skip. Install Debian's postfix to run them." >&2
  exit 0
fi
echo "Installing Postfix for its smtp-sink …" >&2
export DEBIAN_FRONTEND=noninteractive
# The service must not start: only the test program is wanted.
policy=/usr/sbin/policy-rc.d
made=no
if [ ! -e "$policy" ]; then printf '#!/bin/sh\nexit 101\n' > "$policy" && chmod 755 "$policy" && made=yes; fi
{ apt-get update -qq && apt-get install -qq -y --no-install-recommends postfix; } >/dev/null 2>&1 ||
  echo "outrider: Postfix could not be installed; the tests that need smtp-sink will skip." >&2
[ "$made" = yes ] && rm -f "$policy"
exit 0
