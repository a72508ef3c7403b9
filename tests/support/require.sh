#!/bin/sh
# Installs what is missing, and nothing and silently if everything is there.
# Usage: require.sh COMMAND=DEBIAN-PACKAGE...
set -eu

missing=
for pair; do
    PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin" command -v "${pair%%=*}" >/dev/null || missing="$missing ${pair#*=}"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "Please install these packages (Debian names):$missing" >&2
    exit 1
fi
as_root=
if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
        echo "Please install as root: apt-get install$missing" >&2
        exit 1
    fi
    as_root=sudo
fi
echo "Installing:$missing"

# Tests run private instances; the system-wide services of these packages must neither start now nor at the next boot.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    trap '$as_root rm -f "$policy"' EXIT
    trap 'exit 130' INT TERM HUP
    printf '#!/bin/sh\nexit 101\n' | $as_root tee "$policy" >/dev/null
    $as_root chmod 755 "$policy"
fi
install() {
    # shellcheck disable=SC2086 # one word for each package
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get -o DPkg::Lock::Timeout=300 install -y -q --no-install-recommends $missing
}
# The package lists of a fresh machine are empty or old.
if ! install; then
    $as_root apt-get -q update
    install
fi
case "$missing" in
*dovecot*) if [ -d /run/systemd/system ]; then $as_root systemctl disable --quiet dovecot.socket dovecot.service || true; fi ;;
esac
