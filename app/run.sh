#!/bin/sh
# Installs what is missing, builds, and starts visavis; arguments pass through. Without a display it
# plays the whole story in a headless session instead: collecting from the camera (the demo camera
# where there is none), training, verifying live, with screenshots of the window it would have shown.
set -eu
source=$(cd "$(dirname "$0")/.." && pwd)
. "$source/app/packages.sh"

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
for arg in "$@"; do
    case $arg in
    --headless | --keys | --keys=* | --help | -h | --version | -V) exec "$visavis" "$@" ;;
    esac
done

# The story's pictures are the demo camera's: they get a folder of their own, made anew.
story=$build/story
rm -rf "$story"
mkdir -p "$story"
echo "visavis: no display, so the session runs headless and plays assets/story.keys" >&2
cd "$story"
"$visavis" --headless --data "$story/data" --keys "$source/assets/story.keys" --epochs 6 "$@"
echo "visavis: done. Model: $story/data/model.safetensors" >&2
echo "visavis: the window as it would have looked: $story/story-you.png, $story/story-stranger.png" >&2
