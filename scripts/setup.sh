# What building dixie needs: sourced by server.sh and test.sh. Silent when nothing is missing.
#
# Missing packages are installed as root or with a sudo that asks nothing; anyone else is shown the
# one line to type. Swift is never installed behind one's back.
#
# A script that needs more names it in `extra_packages` first.
#
# (Sourced, so that its functions serve the caller; it ends the caller when it cannot go on.)

# The libraries dixie stands on, and what Swift's compiler and package manager need of a system.
required_packages=(
    libopenblas-dev libssl-dev zlib1g-dev
    binutils ca-certificates curl g++ git libc6-dev libcurl4 libxml2 pkg-config
)
required_swift=6.1

# What else a script needs that sources this.
required_packages+=("${extra_packages[@]}")

# Training in several processes is built where Open MPI is; with DIXIE_MPI=1 it is installed too.
if [[ ${DIXIE_MPI:-} == 1 ]]; then
    required_packages+=(libopenmpi-dev openmpi-bin)
fi

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# Every installed package's name and the names it provides, one a line: where pkg-config has become
# pkgconf and libcurl4 libcurl4t64, the old names are still provided.
installed_packages() {
    dpkg-query -W -f='${db:Status-Status} ${Package}, ${Provides}\n' |
        sed -n -e 's/([^)]*)//g' -e 's/^installed //p' | tr -s ', ' '\n'
}

install_packages() {
    local missing
    command -v dpkg-query >/dev/null ||
        fail "this needs Debian or Ubuntu; elsewhere install the equals of: ${required_packages[*]}"
    mapfile -t missing < <(
        printf '%s\n' "${required_packages[@]}" | grep -vxF -f <(installed_packages))
    ((${#missing[@]})) || return 0

    local as_root=()
    if ((EUID != 0)); then
        sudo -n true 2>/dev/null ||
            fail "type this once, then start again: sudo apt-get update && sudo apt-get install -y ${missing[*]}"
        as_root=(sudo -n)
    fi
    echo "installing ${missing[*]}" >&2
    # What went wrong is shown only when something did.
    local log
    log=$(mktemp)
    if ! { "${as_root[@]}" apt-get update &&
        "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
            apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        fail "apt-get could not install ${missing[*]}: see above"
    fi
    rm -f "$log"
}

check_swift() {
    local found
    command -v swift >/dev/null ||
        fail "there is no Swift here; install it with the lines at https://www.swift.org/install/linux/swiftly, then start again"
    found=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9.]*\).*/\1/p' | head -n 1)
    if [[ "$(printf '%s\n' "$required_swift" "${found:-0}" | sort -V | head -n 1)" != "$required_swift" ]]; then
        fail "dixie needs Swift $required_swift or newer, and this is ${found:-an unknown one}; type: swiftly install latest"
    fi
}

# choose_traits: sets `traits`, the options of `swift build` for what this system can build besides.
choose_traits() {
    traits=()
    if pkg-config --exists ompi-c; then traits=(--traits MPI); fi
}

install_packages
check_swift
choose_traits
