#!/bin/sh
# Installs what the tests need beside Python: RabbitMQ's server, npm for the checks of the API's document
# (tests/contracts/npm), ClamAV's clamd, which gets a signature of the tests' own, and Chromium for passkeys.
set -eu

missing=""
[ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] || missing="rabbitmq-server"
command -v npm >/dev/null || missing="$missing npm"
[ -x /usr/sbin/clamd ] || missing="$missing clamav-daemon"
[ -x /usr/bin/chromium ] || missing="$missing chromium"
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "The tests need $missing: install them with this system's package manager (there is no apt-get here)." >&2
    exit 1
elif [ "$(id -u)" = 0 ]; then
    as_root=""
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
    as_root="sudo -n"
else
    echo "The tests need $missing: run 'apt-get install $missing' as root." >&2
    exit 1
fi

# The tests start nodes of their own; the package would start one for the whole machine. Only policy-rc.d
# prevents that with and without systemd (RUNLEVEL=1 does nothing where systemd's runlevel is installed).
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    trap '$as_root rm -f $policy' EXIT
    trap 'exit 1' HUP INT TERM
    printf '#!/bin/sh\nexit 101\n' | $as_root tee $policy >/dev/null
    $as_root chmod 755 $policy
fi

$as_root apt-get update -qq
# shellcheck disable=SC2086  # a word for each package, and none for an empty as_root
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null

if [ -d /run/systemd/system ] && [ "${missing#rabbitmq-server}" != "$missing" ]; then
    $as_root systemctl -q disable --now rabbitmq-server.service
fi
if [ -d /run/systemd/system ] && [ "${missing#*clamav-daemon}" != "$missing" ]; then
    $as_root systemctl -q disable --now clamav-daemon.service clamav-daemon.socket clamav-freshclam.service
fi
