#!/bin/sh
# Plays every target by libFuzzer, four at a time. What they find is kept in BUILD/found, what breaks
# one of them is BUILD/TARGET-crash-... The largest picture takes 8 s alone on a quiet machine, and
# several times as long beside other work.
#     tests/fuzz/all.sh BUILD SECONDS
set -eu
seeds=$(dirname "$0")/seeds
# shellcheck disable=SC2011,SC2016
ls "$seeds" | build=$1 seconds=$2 seeds=$seeds xargs -P 4 -I TARGET sh -c '
    mkdir -p "$build/found/TARGET"
    "$build/tests/fuzz_TARGET" -max_total_time="$seconds" -rss_limit_mb=4000 -timeout=120 \
        -artifact_prefix="$build/TARGET-" "$build/found/TARGET" "$seeds/TARGET" \
        >"$build/TARGET.log" 2>&1 || { tail -40 "$build/TARGET.log"; exit 255; }
    grep "^Done" "$build/TARGET.log" | sed "s/^/fuzz TARGET: /"'
