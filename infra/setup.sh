#!/usr/bin/env bash
# Makes one virtual environment: setup.sh <folder> <requirements file>
# Does nothing when it was made from the same file by the same Python; otherwise makes it anew.
set -eu

folder=$1
requirements=$2
cd "$(dirname "$0")/.."

python=$(infra/python.sh)
stamp="$folder/.made-from"
made_from=$({ $python -VV; cat requirements.txt "$requirements"; } | cksum)
if [ -f "$stamp" ] && [ "$(cat "$stamp")" = "$made_from" ]; then
    exit 0
fi

# Not on standard output: a command that sets up first may write a key there, and nothing else.
echo "setting up $folder from $requirements with $($python -V)" >&2
rm -rf "$folder"
$python -m venv "$folder"
"$folder/bin/python" -m pip install -qq --disable-pip-version-check \
    --require-hashes -r "$requirements" || {
    rm -rf "$folder"
    echo "The packages of $requirements could not be installed; pip says why above." >&2
    exit 1
}
echo "$made_from" >"$stamp"
