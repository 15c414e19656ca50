#!/bin/sh
# Installs what is missing, builds, runs every test. At the end it names what failed; the last line
# counts.
#     tests/run.sh            everything, as CI does
#     tests/run.sh SUITE...   only these suites of the ordinary build: unit numeric thread window
#                             desktop accuracy survival fuzz memcheck camera_vm
#     tests/run.sh package    the Debian package, in fresh copies of Debian 12; as root, with
#                             debootstrap
set -eu
source=$(cd "$(dirname "$0")/.." && pwd)
cd "$source"
. app/packages.sh
export DEBIAN_FRONTEND=noninteractive

install_missing $build_packages libcmocka-dev clang libclang-rt-14-dev python3 xvfb xdotool x11-utils \
    imagemagick strace valgrind gcovr qemu-system-x86 busybox-static cpio kmod bash-completion fish \
    zsh man-db desktop-file-utils appstream librsvg2-bin

passed=0 failed=0 skipped=0 failures=

fail() {
    failed=$((failed + 1))
    failures="$failures
failed: $1"
}

# tally DIR: adds up the results of the last meson test run there.
tally() {
    results=$(python3 -c '
import json, sys
for line in open(sys.argv[1]):
    test = json.loads(line)
    print(test["result"], round(test["duration"]), test["name"].split(" / ")[-1])
' "$1/meson-logs/testlog.json")
    while read -r result seconds name; do
        case $result in
        OK | EXPECTEDFAIL) passed=$((passed + 1)) ;;
        SKIP) skipped=$((skipped + 1)) ;;
        *) fail "$name in $1: $result after $seconds s" ;;
        esac
    done <<EOF
$results
EOF
}

# build DIR TARGETS OPTION...: configures (again) and builds with warnings as errors. TARGETS: a
# list of words, empty: all.
build() {
    dir=$1 targets=$2
    shift 2
    if [ -e "$dir/build.ninja" ]; then
        meson configure "$dir" -Dwerror=true -Dtests=enabled "$@"
    else
        meson setup "$dir" -Dwerror=true -Dtests=enabled "$@" >/dev/null
    fi
    # shellcheck disable=SC2086
    ninja -C "$dir" --quiet $targets
}

# tests DIR ARGUMENT...: of meson test; a failing test fails the run at its end, not here. A busy
# machine may take three times as long as was allowed for.
tests() {
    dir=$1
    shift
    rm -f "$dir/meson-logs/testlog.json"
    meson test -C "$dir" --no-rebuild --print-errorlogs --timeout-multiplier 3 "$@" || true
    tally "$dir"
}

suites() {
    dir=$1 wanted=
    shift
    for suite in "$@"; do wanted="$wanted --suite $suite"; done
    # shellcheck disable=SC2086
    tests "$dir" $wanted
}

# step NAME COMMAND...: counts as one test.
step() {
    name=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        fail "$name"
    fi
}

# title TEXT: of what comes now, with the time of day.
title() { echo "== $(date +%T) $1 =="; }

# fuzz_all SECONDS: every target by libFuzzer, two at a time. What they find is kept in build-clang.
fuzz_all() {
    ls tests/fuzz/seeds | xargs -P 2 -I TARGET sh -c '
        mkdir -p build-clang/found/TARGET
        build-clang/tests/fuzz_TARGET -max_total_time='"$1"' -rss_limit_mb=4000 -timeout=30 \
            -artifact_prefix=build-clang/TARGET- build-clang/found/TARGET tests/fuzz/seeds/TARGET \
            >build-clang/TARGET.log 2>&1 || { tail -40 build-clang/TARGET.log; exit 255; }
        grep "^Done" build-clang/TARGET.log | sed "s/^/fuzz TARGET: /"'
}

# Lines of core and capture that the tests run: 90 % at least. Where threads count at once gcov may
# write a branch's count that can't be; such a line is left out.
coverage() {
    gcovr --root . --filter core/ --filter capture/ --gcov-ignore-parse-errors \
        --fail-under-line 90 --print-summary --output build-coverage/coverage.txt build-coverage \
        2>build-coverage/gcovr.log || { tail -5 build-coverage/gcovr.log; false; }
}

if [ $# -gt 0 ]; then
    build build ""
    suites build "$@"
else
    title "gcc, a release without assertions"
    build build "" -Db_ndebug=true
    suites build unit numeric thread window desktop accuracy survival memcheck camera_vm
    step soak python3 tests/bench/soak.py build/app/visavis 180
    title "clang, address and undefined behaviour sanitizers, libFuzzer"
    CC=clang CXX=clang++ build build-clang "" -Dfuzz=true -Db_sanitize=address,undefined \
        -Db_lundef=false -Dbuildtype=debugoptimized
    suites build-clang unit numeric thread fuzz
    step fuzz fuzz_all 60
    title "gcc, coverage"
    build build-coverage "" -Db_coverage=true -Dbuildtype=debugoptimized
    suites build-coverage unit numeric thread fuzz
    step coverage coverage
    title "gcc, thread sanitizer"
    build build-tsan "tests/test_session tests/test_feed tests/test_slot" -Db_sanitize=thread \
        -Dbuildtype=debugoptimized
    suites build-tsan thread
fi

echo "$failures" | sed '/^$/d'
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
