#!/usr/bin/env bash
# Runs tests under ThreadSanitizer and AddressSanitizer, with the programs they start.
#
#   scripts/check_sanitizers.sh [thread|address] [OPTION…]
#
# Without a word, both. Options are those of Swift's tests, such as --filter HTTPTests; without any,
# the whole suite is run. Each has a build of its own, .build-tsan and .build-asan; a report of
# either, or a test that fails, is a failure. A build takes five minutes or so on two cores, and its
# tests as long again or twice.
#
# With address, leaks count too, rings of objects that hold each other among them. What is none of
# ours or no fault is named in Tests/Sanitizers/*.txt, each with its reason. One test is left out of
# thread's run: whatIsThereStaysWhereTheNewCannotBeWritten lets a program write files of a kilobyte,
# and ThreadSanitizer itself writes a larger one as it starts. Tests with several ranks are not built,
# as Open MPI is not in these builds: no sanitizer has seen it.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$here"
extra_packages=()
source scripts/setup.sh

kinds=(thread address)
if [[ ${1:-} == thread || ${1:-} == address ]]; then
    kinds=("$1")
    shift
fi

# Swift looks into a crash for minutes otherwise.
export SWIFT_BACKTRACE=enable=no

# check thread|address OPTION…
check() {
    local kind=$1 scratch status=0
    shift
    if [[ $kind == thread ]]; then
        scratch=$here/.build-tsan
        (($#)) || set -- --skip whatIsThereStaysWhereTheNewCannotBeWritten
    else
        scratch=$here/.build-asan
    fi
    echo "$kind: building" >&2
    nice -n 10 swift build --build-tests --sanitize "$kind" --scratch-path "$scratch" \
        --jobs "${JOBS:-2}" >"$scratch.build.log" 2>&1 ||
        { tail -n 40 "$scratch.build.log" >&2; fail "$kind: the build failed: see above"; }

    local preload= reports=$scratch/reports
    rm -rf "$reports"
    mkdir -p "$reports"
    if [[ $kind == thread ]]; then
        # Without it, each mutex that two threads want at once would be reported.
        preload=$scratch/mutex.so
        clang -shared -fPIC -O1 -Wall -Wextra -Werror Tests/Sanitizers/mutex.c -ldl -o "$preload"
        swiftc -sanitize=thread Tests/Sanitizers/threads.swift -o "$scratch/threads"
        LD_PRELOAD=$preload "$scratch/threads" mutex 2>"$scratch.log" ||
            fail "a mutex counts as a race: see $scratch.log and Tests/Sanitizers/mutex.c"
        ! LD_PRELOAD=$preload "$scratch/threads" race 2>"$scratch.log" ||
            fail "a race was not seen: Tests/Sanitizers/threads.swift"
    fi
    # Into files: the programs that tests start have their errors read by the tests.
    TSAN_OPTIONS="log_path=$reports/report exitcode=0 suppressions=$here/Tests/Sanitizers/unjoined.txt" \
        ASAN_OPTIONS="log_path=$reports/report:detect_leaks=1:suppressions=$here/Tests/Sanitizers/overreads.txt" \
        LSAN_OPTIONS="suppressions=$here/Tests/Sanitizers/leaks.txt print_suppressions=0" \
        LD_PRELOAD=$preload \
        timeout -k 10 5400 nice -n 10 "$scratch/debug/dixiePackageTests.xctest" --testing-library swift-testing "$@" \
        >"$scratch.log" 2>&1 || status=$?
    grep -E '^✘ |^. Test run with' "$scratch.log" >&2 || true
    if compgen -G "$reports/report*" >/dev/null; then
        grep -h '^SUMMARY' "$reports"/report* | sort | uniq -c | sort -rn >&2
        fail "$kind: the reports are in $reports"
    fi
    ((status == 0)) || fail "$kind: tests failed: see $scratch.log"
    echo "$kind: nothing found" >&2
}

for kind in "${kinds[@]}"; do check "$kind" "$@"; done
