"""What became of received rows, counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from personalization.exploration import rejections
from tests.exploration.marts import table

LEDGER = "source STRING, source_file STRING, sha256 STRING, received BIGINT"
REJECTED = "source STRING, rejected_by STRING, interaction_date DATE"
MONDAY, NEXT = pd.Timestamp("2026-01-05"), pd.Timestamp("2026-01-12")
FILES = [
    ("orders", "a.csv", "x", 10),
    ("orders", "b.csv", "y", 5),
    ("orders", "c.csv", None, 0),  # noted, never published
    ("events", "a.csv", "z", 100),
]
BROKEN = [
    ("orders", "cancelled", "2026-01-05"),
    ("orders", "cancelled", "2026-01-11"),
    ("orders", "cancelled", "2026-01-12"),
    ("events", "event_ts_unreadable", None),
    ("events", "time_out_of_range", "1970-01-01"),  # not believed
    ("events", "duplicate", "2026-01-06"),
]
REPEATED = [
    ("events", "delivered_again", "2026-01-07"),
    ("events", "delivered_again", "2026-01-07"),
    ("events", "duplicate", "2026-01-06"),  # stands among the rejected rows
]


@pytest.fixture(scope="module")
def received(spark_session) -> pd.DataFrame:
    return rejections.count_received(table(spark_session, LEDGER, FILES))


@pytest.fixture(scope="module")
def reasons(spark_session) -> pd.DataFrame:
    rows = (table(spark_session, REJECTED, one) for one in (BROKEN, REPEATED))
    return rejections.count_reasons(*rows)


@pytest.mark.spark
def test_reasons_are_counted_by_week_from_monday(reasons) -> None:
    told = reasons.fillna({"week": pd.Timestamp(0)}).to_numpy().tolist()
    assert told == [
        ["events", "delivered_again", MONDAY, 2],
        ["events", "duplicate", MONDAY, 1],
        ["events", "event_ts_unreadable", pd.Timestamp(0), 1],
        ["events", "time_out_of_range", pd.Timestamp(0), 1],
        ["orders", "cancelled", MONDAY, 2],
        ["orders", "cancelled", NEXT, 1],
    ]


@pytest.mark.spark
def test_received_rows_are_used_rejected_or_there_already(received, reasons) -> None:
    account = rejections.account_for_rows(received, reasons).set_index("source")
    names = ["files", "received", "used", "rejected", "delivered_again"]
    assert account.loc["orders", names].tolist() == [2, 15, 15 - 3, 3, 0]
    assert account.loc["events", names].tolist() == [1, 100, 100 - 3 - 2, 3, 2]
    assert account.loc["all", names].tolist() == [3, 115, 107, 6, 2]
    assert account.loc["all", "rejected_percent"] == pytest.approx(100 * 6 / 115)


@pytest.mark.spark
def test_the_sentence_names_the_most_frequent_reason(received, reasons) -> None:
    account = rejections.account_for_rows(received, reasons)
    assert rejections.tell_rejections(account, reasons) == (
        "115 rows in 3 files: 93.0 % are used, 5.2 % rejected, 1.7 % delivered again by another "
        "file. The most frequent reason is cancelled of orders: 3 rows, 50.0 % of the rejected."
    )


@pytest.mark.spark
def test_bars_are_rows_per_thousand_of_the_source(received, reasons) -> None:
    account = rejections.account_for_rows(received, reasons)
    (axes,) = rejections.draw_reasons(account, reasons).axes
    assert [tick.get_text() for tick in axes.get_yticklabels()][:2] == [
        "orders: cancelled",
        "events: delivered_again",
    ]
    widths = [bar.get_width() for bar in axes.patches]
    assert widths == pytest.approx([1000 * 3 / 15, 1000 * 2 / 100, 10, 10, 10])


@pytest.mark.spark
def test_weeks_without_a_row_are_zero_and_rows_without_a_day_are_out(reasons) -> None:
    later = reasons.assign(week=reasons["week"].replace(NEXT, NEXT + pd.Timedelta(days=7)))
    figure = rejections.draw_reasons_by_week(later)
    drawn = {axes.get_title("left"): list(axes.lines[0].get_ydata()) for axes in figure.axes}
    assert figure.get_suptitle() == (
        "100 % of the rows 'events: delivered_again' fall into one week, from 2026-01-05"
    )
    assert drawn == {
        "orders: cancelled": [2, 0, 1],
        "events: delivered_again": [2, 0, 0],
        "events: duplicate": [1, 0, 0],
    }


@pytest.mark.spark
def test_shops_without_files_or_faults_do_not_fail(spark, received) -> None:
    none = table(spark, REJECTED, [])
    clean = rejections.count_reasons(none, none)
    account = rejections.account_for_rows(received, clean)
    assert rejections.tell_rejections(account, clean).startswith("115 rows in 3 files: 100.0 %")
    for figure, words in (
        (rejections.draw_reasons(account, clean), rejections.NO_REASONS),
        (rejections.draw_reasons_by_week(clean), "No rejected rows with a day in this shop."),
    ):
        assert figure.axes[0].texts[0].get_text() == words
    nobody = rejections.count_received(table(spark, LEDGER, []))
    account = rejections.account_for_rows(nobody, clean)
    assert rejections.tell_rejections(account, clean) == rejections.NOTHING
