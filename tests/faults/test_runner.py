"""The runner itself: nothing is forgotten, nothing done twice, no failure goes unseen."""

import json
from collections import Counter

import pytest

from tests.faults.injection import Fault, Injection, NotPossibleError, Verdict
from tests.faults.registry import FAULTS
from tests.faults.results import Results, hash_code
from tests.faults.runner import Runner
from tests.faults.summary import summarise

LEAST, KILLS = 300, 60
CODES = "F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 F11 F12 F20 F22 F23 F25"


@pytest.fixture
def tried():
    """Names of the injections that were made, in their order."""
    return []


@pytest.fixture
def faults(tried):
    def act(name, verdict):
        def do(bench, folder):
            tried.append(name)
            assert folder.is_dir()
            if isinstance(verdict, Exception):
                raise verdict
            return verdict

        return Injection(name, do)

    good = Verdict(0, 0, True, "")
    return (
        Fault("F1", "one", (act("a", good), act("b", Verdict(2, 1, False, "c")))),
        Fault("F2", "two", (act("d", NotPossibleError("no disk")), act("e", ValueError("crash")))),
        Fault("F3", "three", (act("f", good),)),
    )


@pytest.fixture
def run(tmp_path):
    def run_with(faults, of_code="v1"):
        results = Results(tmp_path / "kept" / "injections.jsonl", of_code)
        Runner(tmp_path, tmp_path / "scratch", results, at_once=1).run(faults)
        return results

    return run_with


def test_what_went_wrong_is_a_verdict_and_nothing_ends_the_runner(run, faults):
    found = run(faults).read()
    told = {name: (r.lost, r.duplicated, r.passed, r.message) for (_, name), r in found.items()}
    assert told == {
        "a": (0, 0, True, ""),
        "b": (2, 1, False, "c"),
        "d": (0, 0, None, "no disk"),
        "e": (0, 0, False, "ValueError: crash"),
        "f": (0, 0, True, ""),
    }


def test_a_runner_that_ended_goes_on_where_it_was(run, faults, tried, tmp_path):
    run(faults[:1])
    path = tmp_path / "kept" / "injections.jsonl"
    path.write_text(path.read_text() + '{"of_code": "v1", "code": "F2", "inj')
    run(faults)
    assert tried == ["a", "b", "d", "e", "f"]
    assert len(run(faults).read()) == len(tried) == 5


def test_other_code_is_tried_anew_and_so_is_what_is_asked_for_afresh(run, faults, tried):
    run(faults)
    run(faults, "v2")
    assert tried == ["a", "b", "d", "e", "f"] * 2
    results = run(faults, "v2")
    results.start_over()
    assert results.read() == {}
    assert len(run(faults, "v1").read()) == 5
    assert len(tried) == 10


def test_one_line_per_fault_and_a_failure_fails_everything(run, faults):
    told, passed = summarise(faults, run(faults).read())
    assert not passed
    assert [line.split() for line in told[1:4]] == [
        ["F1", "one", "2", "2", "1", "0", "FAILED", "(1)"],
        ["F2", "two", "1", "0", "0", "0", "FAILED", "(1)"],
        ["F3", "three", "1", "0", "0", "0", "passed"],
    ]
    assert told[4] == "4 injections: 2 rows lost, 1 duplicated"
    assert told[5:] == ["  F1 b: c", "  F2 e: ValueError: crash"]
    assert summarise(faults[2:], run(faults).read())[1]


def test_what_was_not_made_has_not_passed(run, faults):
    told, passed = summarise(faults[2:], {})
    assert (passed, told[1].split()[-4:]) == (False, ["(not", "all", "were", "made)"])
    only_skipped = (faults[1]._replace(injections=faults[1].injections[:1]),)
    told, _ = summarise(only_skipped, run(only_skipped).read())
    assert told[1].endswith("passed, 1 not possible here")


def test_results_are_those_of_the_code_that_was_tried(tmp_path, faults):
    source = tmp_path / "src" / "one.py"
    source.parent.mkdir()
    source.write_text("a = 1\n")
    before = hash_code(tmp_path, faults)
    assert hash_code(tmp_path, faults) == before != hash_code(tmp_path, faults[:2])
    source.write_text("a = 2\n")
    assert hash_code(tmp_path, faults) != before


def test_every_fault_is_registered_with_enough_injections_each_of_its_own_name():
    assert " ".join(fault.code for fault in FAULTS) == CODES
    names = Counter((f.code, one.name) for f in FAULTS for one in f.injections)
    assert set(names.values()) == {1}
    assert len(names) >= LEAST
    assert sum(code == "F1" for code, _ in names) >= KILLS
    assert json.dumps(list(names))
