"""What is left to chance in a rehearsal: the same for the same seed, whoever asks and in which order."""

from __future__ import annotations

from hashlib import blake2b
from typing import NamedTuple

LARGEST_DRAW = 2**32


class Chances(NamedTuple):
    """How a rehearsed life goes: what is drawn (`seed`), the share of nodes that fail, and how fast time passes."""

    seed: int = 0
    failing: float = 0.0
    speed: float = 1.0

    def passed(self, seconds: float, before: float) -> float:
        """Return how long ago something is for the fleet: so many seconds for us, as many of them before its life.

        >>> Chances(speed=60).passed(130, 10), Chances(speed=60).passed(130, -100)
        (7210, 7800)
        """
        ordinary = max(before, 0)
        return ordinary + (seconds - ordinary) * self.speed

    def draw(self, *about: str) -> float:
        """Return a number from 0 up to 1 for what it is about.

        >>> chances = Chances(7)
        >>> chances.draw("x1", "boot") == Chances(7, 0.5).draw("x1", "boot"), chances.draw("x2", "boot") < 1
        (True, True)
        >>> chances.draw("x1", "boot") == Chances(8).draw("x1", "boot")
        False
        """
        text = "\n".join((str(self.seed), *about))
        return int.from_bytes(blake2b(text.encode(errors="replace"), digest_size=4).digest()) / LARGEST_DRAW

    def between(self, shortest: float, longest: float, *about: str) -> float:
        """Return seconds from the shortest to the longest for what it is about.

        >>> 20 <= Chances(7).between(20, 30, "x1", "boot") < 30
        True
        """
        return shortest + (longest - shortest) * self.draw(*about)
