#!/usr/bin/env bash
# Builds dixie and runs every test, then some again in release code. Arguments go to `swift test`,
# such as --filter TokenizerTests; with any, only debug code is tested.
#
# With CI=true and the shared folder beside the checkout nothing has a reason to be skipped, so a
# skipped test is a failure there.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
source scripts/setup.sh

committed=$(git ls-files -- Package.resolved '.build*' bin .swiftpm 2>/dev/null || true)
[[ -z $committed ]] || fail "these are made by the build and must not be committed: $committed"

swift format lint --strict -r --configuration .swift-format Sources Tests Package.swift ||
    fail "the format is not the project's: swift format -i -r Sources Tests Package.swift"

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# build OPTION…: builds the tests; a warning in our own sources is a failure.
build() {
    swift build --build-tests "$@" >"$log" 2>&1 || {
        grep -E 'error:' -A 5 "$log" >&2 || tail -n 40 "$log" >&2
        fail "the build failed: see above"
    }
    if grep -E '/(Sources|Tests)/.*warning:' "$log" | sort -u | grep . >&2; then
        fail "the build has warnings: see above"
    fi
}

# run OPTION…: runs tests. That one has started says nothing; all else is shown, to the closing
# lines.
run() {
    local skipped
    swift test --skip-build "$@" 2>&1 | tee "$log" |
        grep --line-buffered -vE '^. (Test|Suite|Test case|Test run) .*started\.$' || {
        grep -E '^✘ ' "$log" >&2 || true
        fail "tests failed: see above"
    }
    skipped=$(grep -E '^[^ ]+ (Test|Suite) .* skipped' "$log" || true)
    if [[ -n $skipped && ${CI:-} == true && -d ../shared ]]; then
        echo "$skipped" >&2
        fail "tests were skipped though the shared folder is here: see above"
    fi
}

# With what this system can build besides, such as training in several processes.
build "${traits[@]}"
run "$@"

# Once more as it is served: the optimizer's code is another program. Of the tests, those of the
# kernels, of what computes with them, and of the real programs. Without the traits, so that a
# build that lacks them is seen too.
if (($# == 0)); then
    release=(-c release -Xswiftc -enable-testing --scratch-path .build-release-tests)
    build "${release[@]}"
    run "${release[@]}" \
        --filter 'ComputeTests|GPT2Tests|TrainingTests|ServingTests|CheckpointsTests|TokenizerTests|EndToEndTests|ClusterTests.ClusterTests'
fi
