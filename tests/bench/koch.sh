#!/bin/sh
# The recipe koch on one verification case: trains and judges it. Needs the optional data folder
# ../shared beside the source tree.
#     tests/bench/koch.sh CASE [EPOCHS]      e.g. tests/bench/koch.sh yaleb-01 50
set -eu
source=$(cd "$(dirname "$0")/../.." && pwd)
shared=$source/../shared
visavis=$source/build/app/visavis
case=${1:?usage: koch.sh CASE [EPOCHS]}
[ -e "$shared/cases.py" ] || { echo "skipped: $shared is not there" >&2; exit 77; }
out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
python3 "$shared/cases.py" "$case" "$out/case" >&2
"$visavis" train --recipe koch --data "$out/case" --out "$out/model" --epochs "${2:-50}" --json \
    >"$out/train.json"
strangers=
for kind in same other; do
    [ ! -d "$out/case/strangers-$kind" ] || strangers="$strangers $out/case/strangers-$kind"
done
# shellcheck disable=SC2086 # a list of folders
"$visavis" eval --model "$out/model" --anchors "$out/case/anchor" --genuine "$out/case/probe" \
    --strangers $strangers --json
