#!/bin/sh
# Installs what is missing, builds, runs every test. The last line counts them.
#     tests/run.sh            everything, as CI does
#     tests/run.sh SUITE...   only these suites of the ordinary build: unit numeric thread window
#                             accuracy survival fuzz camera_vm
set -eu
source=$(cd "$(dirname "$0")/.." && pwd)
cd "$source"
. app/packages.sh
export DEBIAN_FRONTEND=noninteractive

install_missing $build_packages libcmocka-dev clang python3 xvfb xdotool imagemagick strace \
    qemu-system-x86 busybox-static cpio kmod

passed=0 failed=0 skipped=0

# tally BUILD: adds up the results of the last meson test run there.
tally() {
    counts=$(python3 -c '
import json, sys
results = [json.loads(line)["result"] for line in open(sys.argv[1])]
ok = sum(r in ("OK", "EXPECTEDFAIL") for r in results)
skip = results.count("SKIP")
print(ok, len(results) - ok - skip, skip)' "$1/meson-logs/testlog.json")
    set -- $counts
    passed=$((passed + $1)) failed=$((failed + $2)) skipped=$((skipped + $3))
}

# build DIR OPTION...: configures (again) and builds with warnings as errors.
build() {
    dir=$1
    shift
    if [ -e "$dir/build.ninja" ]; then
        meson configure "$dir" -Dwerror=true -Dtests=enabled "$@"
    else
        meson setup "$dir" -Dwerror=true -Dtests=enabled "$@" >/dev/null
    fi
    ninja -C "$dir" --quiet
}

# suites DIR SUITE...: runs them; a failing test fails the run at its end, not here.
suites() {
    dir=$1
    shift
    wanted=
    for suite in "$@"; do wanted="$wanted --suite $suite"; done
    rm -f "$dir/meson-logs/testlog.json"
    meson test -C "$dir" --no-rebuild --print-errorlogs $wanted || true
    tally "$dir"
}

if [ $# -gt 0 ]; then
    build build
    suites build "$@"
else
    echo "== gcc =="
    build build
    suites build unit numeric thread window accuracy survival fuzz camera_vm
    echo "== clang =="
    CC=clang build build-clang
    suites build-clang numeric
    echo "== gcc, address and undefined behaviour sanitizers =="
    build build-asan -Db_sanitize=address,undefined -Dbuildtype=debugoptimized
    suites build-asan unit numeric
    echo "== gcc, thread sanitizer =="
    build build-tsan -Db_sanitize=thread -Dbuildtype=debugoptimized
    suites build-tsan thread
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
