"""Into how many tasks the work on a shop is split."""

from __future__ import annotations

from typing import Final

TASKS_PER_CORE: Final = 4
PEOPLE_PER_TASK: Final = 8192  # at most, so that a long job shows progress and repeats little


def count_tasks(n_people: int, cores: int, most: int) -> int:
    """How many tasks; a multiple of the cores where that can be, so that none waits at the end.

    Args:
        n_people: of the shop.
        cores: that work at once.
        most: parts that the work can be split into.

    >>> count_tasks(20_000, 2, 1000), count_tasks(100_000, 2, 1000), count_tasks(100_000, 2, 5)
    (8, 14, 5)
    """
    wanted = max(TASKS_PER_CORE * cores, -(-n_people // PEOPLE_PER_TASK))
    return min(-(-wanted // cores) * cores, most)
