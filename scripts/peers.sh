#!/usr/bin/env bash
# Makes .venv, a Python with the packages that tests read our files with. Nobody needs it to use
# dixie; without it those tests are skipped.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

extra_packages=(python3 python3-venv)
source scripts/setup.sh

packages=(numpy==2.2.6 safetensors==0.6.2 tensorboard==2.21.0)

if ! .venv/bin/python -c 'import numpy, safetensors, tensorboard' 2>/dev/null; then
    python3 -m venv .venv
    .venv/bin/python -m pip install --quiet --disable-pip-version-check "${packages[@]}"
fi
