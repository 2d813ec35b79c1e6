"""Stops with a sentence when Python is too old; must stay readable for old ones."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  (an older one may run this very file)
    version = ".".join(str(part) for part in sys.version_info[:3])
    sys.exit(
        f"fieldvisit needs Python 3.11 or newer; `{sys.executable}` is {version}. "
        "Install a newer one and say which: `make run PYTHON=python3.12`."
    )
