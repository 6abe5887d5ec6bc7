"""What is said of a kill: each way in which it can go wrong is seen."""

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.faults.clean import Clean
from tests.faults.killed import judge_outcome
from tests.faults.kills import Outcome
from tests.faults.phases import PLAN
from tests.faults.sameness import Account, TableContent

ACCOUNT = Account({"orders": 2}, {"orders": 2}, True)
ROWS = ("one", "two")


def table(*rows):
    return {"prm_items": TableContent("item_id string", Counter(rows), Counter(rows))}


CLEAN = Clean(Path(), 1.0, table(*ROWS), ACCOUNT)


def outcome(**other):
    usual = {
        "landed": True,
        "hit": True,
        "attempts": 1,
        "failure": "",
        "tables": table(*ROWS),
        "account": ACCOUNT,
        "rows_seen": [0, 2],
        "polls": 3,
    }
    return Outcome(**{**usual, **other})


def test_a_run_that_is_the_same_after_a_kill_has_passed():
    verdict = judge_outcome(outcome(), CLEAN, [0, 2])
    assert (verdict.lost, verdict.duplicated, verdict.passed) == (0, 0, True)


@pytest.mark.parametrize(
    ("other", "rows", "told"),
    [
        ({"landed": False}, (0, 0), "no process was killed"),
        ({"hit": False, "attempts": 4}, (0, 0), "the phase was missed 4 times"),
        ({"failure": "Error: locked"}, (0, 0), "the next run failed: Error: locked"),
        ({"failure": None}, (0, 0), "the next run failed"),
        ({"tables": table("one")}, (1, 0), "1 rows are lacking"),
        ({"tables": table("one", "two", "two")}, (0, 1), "1 keys are there more than once"),
        ({"tables": {}}, (2, 0), "prm_items: is not there"),
        ({"account": ACCOUNT._replace(good={"orders": 1})}, (0, 0), "another account"),
        ({"rows_seen": [0, 1, 2]}, (0, 0), r"a reader saw \[0, 1, 2\], not \[0, 2\]"),
        ({"rows_seen": [0]}, (0, 0), "a reader saw"),
        ({"polls": 0}, (0, 0), "a reader saw"),
        ({"reader_failures": ["IOError: gone"]}, (0, 0), "IOError: gone"),
    ],
)
def test_whatever_is_wrong_after_a_kill_is_told(other, rows, told):
    verdict = judge_outcome(outcome(**other), CLEAN, [0, 2])
    assert (verdict.lost, verdict.duplicated, verdict.passed) == (*rows, False)
    assert re.search(told, verdict.message)


def test_phases_have_names_of_their_own():
    assert len({phase.name for phase in PLAN}) == len(PLAN)
