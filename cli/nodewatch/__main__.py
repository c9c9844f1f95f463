"""The programs: what the installed commands call, and `python -m nodewatch`.

The garbage collector is off from here on, before anything large is imported: a short command ends before collecting
pays. Whatever waits turns it on again.
"""

from __future__ import annotations

import gc
from typing import NoReturn

gc.disable()


def nodewatch() -> NoReturn:
    """Run `nodewatch`."""
    from nodewatch.main import TREE, start

    start(TREE, "nodewatch")


def bos() -> NoReturn:
    """Run `bos`, the shortcut that users' scripts call."""
    from nodewatch.main import BOS, start

    start(BOS, "bos")


def nmstatus() -> NoReturn:
    """Run `nmstatus`, the shortcut that users' scripts call."""
    from nodewatch.main import NMSTATUS, start

    start(NMSTATUS, "nmstatus")


if __name__ == "__main__":
    nodewatch()
