"""What truth tells of rows and sessions can be looked up in the files."""

from __future__ import annotations

import math
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from personalization.pipelines.data_generation import nodes
from personalization.pipelines.data_generation.identities import name_happenings
from tests.pipelines.data_generation.shop_files import CHANGES, generate, read
from tests.simulation.options_of import options_of

if TYPE_CHECKING:
    from pathlib import Path

    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark

EVENTS, ORDERS, SEARCHES = "events", "orders", "search_logs"
# Some people of each kind; a wave of bots and a broken tracker, too.
MORE = {
    "strengths": {"people": {"bot_share": 0.01}},
    "dirt": {**CHANGES["dirt"], "redelivered_share": 0.0, "clock_error_share": 0.01},
    "drift": {"active": ["broken_tracking"], "broken_tracking": {"start": 9}},
}
Files = dict[str, list[dict[str, str]]]


class Told:
    """A shop's files, and what truth tells of them."""

    def __init__(self, folder: Path) -> None:
        world = nodes.draw_world(*options_of("base", "test", **{**CHANGES, **MORE}))
        self.world, happenings = world, generate(folder, **MORE)
        self.named: pd.DataFrame = name_happenings(happenings, world.seed).toPandas()
        self.files: Files = {
            table: [
                {**row, "file": path.stem}
                for path in sorted((folder / table).iterdir())
                for row in read(path)
            ]
            for table in (EVENTS, ORDERS, SEARCHES)
        }
        self.users = {row["user_id"] for row in read(folder / "users.csv")}
        self.dirt: pd.DataFrame = nodes.list_dirt(world, happenings).toPandas()
        self.sessions: pd.DataFrame = nodes.list_sessions(world, happenings).toPandas()

    def ids(self, what: str) -> set[str]:
        """Of the events and searches of which it is true."""
        chosen = (self.dirt["what"] == what) & (self.dirt["of"] == "dirt")
        return set(self.dirt.loc[chosen, "row_id"])


@pytest.fixture(scope="module")
def told(spark_session: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Told:
    return Told(tmp_path_factory.mktemp("told"))


def test_every_session_of_the_files_is_somebody_s(told: Told) -> None:
    sessions = told.sessions.set_index("session_id")
    assert sessions.index.is_unique
    found = {row["session_id"] for rows in told.files.values() for row in rows} - {""}
    assert found == set(sessions.index)
    visits = told.named.loc[told.named["visit"] >= 0, ["person", "visit"]]
    person = visits.drop_duplicates()["person"]
    bounds = (0, told.world.size.n_users, told.world.n_humans, told.world.n_people)
    groups = pd.cut(person, bounds, right=False, labels=["account", "stranger", "bot"])
    assert sessions["visitor"].value_counts().to_dict() == groups.value_counts().to_dict()
    assert set(sessions["user_id"].dropna()) <= told.users
    assert (sessions["user_id"].notna() == (sessions["visitor"] == "account")).all()


def test_who_is_known_in_the_files_is_who_it_was(told: Told) -> None:
    users = told.sessions.set_index("session_id")["user_id"]
    known = unknown = 0
    for row in (*told.files[EVENTS], *told.files[SEARCHES]):
        if row["session_id"] and row["user_id"]:
            assert users[row["session_id"]] == row["user_id"]
            known += 1
        elif row["session_id"]:
            unknown += users[row["session_id"]] is not None
    assert known > 1000 < unknown


def test_everything_that_happened_has_the_ids_of_the_files(told: Told) -> None:
    columns = ["row_id", "session_id", "order_id", "item_id"]
    named = [tuple(one or "" for one in row) for row in told.named[columns].to_numpy().tolist()]
    files = [
        (row["event_id"], row["session_id"], row["order_id"], row["item_id"])
        for row in told.files[EVENTS]
    ] + [
        (row["search_id"], row["session_id"], "", row["clicked_item_id"])
        for row in told.files[SEARCHES]
    ]
    assert Counter(named) == Counter(files)


def test_rows_that_come_twice_or_late_are_told_by_their_ids(told: Told) -> None:
    ids = [row["event_id"] for row in told.files[EVENTS]]
    ids += [row["search_id"] for row in told.files[SEARCHES]]
    assert {one for one, times in Counter(ids).items() if times > 1} == told.ids("duplicate")
    late = {
        row.get("event_id") or row["search_id"]
        for row in (*told.files[EVENTS], *told.files[SEARCHES])
        if (row.get("event_ts") or row["search_ts"])[:10] not in (row["file"], "0000-00-00")
    }
    assert late == told.ids("late") | told.ids("clock reset")


def test_order_lines_that_come_twice_or_late_are_told_by_order_and_line(told: Told) -> None:
    lines = [(r["order_id"], int(r["line_number"])) for r in told.files[ORDERS]]
    late = {
        (r["order_id"], int(r["line_number"]))
        for r in told.files[ORDERS]
        if r["order_ts"][:10] != r["file"]
    }
    of_lines = told.dirt[told.dirt["of"] == "line_dirt"]
    for what, found in (
        ("duplicate", {line for line, times in Counter(lines).items() if times > 1}),
        ("late", late),
    ):
        listed = of_lines[of_lines["what"] == what]
        assert set(zip(listed["row_id"], listed["line_number"], strict=True)) == found != set()


def test_rows_of_one_second_do_not_stand_in_the_order_of_who_they_are(told: Told) -> None:
    """Accounts are numbered before strangers, and these before bots."""
    visitors = told.sessions.set_index("session_id")["visitor"]
    rank = {"account": 0, "stranger": 1, "bot": 2}
    rows = told.files[EVENTS]
    steps = [
        rank[visitors[after["session_id"]]] - rank[visitors[before["session_id"]]]
        for before, after in pairwise(rows)
        if before["event_ts"] == after["event_ts"] and before["session_id"] and after["session_id"]
    ]
    falls, rises = (sum(step * sign > 0 for step in steps) for sign in (-1, 1))
    assert falls + rises > 50
    assert abs(falls - rises) < 4 * math.sqrt(falls + rises)  # four standard deviations of chance


def test_broken_clocks_and_lost_users_are_told_by_their_ids(told: Told) -> None:
    stopped = {r["event_id"] for r in told.files[EVENTS] if r["event_ts"].startswith("0000")}
    assert stopped == told.ids("clock stopped") != set()
    by_id = {row["event_id"]: row for row in told.files[EVENTS]}
    lost = [by_id[one] for one in told.ids("lost user")]
    assert lost
    assert {row["user_id"] for row in lost} == {""}
    assert {row["file"] for row in lost} >= {"2026-06-25"}


def test_soiled_order_lines_are_told_by_order_and_line(told: Told) -> None:
    lines = {(r["order_id"], int(r["line_number"])): r for r in told.files[ORDERS]}
    for what, column, text in (
        ("wrong type", "price", "n/a"),
        ("cancelled", "status", "cancelled"),
        ("missing customer", "user_id", ""),
    ):
        listed = told.dirt[told.dirt["what"] == what]
        keys = set(zip(listed["row_id"], listed["line_number"], strict=True))
        there = {key for key, row in lines.items() if row[column] == text}
        assert keys
        assert keys <= there if what == "missing customer" else keys == there
