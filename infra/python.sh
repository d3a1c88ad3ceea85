#!/usr/bin/env bash
# Prints the command of the newest Python that the project takes and that really runs.
# `python.sh --production` takes only the one of the Lambda runtime. Some machines have pyenv,
# whose commands exist for every version but run only for the active ones: those are asked for
# through PYENV_VERSION.
set -eu

newest_of() {
    local version installed
    for version in "$@"; do
        if "python$version" -c 'import ensurepip, venv' >/dev/null 2>&1; then
            echo "python$version"
            return 0
        fi
        command -v pyenv >/dev/null 2>&1 || continue
        installed=$(pyenv versions --bare 2>/dev/null | grep "^$version\.[0-9]*$" | sort -V | tail -1)
        if [ -n "$installed" ] &&
            PYENV_VERSION="$installed" "python$version" -c 'import ensurepip, venv' >/dev/null 2>&1; then
            echo "env PYENV_VERSION=$installed python$version"
            return 0
        fi
    done
    return 1
}

if [ "${1:-}" = --production ]; then
    set -- 3.13
else
    set -- 3.13 3.12 3.11
fi
newest_of "$@" || {
    echo "No Python runs among: $*. Install one of them with its venv module and try again." >&2
    exit 1
}
