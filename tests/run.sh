#!/bin/sh
# Installs what is missing, builds, runs every test. The last line counts them.
#     tests/run.sh            everything, as CI does
#     tests/run.sh SUITE...   only these suites of the ordinary build: unit numeric thread window
#                             desktop accuracy survival fuzz memcheck camera_vm
set -eu
source=$(cd "$(dirname "$0")/.." && pwd)
cd "$source"
. app/packages.sh
export DEBIAN_FRONTEND=noninteractive

install_missing $build_packages libcmocka-dev clang libclang-rt-14-dev python3 xvfb xdotool \
    imagemagick strace valgrind gcovr qemu-system-x86 busybox-static cpio kmod

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

# step NAME COMMAND...: counts as one test.
step() {
    name=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        echo "failed: $name"
        failed=$((failed + 1))
    fi
}

# fuzz_all SECONDS: every target by libFuzzer, two at a time. What they find is kept in build-clang.
fuzz_all() {
    ls tests/fuzz/seeds | xargs -P 2 -I TARGET sh -c '
        mkdir -p build-clang/found/TARGET
        build-clang/tests/fuzz_TARGET -max_total_time='"$1"' -rss_limit_mb=4000 -timeout=30 \
            -artifact_prefix=build-clang/TARGET- build-clang/found/TARGET tests/fuzz/seeds/TARGET \
            >build-clang/TARGET.log 2>&1 || { tail -40 build-clang/TARGET.log; exit 255; }
        grep "^Done" build-clang/TARGET.log | sed "s/^/fuzz TARGET: /"'
}

if [ $# -gt 0 ]; then
    build build
    suites build "$@"
else
    echo "== gcc, a release without assertions =="
    build build -Db_ndebug=true
    suites build unit numeric thread window desktop accuracy survival memcheck camera_vm
    step soak python3 tests/bench/soak.py build/app/visavis 180
    echo "== clang, address and undefined behaviour sanitizers, libFuzzer =="
    CC=clang CXX=clang++ build build-clang -Dfuzz=true -Db_sanitize=address,undefined \
        -Db_lundef=false -Dbuildtype=debugoptimized
    suites build-clang kernels
    step fuzz fuzz_all 60
    echo "== gcc, address and undefined behaviour sanitizers, coverage =="
    build build-asan -Db_sanitize=address,undefined -Db_coverage=true -Dbuildtype=debugoptimized
    suites build-asan unit numeric
    gcovr --root . --filter core/ --filter capture/ --print-summary \
        --output build-asan/coverage.txt build-asan || echo "coverage: not measured"
    echo "== gcc, thread sanitizer =="
    build build-tsan -Db_sanitize=thread -Dbuildtype=debugoptimized
    suites build-tsan thread
fi

echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
