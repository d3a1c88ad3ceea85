#!/usr/bin/env bash
# Sees to it that there is a Chromium for the tests in a browser, and prints where it is. On Debian
# and its kin root installs the distribution's package; anybody else is told what to install. The one
# without windows does the same work for half of the CPU.
set -eu

found() {
    command -v chromium-headless-shell || command -v chromium || command -v chromium-browser ||
        command -v google-chrome
}

install() {
    apt-get -qq install -y --no-install-recommends "$1" >&2
}

found && exit 0
if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "installing chromium for the tests in a browser" >&2
    export DEBIAN_FRONTEND=noninteractive
    # The lists of a fresh machine are empty or old, and name packages that are gone by now.
    apt-get -qq update >&2
    install chromium-headless-shell || install chromium
    found && exit 0
fi
echo "The tests in a browser need Chromium. Install it: apt-get install chromium, as root." >&2
exit 1
