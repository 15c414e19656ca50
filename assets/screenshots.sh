#!/bin/sh
# The README's screenshots, made by the program itself with drawn people at the demo camera and a short
# training: nobody's real face. Takes two minutes and ImageMagick.
#     sh assets/screenshots.sh [PROGRAM]      default: build/app/visavis
set -eu
cd "$(dirname "$0")/.."
program=$(realpath "${1:-build/app/visavis}")
assets=$PWD/assets
temp=$(mktemp -d)
trap 'rm -rf "$temp"' EXIT
keys() {
    for turn in 1 2 3 4 5 6 7 8; do
        echo "wait frames 16"
        echo "a 5"
        echo "wait frames 16"
        echo "p 5"
    done
    for who in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do
        echo "camera demo:$who@0"
        echo "wait frames $((20 + 37 * who % 120))" # each in another light
        echo "n 2"
        echo "wait frames 60"
        echo "n 2"
    done
    echo "camera demo:0@40"
    echo "t"
    echo "wait trained"
    echo "camera demo:0@40" # from the start of its lights
    echo "v"
    echo "wait score 150"
    echo "shot $temp/live.png"
    echo "1"
    echo "shot $temp/pictures.png"
    echo "q"
}
keys | XDG_CONFIG_HOME=$temp "$program" --headless --camera demo:0@40 --data "$temp/data" --recipe koch --epochs 10 \
    --size 1280x800 --keys - --events "$temp/events"
for shot in live pictures; do
    convert "$temp/$shot.png" -strip +dither -quantize Lab -colors 256 "PNG8:$assets/$shot.png"
done
