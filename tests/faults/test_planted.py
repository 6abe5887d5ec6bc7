"""Each fault is shown able to fail: an error in the code turns the verdict of one injection red.

What is planted is what the product would be without the care that the fault tries.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts.source_entries import build_description
from personalization.datasets.delta_merge import DeltaMergeDataset
from personalization.pipelines.data_processing import interactions
from personalization.pipelines.data_processing.scope import Scope, choose_scope
from tests.faults.registry import FAULTS
from tests.faults.runner import inject

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

    from personalization.contracts.sources import SourceDescription

pytestmark = [pytest.mark.slow, pytest.mark.spark]

PROCESSING = "personalization.pipelines.data_processing"
DATASETS = "personalization.datasets"
MERGE = f"{DATASETS}.delta_merge.DeltaMergeDataset"


def say_nothing(*_: Any, **__: Any) -> None:
    """In place of what finds, refuses or checks something."""


def hold_nothing(*_: Any) -> Any:
    return nullcontext()


def never_the_same(table: DeltaMergeDataset, names: list[str]) -> Column:
    """Rows of one key always differ."""
    equal = F.lit(True)
    for name in names:
        equal = equal & F.expr(f"new.`{name}` <=> old.`{name}`")
    return equal & F.lit(names == table._keys)


def good_whatever(*_: Any) -> Column:
    return F.lit(None).cast("string")


def keep_repeats(rows: DataFrame, _: DataFrame) -> DataFrame:
    return rows


def forget_a_day(*told: Any) -> Scope:
    """The first day that late rows touch is not derived anew."""
    scope = choose_scope(*told)
    return scope if scope.days is None else replace(scope, days=frozenset(sorted(scope.days)[1:]))


def known_at_once(_: Any) -> Column:
    return F.lit(True)


def replace_in_two_steps(table: DeltaMergeDataset, rows: DataFrame, where: str) -> None:
    """Delete and append: a reader may look in between."""
    kept = rows.localCheckpoint()
    kept.sparkSession.sql(f"DELETE FROM delta.`{table._filepath}` WHERE {where}")
    kept.write.format("delta").mode("append").save(table._filepath)


def as_they_are(rows: DataFrame, *_: Any, **__: Any) -> DataFrame:
    return rows


def clean_up(text: Column) -> Column:
    return F.regexp_replace(text, "[';`]", "")


def show_everything(entry: dict[str, Any]) -> SourceDescription:
    """Workers take over what has been found out before: that nobody is told of."""
    description = build_description(entry)
    description.__dict__["holds_personal_data"] = False
    return description


def weigh_by_place(*told: Any) -> DataFrame:
    """A value that depends on how rows are spread."""
    rows = build_interactions(*told)
    return rows.repartition("item_id").withColumn("weight", F.spark_partition_id().cast("double"))


build_interactions = interactions.build_interactions
PLANTED: list[tuple[str, str, dict[str, Any]]] = [
    (
        "F2",
        "every_day_rebuilt",
        {f"{MERGE}._same": never_the_same},
    ),
    ("F3", "orders/add_a_row", {f"{PROCESSING}.planning.refuse_other_content": say_nothing}),
    ("F4", "orders/put_nul", {f"{PROCESSING}.quarantine.own_rejection": good_whatever}),
    ("F5", "orders/deliver_a_file_again", {f"{PROCESSING}.publishing.drop_repeats": keep_repeats}),
    ("F6", "shuffled_in_two_runs_0", {f"{PROCESSING}.intake.choose_scope": forget_a_day}),
    (
        "F7",
        "orders/year_2037",
        {"personalization.contracts.checks.reject_outside": good_whatever},
    ),
    (
        "F7",
        "test_period/+0_h",
        {"personalization.pipelines.training.splits.known_before": known_at_once},
    ),
    ("F8", "events/retyped", {f"{PROCESSING}.rejections.check_limits": say_nothing}),
    ("F9", "second_run/48_kB_left", {"personalization.messages.NO_SPACE": "other words"}),
    ("F10", "prm_users/locked", {f"{DATASETS}.delta_merge.hold": hold_nothing}),
    (
        "F11",
        "prm_user_item_interactions/delete_a_file",
        {f"{DATASETS}.table_care.find_problem": say_nothing},
    ),
    (
        "F12",
        "prm_user_item_interactions/overwrite",
        {f"{MERGE}._replace": replace_in_two_steps},
    ),
    ("F20", "orders.item_id/sql", {f"{PROCESSING}.cleaning.read_id": clean_up}),
    ("F22", "of/orders", {"personalization.erasure.forget.give_up_past": lambda *_: 0}),
    ("F22", "back/orders", {f"{PROCESSING}.intake.blank_erased": as_they_are}),
    ("F23", "users/too_few_fields", {f"{DATASETS}.raw_files.build_description": show_everything}),
    (
        "F25",
        "7_shuffle_partitions",
        {f"{PROCESSING}.interactions.build_interactions": weigh_by_place},
    ),
]
INJECTIONS = {(f.code, one.name): one for f in FAULTS for one in f.injections}


@pytest.mark.parametrize("one", [pytest.param(o, id=f"{o[0]}-{o[1]}") for o in PLANTED])
def test_an_error_in_the_code_is_seen(bench, tmp_path, monkeypatch, one):
    code, name, planted = one
    _ = bench.first, bench.both  # made by code without an error
    for place, error in planted.items():
        monkeypatch.setattr(place, error)
    result = inject(bench, code, INJECTIONS[code, name], tmp_path / "injection")
    monkeypatch.undo()
    if result.passed is None:
        pytest.skip(result.message)
    assert not result.passed, result.message
    sys.stdout.write(f"{code} {name}: lost {result.lost}, duplicated {result.duplicated}, ")
    sys.stdout.write(f"{result.message}\n")


def test_every_fault_of_the_warm_session_has_an_error_planted():
    assert {code for code, *_ in PLANTED} == {f.code for f in FAULTS} - {"F1"}
