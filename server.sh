#!/usr/bin/env bash
# Builds dixie and serves the models of server_config.json, or the demo models when there is none.
# Arguments go to the server: ./server.sh --help lists them.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
steps=3

# step NUMBER TEXT COMMAND…: says what is going on, does it, says how long it took.
step() {
    local number=$1 text=$2 start=$SECONDS
    shift 2
    echo "[$number/$steps] $text …" >&2
    "$@"
    echo "[$number/$steps] done in $((SECONDS - start)) s" >&2
}

set_up() {
    source "$here/scripts/setup.sh"
}

build() {
    local product log
    log=$(mktemp)
    for product in "${products[@]}"; do
        # Compilers talk much; all of it matters only when they fail.
        if ! swift build --package-path "$here" --scratch-path "$here/.build-release" \
            -c release "${traits[@]}" --product "$product" >"$log" 2>&1; then
            # What is no compiler's, such as a linker's complaint, is in the last lines.
            grep -E 'error:|warning:' "$log" >&2 || true
            grep -q 'error:' "$log" || tail -n 30 "$log" >&2
            rm -f "$log"
            fail "the build of $product failed: see above"
        fi
    done
    rm -f "$log"
}

link() {
    local product
    mkdir -p "$here/bin"
    for product in "${products[@]}"; do
        ln -sfn "../.build-release/release/$product" "$here/bin/$product"
    done
}

step 1 "checking what the build needs" set_up
# The programs are the manifest's executable products.
mapfile -t products < <(
    sed -n 's/^ *\.executable(name: "\([a-z]*\)".*/\1/p' "$here/Package.swift")
step 2 "building ${products[*]} (minutes the first time)" build
step 3 "linking them into bin/" link

arguments=("$@")
chooses_configuration=false
for argument in "$@"; do
    case $argument in
    --config_path | --config_path=* | --config-path | --config-path=* | --help | -h | --version)
        chooses_configuration=true
        ;;
    esac
done
if ! $chooses_configuration; then
    configuration=$here/server_config.json
    if [[ ! -e $configuration ]]; then
        sample=$configuration.sample
        echo "There is no server_config.json, so the demo models are served. To make one:" >&2
        printf '  cp %q %q\n' "$sample" "$configuration" >&2
        configuration=$sample
    fi
    arguments+=(--config_path "$configuration")
fi

# In this shell's place, so that a signal reaches the server itself; it says when it is ready.
exec "$here/bin/server" "${arguments[@]}"
