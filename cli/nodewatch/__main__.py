"""The programs: what the installed commands call, and `python -m nodewatch`.

The garbage collector is off from here on, before anything large is imported: a short command ends before collecting
pays. Whatever waits turns it on again.
"""

import gc
import sys
from typing import NoReturn

if sys.version_info < (3, 11):  # noqa: UP036  # whoever runs the one file or the source tree was not told by pip
    sys.exit(f"nodewatch needs Python 3.11 or newer, and {sys.executable} is {sys.version.split()[0]}.")

gc.disable()


def nodewatch() -> NoReturn:
    """Run `nodewatch`; by a link of the name `cray` it is that, in what its scripts read."""
    from nodewatch.main import start

    start("cray" if sys.argv[0].rpartition("/")[2] == "cray" else "nodewatch")


def bos() -> NoReturn:
    """Run `bos`, the shortcut that users' scripts call."""
    from nodewatch.main import start

    start("bos")


def nmstatus() -> NoReturn:
    """Run `nmstatus`, the shortcut that users' scripts call."""
    from nodewatch.main import start

    start("nmstatus")


if __name__ == "__main__":
    nodewatch()
