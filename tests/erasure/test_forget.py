"""A person is erased from every table and its past; nobody else loses anything (F22, F23)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from personalization.contracts.errors import ConfigurationError, MissingInputError
from personalization.datasets.erased_users import ErasedUsers
from personalization.erasure.forget import forget, look
from personalization.erasure.search import Found
from personalization.erasure.wanted import Hit
from tests.erasure.people import (
    MENTIONING,
    ODD,
    PERSON,
    PUBLISHED,
    THEIRS,
    TYPED,
    ask,
    is_theirs,
    open_shop,
    others,
    place,
    rows_of,
)
from tests.ingestion import Shop

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.spark

KEPT = {"source", "source_file", "file_version", "row_number", "rejected_by", "delivered_at"}


def test_a_look_tells_what_is_there(story):
    assert story.seen.rows == {
        "int_users": 1,
        "int_events": 7,
        "int_orders": 3,  # one only mentions the person
        "int_search_logs": 1,
        "prm_users": 1,
        "prm_user_item_interactions": 4,  # e1, e2, o1 and the click of q1
        "prm_impressions": 1,
        "prm_searches": 1,
    }
    assert not story.seen.is_nobody
    assert any("_delta_log" in one.file for one in story.seen.found)


def test_no_byte_of_the_person_is_left(story):
    result = ask(story.shop).search()
    assert result.found == ()
    assert result.files > 100
    assert result.bytes > 100_000
    folders = ("02_intermediate", "03_primary", "08_reporting")
    root = story.shop.inbox.parent / "data"
    texts = [p.read_bytes() for one in folders for p in (root / one).rglob("*") if p.is_file()]
    assert not any(b"ada@" in one or b"Ada" in one for one in texts)


def test_everybody_else_is_as_before(story):
    after = others(story.shop)
    assert after.keys() == story.before.keys()
    assert {name for name in after if after[name] != story.before[name]} == set()
    assert sum(map(len, after.values())) > 25


def test_rows_stay_counted_and_say_nothing_else(story):
    typed = [row for name in TYPED for row in rows_of(story.shop, name)]
    theirs = [row for row in typed if row["rejected_by"] == "erased"]
    assert {place(row) for row in theirs} == THEIRS
    assert all(row[name] is None for row in theirs for name in row if name not in KEPT)
    told = [row for row in rows_of(story.shop, "int_rejected_rows") if place(row) in THEIRS]
    assert {place(row) for row in told} == THEIRS
    assert len(told) == len(THEIRS)
    assert {(row["rejected_by"], row["row_text"], row["repeats"]) for row in told} == {
        ("erased", None, False)
    }
    assert not any(place(row) in THEIRS for row in rows_of(story.shop, "int_repeated_rows"))
    published = [row for name in PUBLISHED for row in rows_of(story.shop, name)]
    assert published
    assert not any(is_theirs({"session_id": "", **row}) for row in published)


def test_rows_of_others_that_mention_the_person_lose_their_text_and_nothing_else(story):
    told = [r for r in rows_of(story.shop, "int_rejected_rows") if place(r) in MENTIONING]
    assert sorted((row["rejected_by"], row["row_text"]) for row in told) == [
        ("duplicate", None),
        ("not_a_product", None),
    ]
    (order,) = (row for row in rows_of(story.shop, "int_orders") if place(row) in MENTIONING)
    kept = ("user_id", "item_id", "rejected_by", "row_text", "price")
    assert [order[name] for name in kept] == ["u2", "u1", "not_a_product", None, 2.5]
    repeats = [place(row) for row in rows_of(story.shop, "int_repeated_rows")]
    assert ("events", "e1.csv", 13) in repeats


def test_the_ledger_says_what_is_there(story):
    good = {}
    for row in rows_of(story.shop, "report_ingested_files"):
        good[row["source_file"]] = sum(one["rows"] for one in row["good"])
        rejected = {one["reason"]: one["rows"] for one in row["rejected"]}
        assert row["received"] == good[row["source_file"]] + sum(rejected.values())
        here = sum(file == row["source_file"] for _, file, _ in THEIRS)
        assert rejected["erased"] == here
    assert good == {"users.csv": 3, "e1.csv": 6, "e2.csv": 2, "o1.csv": 1, "q1.csv": 1}


def test_examples_of_rejected_rows_lose_their_text(story):
    before = str(story.report["examples"])
    assert PERSON in before
    after = story.shop.catalog().load("report_ingestion")["examples"]
    texts = {
        (one["file"], one["row"]): one["text"]
        for reasons in after.values()
        for of_reason in reasons.values()
        for one in of_reason
    }
    assert texts["e1.csv", 9] is None
    assert texts["e1.csv", 14] is None  # only its session tells whose it is
    assert texts["e1.csv", 10] == "e7,2026-05-01 10:04:00,seen,s5,u2,i1,,"
    assert "e7,2026" in story.shop.catalog().load("report_ingestion_text")


def test_versions_before_can_be_read_no_more(story, spark):
    folder = story.shop.catalog().get("prm_users").location
    first = story.erased.readable_from["prm_users"]
    assert first > story.versions["prm_users"]
    reader = spark.read.format("delta")
    assert reader.option("versionAsOf", first).load(folder).count() == 3
    with pytest.raises(Exception, match=r"DELTA_|not exist|Cannot time travel"):
        reader.option("versionAsOf", story.versions["prm_users"]).load(folder).count()


def test_a_second_time_there_is_nothing_to_do(story):
    again = look(ask(story.shop))
    assert (again.is_done, again.is_nobody) == (True, False)
    doubtful = Found("03_primary/generated/prm_items/part-0", Hit("column title", is_sure=False))
    assert replace(again, found=(doubtful,)).is_done
    assert not replace(again, found=(doubtful, Found("x", Hit("column user_id")))).is_done


def test_an_id_that_nobody_has_changes_nothing(story):
    before = story.shop.version("prm_users")
    for user_id in ("u", "*", "u2\nu10"):
        assert look(ask(story.shop, user_id)).is_nobody
    assert story.shop.version("prm_users") == before


def test_who_stands_in_older_versions_only_is_somebody(story):
    nobody = replace(story.seen, known=ErasedUsers(), rows={}, found=())
    assert nobody.is_nobody
    old = Found("03_primary/generated/prm_users/part-0", Hit("column user_id"))
    assert not replace(nobody, found=(old,)).is_nobody
    assert replace(nobody, found=(Found("notes.txt", Hit("line 1")),)).is_nobody


def test_an_empty_id_is_refused(story):
    for user_id in ("", "  "):
        with pytest.raises(ConfigurationError, match="USER_ID is empty"):
            look(ask(story.shop, user_id))


def test_no_tables_are_told(story, tmp_path):
    empty = Shop(tmp_path)
    with pytest.raises(MissingInputError, match="no table of 'generated' is there"):
        look(ask(empty))


def test_nothing_is_new_then_and_other_rules_bring_nobody_back(story):
    report = story.shop.ingest()
    assert report["totals"]["files"] == 0
    assert report["totals"]["identity_holds"]
    published = story.shop.hashes()
    warn = {"rule": "at_most", "column": "quantity", "value": 5, "severity": "warn"}
    rules = replace(story.shop.rules, orders={**story.shop.rules.orders, "many": warn})
    report = story.shop.ingest(rules=rules)
    assert report["totals"]["identity_holds"]
    assert report["totals"]["rejected_by"]["erased"] == 2
    assert story.shop.hashes() == published
    assert ask(story.shop).search().found == ()


@pytest.mark.slow
def test_killed_after_any_step_a_second_call_finishes(spark, tmp_path: Path):
    shop = open_shop(tmp_path)
    shop.ingest()
    request = ask(shop, ODD)
    told: list[str] = []
    done: set[str] = set()

    def announce(step: str) -> None:
        told.append(step)
        if step not in done:
            done.add(step)
            raise InterruptedError(step)

    for _ in range(40):
        seen = look(ask(shop, ODD))
        try:
            forget(ask(shop, ODD, announce), seen)
        except InterruptedError as killed:
            if str(killed) != "note":
                with pytest.raises(Exception, match="begun and is not finished"):
                    shop.ingest()
            continue
        break
    assert request.search().found == ()
    assert {"note", "int_events", "ledger", "prm_users", "report", "settle"} <= done
    assert len([one for one in done if one.startswith("past of")]) >= 6
    ids = {row["user_id"] for name in PUBLISHED for row in rows_of(shop, name)}
    assert ids == {"u1", "u10", "u2", None}
    report = shop.ingest()
    assert (report["totals"]["files"], report["totals"]["identity_holds"]) == (0, True)
