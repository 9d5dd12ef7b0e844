#!/usr/bin/env bash
# Has the clients that people use ask a real server: OpenAI's, Ollama's, LangChain's, llm, Prometheus',
# Amazon's, a browser; and Schemathesis, which asks what nobody would.
#
#   scripts/check_clients.sh [SERVER] [TEST…]
#
# SERVER is the built program (default .build/debug/server), TEST a file of Tests/Clients without its
# ending. The clients come from PyPI in the versions of Tests/Clients/requirements.txt, into
# .build-clients, and are needed for nothing else. Nothing is asked but 127.0.0.1.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
server=$(realpath "${1:-$here/.build/debug/server}")
(($# == 0)) || shift

extra_packages=(python3 python3-venv openssl chromium chromium-driver)
source "$here/scripts/setup.sh"

[[ -x $server ]] || fail "there is no $server: swift build"
venv=$here/.build-clients
wanted=$(sha256sum <"$here/Tests/Clients/requirements.txt")
if [[ ! -f $venv/installed || $(<"$venv/installed") != "$wanted" ]]; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check \
        -r "$here/Tests/Clients/requirements.txt"
    printf '%s\n' "$wanted" >"$venv/installed"
fi
cd "$here/Tests/Clients"
(($#)) || set -- test_*.py
log=$(mktemp)
trap 'rm -f "$log"' EXIT
DIXIE_SERVER=$server PYTHONDONTWRITEBYTECODE=1 "$venv/bin/python" -m unittest -v "${@%.py}" 2>&1 |
    tee "$log"
if grep -q '\.\.\. skipped' "$log"; then fail "tests were skipped: see above"; fi
