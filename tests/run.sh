#!/bin/sh
# Installs what is missing, builds, runs every test. At the end it names what failed; the last line
# counts. Half an hour on two processors. A test that hangs is ended by its own limit; after 80
# minutes all that still runs is.
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

end=$(($(date +%s) + 80 * 60))

# What builds need; then, beside the first build, what tests need.
# shellcheck disable=SC2086
install_missing $build_packages libcmocka-dev clang libclang-rt-14-dev lld python3 valgrind
install_missing xvfb xdotool x11-utils imagemagick strace gcovr qemu-system-x86 busybox-static cpio \
    kmod bash-completion fish zsh man-db desktop-file-utils appstream librsvg2-bin &
packages=$!

passed=0 failed=0 skipped=0 failures=

fail() {
    failed=$((failed + 1))
    failures="$failures
failed: $1"
}

# left: seconds until the end, 1 at least.
left() {
    seconds=$((end - $(date +%s)))
    echo $((seconds > 1 ? seconds : 1))
}

# tally DIR: adds up the results of the last meson test run there.
tally() {
    [ -e "$1/meson-logs/testlog.json" ] || {
        fail "$1: no test ran"
        return
    }
    results=$(python3 -c '
import json, sys
with open(sys.argv[1]) as log, open(sys.argv[2], "a") as failed:
    for line in log:
        test = json.loads(line)
        said = [text for stream in ("stdout", "stderr") for text in test.get(stream, "").split("\n")
                if text.strip()] or ["nothing said"]
        name = test["name"].split(" / ")[-1]
        print(test["result"], round(test["duration"]), name, said[-1])
        if test["result"] not in ("OK", "EXPECTEDFAIL", "SKIP"):
            told = [text for text in said if "FAILED" in text or "rror" in text][:20]
            failed.write("\n".join([f"-- {name}", *told, "...", *said[-10:], ""]))
' "$1/meson-logs/testlog.json" build/failed.log)
    while read -r result seconds name said; do
        case $result in
        OK | EXPECTEDFAIL) passed=$((passed + 1)) ;;
        SKIP)
            skipped=$((skipped + 1))
            echo "skipped: $name in $1: $said"
            ;;
        *) fail "$name in $1: $result after $seconds s" ;;
        esac
    done <<EOF
$results
EOF
}

# configure DIR OPTION...: or configures again. Warnings are errors.
configure() {
    dir=$1
    shift
    if [ -e "$dir/build.ninja" ]; then
        meson configure "$dir" -Dwerror=true -Dtests=enabled "$@"
    else
        meson setup "$dir" -Dwerror=true -Dtests=enabled "$@" >/dev/null
    fi
}

# build_first OPTION...: in build; then there are all packages, too.
build_first() {
    configure build "$@"
    ninja -C build --quiet
    wait "$packages"
}

# Of meson test. A busy machine may take three times as long as was allowed for.
flags="--no-rebuild --print-errorlogs --timeout-multiplier 3"

# tests DIR ARGUMENT...: of meson test; a failing test fails the run at its end, not here.
# shellcheck disable=SC2086
tests() {
    dir=$1 code=0
    shift
    rm -f "$dir/meson-logs/testlog.json"
    timeout --foreground -k 60 "$(left)" meson test -C "$dir" $flags "$@" || code=$?
    case $code in 124 | 137) fail "$dir: the time was over before all tests were" ;; esac
    tally "$dir"
}

# suites DIR SUITE...
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

# background NAME COMMAND...: beside what follows, until finish NAME.
background() {
    name=$1
    shift
    timeout -k 60 "$(left)" "$@" >"build/$name.log" 2>&1 &
    eval "pid_$name=$!"
    running="$running$! "
}

# meson_test NAME DIR ARGUMENT...: in the background; tally DIR after finish NAME.
# shellcheck disable=SC2086
meson_test() {
    name=$1 dir=$2
    shift 2
    rm -f "$dir/meson-logs/testlog.json"
    background "$name" meson test -C "$dir" $flags "$@"
}

# finish NAME: waits for it and shows what it said. Fails where it failed.
finish() {
    code=0
    eval "pid=\$pid_$1"
    wait "$pid" || code=$?
    running="${running%% "$pid" *} ${running#* "$pid" }"
    cat "build/$1.log"
    return "$code"
}

# title TEXT: of what comes now, with the time of day.
title() { echo "== $(date +%T) $1 =="; }

# Lines of core and capture that the tests run: 90 % at least. Where threads count at once gcov may
# write a branch's count that can't be; such a line is left out.
coverage() {
    gcovr --root . --filter core/ --filter capture/ --gcov-ignore-parse-errors \
        --fail-under-line 90 --print-summary --output build-coverage/coverage.txt build-coverage \
        2>build-coverage/gcovr.log || { tail -5 build-coverage/gcovr.log; false; }
}

# What the thread sanitizer watches.
threaded="session feed slot base chores hooks browser v4l2_feed edits folders newest"

# Some tests wait more than they work: the next builds use what they leave. The soak and the fuzz
# targets take their own time whatever runs beside them; the virtual machine waits half of it.
# shellcheck disable=SC2086
everything() {
    title "gcc, a release without assertions"
    build_first -Db_ndebug=true
    export CC_LD=lld CXX_LD=lld # takes a third of the usual linker's time with symbols
    CC=clang CXX=clang++ configure build-clang -Dfuzz=true -Db_sanitize=address,undefined \
        -Db_lundef=false -Dbuildtype=debugoptimized
    counters=-fprofile-update=single # atomic ones, which -pthread brings, take ten times as long
    configure build-coverage -Db_coverage=true -Ddebug=false -Doptimization=2 -Dc_args=$counters \
        -Dcpp_args=$counters
    configure build-tsan -Db_sanitize=thread -Dbuildtype=debugoptimized
    background builds nice -n 10 sh -c '
        ninja -C build-clang --quiet && ninja -C build-coverage --quiet &&
        ninja -C build-tsan --quiet $(printf "tests/test_%s " "$@")' - $threaded
    suites build unit numeric thread window desktop accuracy survival memcheck
    finish builds || {
        fail "not everything can be built"
        return 0
    }

    title "clang, address and undefined behaviour sanitizers; a real driver; soak"
    meson_test camera_vm build --suite camera_vm
    background soak nice -n 5 python3 tests/bench/soak.py build/app/visavis 180
    suites build-clang unit numeric thread drawn fuzz
    step soak finish soak
    finish camera_vm || :
    tally build

    title "gcc, coverage; gcc, thread sanitizer; libFuzzer"
    background fuzz sh tests/fuzz/all.sh build-clang 60
    meson_test tsan build-tsan $threaded
    tests build-coverage --suite unit --suite numeric --suite thread --suite fuzz \
        --no-suite uncounted
    step coverage coverage
    finish tsan || :
    tally build-tsan
    step fuzz finish fuzz
}

running=' ' # process ids, a space before and behind each
rm -f build/failed.log
# shellcheck disable=SC2086
trap 'kill $running 2>/dev/null || :' EXIT
trap 'exit 130' INT TERM
if [ $# -gt 0 ]; then
    build_first
    suites build "$@"
else
    everything
fi

[ ! -s build/failed.log ] || cat build/failed.log
echo "$failures" | sed '/^$/d'
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
