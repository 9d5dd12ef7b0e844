#!/usr/bin/env bash
# Looks for bytes that dixie's readers cannot take: libFuzzer with AddressSanitizer.
#
#   scripts/fuzz.sh [TARGET|all] [SECONDS]
#
# TARGET is one of Tests/Fuzzing/Targets (all, where none is given), each for SECONDS (600). The
# first build takes some minutes. A run begins with Tests/Fuzzing/Corpus, with seeds cut from the
# tests' fixtures, and with what earlier runs kept; its random numbers are the same every time.
# What it finds is written to .build-fuzz/findings/TARGET, and the script then exits with 1. An
# input that was mended belongs into Tests/Fuzzing/Corpus/TARGET, where `swift test` runs it.
#
# To look at one input:     FUZZ_TARGET=json .build-fuzz/release/fuzzing FILE
# To keep what is new:      FUZZ_TARGET=json .build-fuzz/release/fuzzing -merge=1 \
#                               Tests/Fuzzing/Corpus/json .build-fuzz/corpus/json
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/setup.sh

# A backtrace of Swift's own would hold the pipes for minutes; the order of two flags must not
# change from build to build, or everything is built anew.
export SWIFT_BACKTRACE=enable=no SWIFT_DETERMINISTIC_HASHING=1
chosen=${1:-all} seconds=${2:-600}
build=.build-fuzz

# Release code, ten times as fast, with every check that a server has; `-enable-testing` lets the
# targets in. The two sanitizers are named together and last: of two `-sanitize=` Swift takes one,
# and without "fuzzer" in every module nothing is counted.
# What the package manager leaves there is no part of the house's own tests.
trap 'rm -f Tests/Fuzzing/Package.resolved' EXIT
swift build --package-path Tests/Fuzzing --scratch-path "$build" -c release ${JOBS:+--jobs "$JOBS"} \
    --sanitize address -Xswiftc -enable-testing -Xswiftc -sanitize=fuzzer,address

python3 Tests/Fuzzing/make_seeds.py "$build/seeds"
targets=$(cd Tests/Fuzzing/Corpus && ls)
if [[ $chosen != all ]]; then
    grep -qx -- "$chosen" <<<"$targets" || fail "TARGET has to be one of:" $targets
    targets=$chosen
fi

found=0
for target in $targets; do
    # As long as the longest that is read in many ways; what is longer is only slower.
    case $target in
        hdf5) most=10000 ;;
        safetensors | tokenizer_files) most=7000 ;;
        # Each of three encodings is mended in up to sixteen rounds.
        text_encodings) most=1000 ;;
        *) most=4096 ;;
    esac
    mkdir -p "$build/corpus/$target" "$build/findings/$target"
    echo "== $target"
    # Time: inputs take milliseconds; five seconds are a loop, even with AddressSanitizer on a
    # machine that does other things. Memory: some hundred megabytes are AddressSanitizer's own.
    FUZZ_TARGET=$target "$build/release/fuzzing" -seed=1 -max_total_time="$seconds" \
        -max_len="$most" -timeout=5 -rss_limit_mb=2048 -malloc_limit_mb=512 -use_value_profile=1 \
        -print_final_stats=1 -artifact_prefix="$build/findings/$target/" \
        "$build/corpus/$target" "Tests/Fuzzing/Corpus/$target" "$build/seeds/$target" \
        2>"$build/findings/$target.log" || found=1
    # The numbers of the last line, or the error.
    grep -aE '^#[0-9]+.*(DONE|pulse|REDUCE|NEW)' "$build/findings/$target.log" | tail -n 1 || true
    grep -aE '^(==|SUMMARY|stat::(number_of_exec|average|peak))' "$build/findings/$target.log" || true
    grep -ao 'Test unit written to .*' "$build/findings/$target.log" || true
done
((found == 0)) || fail "something was found; the logs and inputs are in $build/findings"
