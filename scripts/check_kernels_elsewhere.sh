#!/usr/bin/env bash
# Holds the kernels of every instruction set to their references, also those this machine has not.
#
#   scripts/check_kernels_elsewhere.sh
#
# The program in Tests/KernelsElsewhere is built from the kernels' very sources: for this machine,
# whose own levels it runs; for 64-bit ARM, which qemu runs; and, where an x86-64 lacks some, with C
# functions in place of the instructions above AVX2, which shows that the kernels' logic is right,
# though not that a processor agrees. Its first failure ends the script. Takes a minute or two.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)

machine=$(uname -m)
extra_packages=()
if [[ $machine == x86_64 ]]; then
    extra_packages=(gcc-aarch64-linux-gnu libc6-dev-arm64-cross qemu-user libsimde-dev)
elif [[ $machine == aarch64 ]]; then
    extra_packages=(qemu-user)
else
    echo "${0##*/}: there are kernels for x86-64 and 64-bit ARM, and this is $machine" >&2
    exit 1
fi
source "$here/scripts/setup.sh"
command -v clang >/dev/null || fail "there is no clang, though one comes with Swift: put it on the PATH"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# build NAME FLAG…: builds the program; a warning is a failure.
build() {
    local name=$1 source
    shift
    mkdir "$work/$name.o"
    for source in "$here"/Sources/CKernels/*.c "$here"/Tests/KernelsElsewhere/*.c; do
        printf '%s\0' "$source"
    done | (cd "$work/$name.o" && xargs -0 -n 1 -P "$(nproc)" clang -c -O2 -std=gnu17 \
        -Wall -Wextra -Werror -I "$here/Sources/CKernels/include" "$@") ||
        fail "$name: the kernels could not be built: see above"
    clang "$@" -Wno-unused-command-line-argument -fuse-ld=lld -static "$work/$name.o"/*.o -lm \
        -o "$work/$name"
}

# check NAME LEVEL HOW COMMAND…: runs the program at a level.
check() {
    local name=$1 level=$2 how=$3
    shift 3
    echo "$level, $how"
    "$@" "$work/$name" "$level" || fail "$level, $how: see above"
}

# has LEVEL: whether this machine has it.
has() {
    local level
    for level in "${levels[@]}"; do
        [[ $level != "$1" ]] || return 0
        [[ $level != "$best" ]] || return 1
    done
    return 1
}

build here
best=$("$work/here")
if [[ $machine == x86_64 ]]; then
    levels=(portable avx2 avx512 avx512_vnni avx512_bf16 amx)
else
    levels=(portable neon neon_dot)
fi
lacking=()
for level in "${levels[@]}"; do
    if has "$level"; then check here "$level" "on this machine"; else lacking+=("$level"); fi
done

if [[ $machine == aarch64 ]]; then
    for level in "${lacking[@]}"; do check here "$level" "in qemu" qemu-aarch64 -cpu max; done
    echo "x86-64's were left out: they need a machine of that kind"
    exit 0
fi

build arm --target=aarch64-linux-gnu -isystem /usr/aarch64-linux-gnu/include
# An old processor, too, on which a newer one's instruction would show.
[[ $(qemu-aarch64 -cpu cortex-a53 "$work/arm") == neon ]] || fail "cortex-a53: this is not neon"
[[ $(qemu-aarch64 -cpu max "$work/arm") == neon_dot ]] || fail "qemu's best: this is not neon_dot"
check arm portable "on ARM, in qemu" qemu-aarch64 -cpu cortex-a53
check arm neon "in qemu" qemu-aarch64 -cpu cortex-a53
check arm neon_dot "in qemu" qemu-aarch64 -cpu max

((${#lacking[@]})) || exit 0
if ! has avx2; then
    echo "${lacking[*]}: left out, as what stands for their instructions is made of AVX2"
    exit 0
fi
build emulated -DDIXIE_EMULATED -mavx2 -mfma -Wno-psabi \
    -I "$here/Tests/KernelsElsewhere/emulated"
for level in "${lacking[@]}"; do
    check emulated "$level" "its instructions emulated: this machine has not all of them"
done
