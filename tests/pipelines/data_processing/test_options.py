from datetime import date

import pytest

from personalization.config.layers import LayeredConfigLoader
from personalization.contracts.checks import BUSINESS_REASONS
from personalization.contracts.errors import ConfigurationError
from personalization.pipelines.data_processing.derivation import (
    Bots,
    Derivation,
    InteractionWeights,
    NearDuplicates,
    Visits,
)
from personalization.pipelines.data_processing.options import (
    Batch,
    DryRun,
    Intake,
    Limits,
    Rebuilt,
    Rules,
)
from personalization.settings import CONFIG_LOADER_ARGS

PRICE = {"rule": "above", "column": "price", "value": 0}
BOTS = ("looks_per_10_minutes", "looks_per_day", "items_per_day", "hours_per_day")


@pytest.mark.parametrize("name", ["fault_share", "rejected_share", "file_fault_share"])
@pytest.mark.parametrize("share", [-0.01, 1.01])
def test_share_outside_0_to_1_is_refused_by_name(name, share):
    with pytest.raises(ConfigurationError, match=rf"limits.{name}: {share} is not in 0 … 1"):
        Limits(**{name: share})
    assert getattr(Limits(**{name: 0}), name) == 0
    assert getattr(Limits(**{name: 1}), name) == 1


def test_file_too_small_to_judge_has_at_least_one_row():
    with pytest.raises(ConfigurationError, match=r"limits.file_rows must be positive"):
        Limits(file_rows=0)
    assert Limits(file_rows=1).file_rows == 1


def test_a_negative_number_of_conflicts_is_refused():
    with pytest.raises(ConfigurationError, match=r"limits.conflicts is negative"):
        Limits(conflicts=-1)


@pytest.mark.parametrize(
    ("name", "value"),
    [("fault_share", "5%"), ("file_rows", 2.5), ("conflicts", True), ("rejected_share", None)],
)
def test_limit_that_is_no_number_is_refused_by_name(name, value):
    with pytest.raises(ConfigurationError, match=rf"limits\.{name}: '?{value}'? is not a .*number"):
        Limits(**{name: value})


def test_batch_without_an_id_is_refused():
    with pytest.raises(ConfigurationError, match=r"batch.batch_id is empty"):
        Batch("", "2026-06-30 12:00:00")


@pytest.mark.parametrize("table", ["users", "products", "events", "orders", "search_logs"])
def test_rules_of_every_table_are_checked_when_the_group_is_built(table):
    told = rf"^data_processing\.rules\.{table}\.costly\.column: 'cost' is no column of {table}"
    with pytest.raises(ConfigurationError, match=told):
        Rules(**{table: {"costly": {"rule": "present", "column": "cost"}}})


def test_rules_are_those_of_their_table():
    rules = Rules(orders={"free": PRICE}, events={"dear": {**PRICE, "rule": "below", "value": 9}})
    assert list(rules.of("orders")) == ["free"]
    assert list(rules.of("events")) == ["dear"]
    assert rules.of("users") == {}


def test_a_table_whose_rules_are_all_taken_away_has_none():
    assert Rules(orders=None).of("orders") == {}


def test_reasons_that_are_no_faults_are_our_own_and_those_of_rules_that_say_so():
    rules = Rules(
        orders={"free": {**PRICE, "fault": False}, "broken": PRICE},
        products={"gone": {**PRICE, "fault": False, "severity": "off"}},
    )
    assert rules.business["orders"] == {*BUSINESS_REASONS, "free"}
    assert rules.business["products"] == rules.business["events"] == {*BUSINESS_REASONS}


def test_days_to_rebuild_are_told_with_both_ends():
    rebuilt = Rebuilt("2011-12-02", "2011-12-03")
    told = {day: rebuilt.concerns([date(2011, 12, day)]) for day in (1, 2, 3, 4)}
    assert told == {1: False, 2: True, 3: True, 4: False}
    assert rebuilt.concerns([date(2011, 12, 1), date(2011, 12, 3)])
    assert not rebuilt.concerns([])


def test_the_days_of_the_command_line_are_those_that_are_rebuilt():
    given = {"from": "2011-12-02", "to": "2011-12-03"}  # --params=from=2011-12-02,to=2011-12-03
    loader = LayeredConfigLoader("conf", "test", runtime_params=given, **CONFIG_LOADER_ARGS)
    told = loader["parameters"]["data_processing"]["intake"]
    assert Intake(**told).rebuilt == Rebuilt("2011-12-02", "2011-12-03")


def test_an_end_that_is_not_told_is_open_and_no_end_at_all_rebuilds_nothing():
    assert Rebuilt(end="2011-12-02").concerns([date.min])
    assert not Rebuilt(end="2011-12-02").concerns([date(2011, 12, 3)])
    assert Rebuilt("2011-12-02").concerns([date.max])
    assert not Rebuilt().concerns([date(2011, 12, 2)])


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (
            ("2011-12-3x",),
            r"rebuilt\.start \(--params=from=…\): '2011-12-3x' is no day \(yyyy-mm-dd\)",
        ),
        ((None, "2011-02-29"), r"rebuilt\.end \(--params=to=…\): '2011-02-29' is no day"),
        (("2011-12-03", "2011-12-02"), r"rebuilt .*: 2011-12-03 is after 2011-12-02"),
    ],
)
def test_days_that_cannot_be_rebuilt_are_refused(days, told):
    with pytest.raises(ConfigurationError, match=told):
        Rebuilt(*days)
    assert Rebuilt("2011-12-03", "2011-12-03").concerns([date(2011, 12, 3)])


def test_a_dry_run_reads_the_first_rows_and_any_other_all():
    assert DryRun(enabled=True, rows=7).first_rows == 7
    assert DryRun(rows=7).first_rows is None


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"enabled": "yes"}, r"dry_run\.enabled: 'yes' is not true or false"),
        ({"files": 0}, r"dry_run\.files must be positive"),
        ({"rows": 0}, r"dry_run\.rows must be positive"),
        ({"rows": 1.5}, r"dry_run\.rows: 1\.5 is not a whole number"),
    ],
)
def test_a_dry_run_of_nothing_is_refused_by_name(values, told):
    with pytest.raises(ConfigurationError, match=rf"data_processing\.intake\.{told}"):
        DryRun(**values)


@pytest.mark.parametrize("name", ["view", "search_click", "cart", "purchase", "returned"])
def test_weight_that_is_no_number_or_negative_is_refused_by_name(name):
    key = rf"^data_processing\.derivation\.weights\.{name}"
    with pytest.raises(ConfigurationError, match=rf"{key}: 'low' is not a number"):
        InteractionWeights(**{name: "low"})
    with pytest.raises(ConfigurationError, match=rf"{key}: -1 is not 0 or more"):
        InteractionWeights(**{name: -1})
    assert getattr(InteractionWeights(**{name: 0}), name) == 0


@pytest.mark.parametrize("name", BOTS)
def test_a_limit_that_everybody_passes_is_refused_by_name(name):
    key = rf"^data_processing\.derivation\.visits\.bots\.{name}"
    with pytest.raises(ConfigurationError, match=rf"{key} must be positive"):
        Bots(**{name: 0})
    with pytest.raises(ConfigurationError, match=rf"{key}: 1\.5 is not a whole number"):
        Bots(**{name: 1.5})
    assert getattr(Bots(**{name: 1}), name) == 1


def test_more_hours_than_a_day_has_are_refused():
    with pytest.raises(ConfigurationError, match=r"hours_per_day: a day has 24, not 30; 24 flags"):
        Bots(hours_per_day=30)
    assert Bots(hours_per_day=24).hours_per_day == 24


def test_weights_by_which_nothing_says_anything_are_refused():
    nothing = dict.fromkeys(["view", "search_click", "cart", "purchase", "returned"], 0)
    with pytest.raises(ConfigurationError, match=r"derivation\.weights: all are 0"):
        InteractionWeights(**nothing)
    assert InteractionWeights(**{**nothing, "view": 0.1}).view == 0.1


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        *((value, f": {value} is not between a second and") for value in (0, 1e-9, 1441)),
        (float("inf"), ": inf is not between a second and the 1440 minutes"),
        ("1h", ": '1h' is not a"),
    ],
)
def test_a_pause_that_ends_every_visit_is_refused(minutes, told):
    with pytest.raises(
        ConfigurationError, match=rf"^data_processing\.derivation\.visits\.idle_minutes ?{told}"
    ):
        Visits(idle_minutes=minutes)
    assert Visits(idle_minutes=0.5).idle_minutes == 0.5


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"seconds": -1}, r"seconds: -1 is not between 0 and 86400"),
        ({"seconds": float("inf")}, r"seconds: inf is not between 0 and 86400"),
        ({"seconds": 86_401}, r"seconds: 86401 is not between 0 and 86400"),
        ({"seconds": "1"}, r"seconds: '1' is not a number"),
        ({"kinds": ["view", "look"]}, r"kinds: look is not one of impression, view"),
    ],
)
def test_near_duplicates_that_cannot_be_meant_are_refused_by_name(values, told):
    with pytest.raises(
        ConfigurationError, match=rf"^data_processing\.derivation\.near_duplicates\.{told}"
    ):
        NearDuplicates(**values)


def test_parts_of_a_group_are_built_and_checked_from_their_keys():
    derivation = Derivation(
        weights={"view": 2}, visits={"idle_minutes": 10, "bots": {"hours_per_day": 3}}
    )
    assert derivation.weights.view == 2
    assert derivation.visits.bots.hours_per_day == 3
    assert Intake(rebuilt={"start": "2011-12-01"}, dry_run={"enabled": True}).dry_run.enabled
    with pytest.raises(ConfigurationError, match=r"derivation\.visits\.bots\.hours: no such key"):
        Derivation(visits={"bots": {"hours": 3}})
    with pytest.raises(ConfigurationError, match=r"hours_per_day must be positive"):
        Derivation(visits={"bots": {"hours_per_day": 0}})


def test_a_batch_whose_moment_is_none_is_refused_before_anything_is_read():
    assert Batch("b", "2026-06-30 12:00:00").moment.isoformat() == "2026-06-30T12:00:00+00:00"
    with pytest.raises(ConfigurationError, match=r"batch\.ingested_at: 'yesterday' is no moment"):
        Batch("b", "yesterday")
