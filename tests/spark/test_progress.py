"""Progress of a long job: sums, told now and then, by the driver alone."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

import pytest

from personalization.spark import progress
from personalization.spark.progress import Done, Teller, count_done

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

NOW = "personalization.spark.progress.time.monotonic"


def test_what_is_done_adds_up_and_the_latest_name_stays() -> None:
    teller = Teller("raw_events", "files")
    done = teller.addInPlace(Done(2, 10, "2026-01-09.csv"), Done(1, 5, "2026-01-03.csv"))
    assert done == Done(3, 15, "2026-01-09.csv")
    assert teller.addInPlace(teller.zero(done), done) == done


def test_a_line_is_told_every_ten_seconds_at_most(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    teller, done = Teller("happenings", "people", 50, began=100.0, told=100.0), Done()
    with caplog.at_level(logging.INFO, logger="personalization"):
        for moment in (105.0, 109.9, 110.0, 119.9, 120.0):
            monkeypatch.setattr(NOW, lambda moment=moment: moment)
            done = teller.addInPlace(done, Done(1, 40))
    assert caplog.messages == [
        "happenings: 3 of 50 people, 12 rows/s",  # 120 rows in 10 seconds
        "happenings: 5 of 50 people, 10 rows/s",
    ]


def test_a_worker_tells_nothing(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(progress, "TELL_EVERY_SECONDS", 0.0)
    teller = Teller("happenings", "people", 50, driver=os.getpid() + 1)
    with caplog.at_level(logging.INFO, logger="personalization"):
        teller.addInPlace(Done(), Done(1, 40))
    assert not caplog.messages


@pytest.mark.spark
def test_tasks_count_into_one_sum(spark: SparkSession) -> None:
    context = spark.sparkContext
    done = count_done(context, Teller("happenings", "people"))
    context.parallelize(range(6), 3).foreach(lambda one: done.add(Done(1, one, f"{one}")))
    assert done.value == Done(6, 15, "5")
