"""Which versions of the Exchange are understood, as `hzn` has it."""

from __future__ import annotations

import re

from nodewatch.errors import WrongConfiguration

REQUIRED_VERSION = (2, 124, 0)


def read_version(text: str) -> tuple[int, int, int] | None:
    """Return the Exchange's version from its text, None if it is no version string.

    >>> read_version("2.154.0\\n"), read_version("2.124.0-1234"), read_version("local build")
    ((2, 154, 0), (2, 124, 0), None)
    """
    found = re.match(r"\s*v?(\d+)\.(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2]), int(found[3])) if found else None


def check_version(text: str) -> None:
    """Raise `WrongConfiguration` if the Exchange is older than 2.124.0, or its version cannot be read.

    >>> check_version("2.124.0")
    >>> check_version("2.123.9")
    Traceback (most recent call last):
    nodewatch.errors.WrongConfiguration: The current exchange version 2.123.9 does not meet the requirement. The \
required version is 2.124.0 or above. Please upgrade the exchange.
    """
    found, said = read_version(text), text.strip()[:80]
    if found is None:
        raise WrongConfiguration(f"The current exchange version {said} is not a valid version string.")
    if found < REQUIRED_VERSION:
        raise WrongConfiguration(
            f"The current exchange version {said} does not meet the requirement. The required version is "
            f"{'.'.join(map(str, REQUIRED_VERSION))} or above. Please upgrade the exchange."
        )
