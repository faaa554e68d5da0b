# Sourced by the commands beside this folder. Finds a Python for the build and
# leaves its path in $PYTHON. A bare machine has none: root gets it from apt,
# anybody else is told what to install.

# Prints the program to use when this one is new enough and can make a venv. For a
# Python of a virtual environment that is the Python below it, because the build may
# have to remove its own environment.
usable_python() {
    "$1" -c 'import sys, venv, ensurepip
if sys.version_info < (3, 10):
    raise SystemExit(1)
print(sys.executable if sys.prefix == sys.base_prefix else sys._base_executable)' \
        2>/dev/null
}

find_python() {
    for candidate in ${DIST_PYTHON:-python3 python3.14 python3.13 python3.12 \
        python3.11 python3.10 /usr/bin/python3}; do
        PYTHON=$(usable_python "$candidate") && return 0
    done
    PYTHON=
    return 1
}

if ! find_python && [ -z "${DIST_PYTHON:-}" ] && [ "$(id -u)" = 0 ] \
    && command -v apt-get >/dev/null 2>&1; then
    echo "setup: no usable Python found, installing python3 and python3-venv"
    said=$({ apt-get update -qq && DEBIAN_FRONTEND=noninteractive \
        apt-get install -qq -y --no-install-recommends python3 python3-venv; } \
        </dev/null 2>&1) || echo "$said" >&2
    find_python
fi
if [ -z "$PYTHON" ]; then
    echo "setup: error: Python 3.10 or newer with venv is needed and" \
        "${DIST_PYTHON:-python3} is not; install: apt-get install python3 python3-venv" >&2
    exit 2
fi
