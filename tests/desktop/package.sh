#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds the Debian package in one fresh Debian 12 and installs it in another, together with what
# it depends on and nothing else. There somebody starts it without a display and in a window; then
# it is removed and nothing of it may be left. Takes ten minutes, 2 GB below /var/tmp and 500 MB
# from a mirror of Debian: DEBIAN_MIRROR, where deb.debian.org is not the one.
#
# usage: package.sh SOURCE APP_ID RESULTS
#
# RESULTS is a folder for the package and for pictures of what was seen. Exit code 77 and the reason
# where root, debootstrap or the mirror is missing.
set -eu
source=$(realpath "$1") app_id=$2
mirror=${DEBIAN_MIRROR:-http://deb.debian.org/debian}

skip() {
    echo "skipped: $1" >&2
    exit 77
}
[ "$(id -u)" -eq 0 ] || skip "only root can make a Debian in a folder"
command -v debootstrap >/dev/null || skip "debootstrap is not installed"
unshare --mount --pid --fork true 2>/dev/null || skip "no mounts of our own are allowed here"
wget -q --spider "$mirror/dists/bookworm/Release" || skip "no answer from $mirror"

mkdir -p "$3"
results=$(realpath "$3")
work=$(mktemp -d /var/tmp/visavis-package-XXXXXX)
trap 'rm -rf --one-file-system "$work"' EXIT
trap 'exit 130' INT TERM
fresh=$work/fresh builder=$work/builder machine=$work/machine

step() {
    echo "== $* =="
}

# quietly COMMAND...: tells what the command said only where it failed.
quietly() {
    "$@" >"$work/log" 2>&1 || {
        echo "failed: $*" >&2
        tail -30 "$work/log" >&2
        return 1
    }
}

# within ROOT COMMAND...: as root in the Debian at ROOT. Mounts and processes end with the command.
within() {
    root=$1
    shift
    unshare --mount --pid --fork --kill-child --mount-proc="$root/proc" chroot "$root" \
        env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 \
        DEBIAN_FRONTEND=noninteractive "$@"
}

# install ROOT PACKAGE...
install() {
    root=$1
    shift
    quietly within "$root" apt-get install -y -qq --no-install-recommends "$@"
}

# as_somebody COMMAND: a shell command at home, on the machine where the package is installed.
as_somebody() {
    within "$machine" su - somebody -c "$1"
}

# collect SHOT COMMAND: has it record the drawn camera, and picture its own window.
collect() {
    printf '%s\n' 'a 3' 'wait frames 20' 'p 3' 'wait frames 20' 'shot window.png' q |
        as_somebody "$2 --camera demo --keys - --events -" >"$work/events"
    for kind in anchor positive; do
        grep -q "\"saved\",.*\"kind\":\"$kind\"" "$work/events" || {
            echo "failed: no $kind was saved" >&2
            tail -5 "$work/events" >&2
            return 1
        }
    done
    cat "$machine/home/somebody/window.png" >"$results/$1" # readable for all, unlike the program's
}

step "a fresh Debian 12"
quietly unshare --mount debootstrap --variant=minbase bookworm "$fresh" "$mirror"
printf '#!/bin/sh\nexit 101\n' >"$fresh/usr/sbin/policy-rc.d" # no service is started in a folder
chmod +x "$fresh/usr/sbin/policy-rc.d"
cp -a "$fresh" "$builder"
mv "$fresh" "$machine"

step "the package is built"
mkdir -p "$builder/build/visavis"
tar -C "$source" --exclude=./.git --exclude='./build*' -cf - . |
    tar -C "$builder/build/visavis" --no-same-owner -xf -
quietly within "$builder" apt-get build-dep -y -qq --no-install-recommends /build/visavis
quietly within "$builder" sh -c 'cd /build/visavis && dpkg-buildpackage -us -uc -b'
package=$(cd "$builder/build" && ls visavis_*.deb)
cp "$builder/build/$package" "$results"

step "lintian finds nothing"
install "$builder" lintian
within "$builder" sh -c 'lintian --allow-root --fail-on error,warning /build/*.changes'
rm -rf --one-file-system "$builder"

step "it is installed"
cp "$results/$package" "$machine/tmp"
install "$machine" "/tmp/$package"
within "$machine" useradd --create-home --shell /bin/sh somebody
as_somebody 'visavis --version && visavis doctor'

step "it starts without a display"
collect headless.png 'visavis --headless'

step "it starts in a window"
install "$machine" xvfb xauth xdotool x11-utils python3
mkdir -p "$machine/opt/tests/desktop"
cp "$source/tests/x_server.py" "$machine/opt/tests"
cp "$source/tests/desktop/window.py" "$machine/opt/tests/desktop"
as_somebody "python3 -B /opt/tests/desktop/window.py /usr/bin/visavis \
    /usr/share/applications/$app_id.desktop x11"
collect window.png 'xvfb-run --auto-servernum --server-args="-screen 0 1280x800x24" visavis'

step "it is removed"
quietly within "$machine" apt-get purge -y -qq visavis
left=$(find "$machine/usr" "$machine/etc" "$machine/var" -name '*visavis*')
[ -z "$left" ] || {
    echo "failed: left behind: $left" >&2
    exit 1
}
echo "the package and pictures are in $results"
