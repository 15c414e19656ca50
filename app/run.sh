#!/bin/sh
# Installs what is missing, builds, and starts visavis; arguments pass through. Without a display it
# plays the whole story in a headless session instead: collecting from the camera (the demo camera
# where none is named), training, verifying live, with screenshots of the window it would have shown.
set -eu
source=$(cd "$(dirname "$0")/.." && pwd)
. "$source/app/packages.sh"

# shellcheck disable=SC2086 # a list of words
install_missing $build_packages
build=$source/build
[ -e "$build/build.ninja" ] || meson setup "$build" "$source" >&2
ninja -C "$build" app/visavis >&2
visavis=$build/app/visavis

case "${1-}" in
'' | -*) ;;
*) exec "$visavis" "$@" ;; # a command: needs no display
esac
if [ -n "${DISPLAY-}${WAYLAND_DISPLAY-}" ]; then
    exec "$visavis" "$@"
fi
camera= data=
for arg in "$@"; do
    case $arg in
    --headless | --help | -h | --version | -V) exec "$visavis" "$@" ;;
    --keys | --keys=* | --demo) exec "$visavis" --headless "$@" ;;
    --camera | --camera=* | -d*) camera=named ;;
    --data | --data=*) data=named ;;
    esac
done

story=$build/story
rm -rf "$story"
mkdir -p "$story"
if [ -n "$camera" ]; then
    printf '%s\n' 'a 40' 'p 40' t 'wait trained' v 'wait score 100' 'shot story-you.png' v q
else
    cat "$source/assets/story.keys"
fi | sed "s|^shot |shot $story/|" >"$story/keys"
[ -n "$camera" ] || set -- --camera demo "$@"
# The demo camera's people get a folder of their own.
[ -n "$data" ] || set -- --data "$story/data" "$@"
echo "visavis: no display, so the session runs headless; it plays the keys in $story/keys" >&2
"$visavis" --headless --keys "$story/keys" --epochs 3 "$@"
echo "visavis: done; the window as it would have looked is in $story" >&2
