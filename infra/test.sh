#!/usr/bin/env bash
# Runs the tests below the folders or files given: test.sh tests
# Files are spread over three processes, each with a stack of its own (some 3 GB): a test waits for
# half of its time, so two of them leave a machine of two cores idle. What measures CPU against itself
# (the marker `alone`) runs after them, with the machine to itself. The order is that of
# tests/conftest.py, long files first. Fails where a test failed, and where no test was found.
set -u
cd "$(dirname "$0")/.."
# Modules are compiled once, and not once for each of the many processes.
unset PYTHONDONTWRITEBYTECODE

found=0
# To collect all tests takes half a minute, so the second part looks only where the marker stands.
alone=$(grep -rl --include='test_*.py' 'mark\.alone' "$@")
for part in "not alone:-n 3 --dist loadfile --no-loadscope-reorder $*" "alone:$alone"; do
    [ -n "${part#*:}" ] || continue
    # shellcheck disable=SC2086 # the options and files are several words
    .venv/bin/python -m pytest -q -m "${part%%:*}" ${part#*:}
    code=$?
    [ $code -eq 0 ] && found=1
    [ $code -eq 0 ] || [ $code -eq 5 ] || exit $code # 5: this part has no test among these
done
[ $found -eq 1 ]
