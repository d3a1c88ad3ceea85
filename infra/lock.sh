#!/usr/bin/env bash
# Writes the requirements files from infra/dependencies/*.in. Versions are chosen under 3.11, the
# oldest Python that is supported: what it takes, the newer ones take too. With the hashes of all files
# of a release pip refuses any other file, whatever an index hands out.
set -eu
cd "$(dirname "$0")/.."

compile() {
    .venv/bin/pip-compile --quiet --upgrade --generate-hashes --no-header --no-emit-index-url \
        --no-emit-trusted-host --no-emit-options --allow-unsafe --strip-extras \
        --output-file "$2" "infra/dependencies/$1.in"
}

if [ "$(.venv/bin/python -c 'import sys; print(sys.version_info[:2] == (3, 11))')" != True ]; then
    echo "Make .venv with Python 3.11 for this." >&2
    exit 1
fi
compile runtime requirements.txt
compile dev requirements-dev.txt
compile engine infra/local/requirements.txt
compile supply .github/requirements.txt
