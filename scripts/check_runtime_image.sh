#!/usr/bin/env bash
# Tries the Dockerfile's runtime stage without Docker: a bare Debian in a folder, exactly the
# packages that stage installs, the server, the demo models, and one GET /ping.
#
#   sudo scripts/check_runtime_image.sh [BINARY]
#
# BINARY is a server linked with --static-swift-stdlib; without one, it is built, for which that
# linking needs libcurl4-openssl-dev. Needs root, debootstrap, curl and a Debian mirror. The bare
# system is kept in DIXIE_ROOTFS (default /var/tmp/dixie-rootfs) for the next run. With
# DIXIE_ONLY_LINKS=1 it only checks that the binary finds its libraries and says its version.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
root=${DIXIE_ROOTFS:-/var/tmp/dixie-rootfs}
mirror=${DIXIE_MIRROR:-http://deb.debian.org/debian}
port=${DIXIE_PORT:-12399}

fail() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

((EUID == 0)) || fail "a folder becomes a system only for root: start it with sudo"
command -v debootstrap >/dev/null || fail "type: apt-get install -y debootstrap"

# The runtime stage is what follows the last FROM.
stage=$(awk '/^FROM /{stage=""} {stage=stage $0 "\n"} END{printf "%s", stage}' "$here/Dockerfile")
release=$(sed -n 's/^FROM debian:\([a-z]*\)-slim.*/\1/p' <<<"$stage")
read -ra packages < <(
    sed -n 's/.*apt-get install -y --no-install-recommends \([^\\]*\).*/\1/p' <<<"$stage")
[[ -n $release ]] || fail "the Dockerfile's last FROM is not a debian:…-slim"
((${#packages[@]})) || fail "the Dockerfile's runtime stage has no line of packages"

if [[ ! -e $root/.complete ]]; then
    echo "making a bare $release in $root" >&2
    rm -rf "$root"
    debootstrap --variant=minbase "$release" "$root" "$mirror" >"$root.log" 2>&1 ||
        { tail -n 20 "$root.log" >&2; fail "debootstrap failed: see above"; }
    touch "$root/.complete"
fi
echo "installing ${packages[*]}" >&2
for command in "apt-get update" \
    "env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends ${packages[*]}"; do
    # Words without spaces, so the split is meant.
    # shellcheck disable=SC2086
    chroot "$root" $command >"$root.log" 2>&1 ||
        { tail -n 20 "$root.log" >&2; fail "$command failed: see above"; }
done

binary=${1:-}
if [[ -z $binary ]]; then
    # A folder of its own: with another way to link, the one of server.sh would be built anew.
    swift build --package-path "$here" --scratch-path "$here/.build-image" -c release \
        --static-swift-stdlib --product server >&2
    binary=$here/.build-image/release/server
fi
install -D "$binary" "$root/usr/local/bin/server"

# As in every container: Swift's programs read their own arguments there.
mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
server=
leave() {
    if [[ -n $server ]]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    umount "$root/proc"
}
trap leave EXIT

missing=$(chroot "$root" ldd /usr/local/bin/server | grep 'not found' || true)
[[ -z $missing ]] || fail "the image lacks libraries:"$'\n'"$missing"
chroot "$root" /usr/local/bin/server --version >/dev/null || fail "the server does not start"
echo "all libraries are found" >&2
[[ -z ${DIXIE_ONLY_LINKS:-} ]] || exit 0

mkdir -p "$root/srv/dixie/Examples"
cp "$here/server_config.json.sample" "$root/srv/dixie/server_config.json"
rm -rf "$root/srv/dixie/Examples/models"
cp -r "$here/Examples/models" "$root/srv/dixie/Examples/models"

chroot --userspec=10001:10001 "$root" /bin/sh -c \
    'cd /srv/dixie && exec server --config_path server_config.json --host 127.0.0.1 --port "$1"' \
    sh "$port" &
server=$!
for _ in $(seq 120); do
    if status=$(curl -s -o /dev/null -w '%{http_code}' "http://127.0.0.1:$port/ping"); then
        [[ $status == 200 ]] || fail "GET /ping was answered with $status"
        echo "GET /ping: 200, in a bare $release with ${packages[*]}" >&2
        exit 0
    fi
    kill -0 "$server" 2>/dev/null || fail "the server ended: see above"
    sleep 0.5
done
fail "nothing answered GET /ping for a minute"
