"""Lengths of visits, counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from personalization.exploration import sessions


@pytest.mark.spark
def test_visits_are_counted_by_interactions_and_whole_minutes(people) -> None:
    lengths = sessions.count_lengths(people)
    # s2, s3 and s5 have one row, two of them buy; s4 lasts 59:59; s1 has 6 rows in 3:10
    assert lengths.to_dict("split")["data"] == [[1, 0, 3, 2], [2, 59, 1, 0], [6, 3, 1, 1]]


@pytest.mark.spark
def test_very_long_visits_stand_together(people) -> None:
    from pyspark.sql import functions as F  # noqa: N812

    repeated = people.filter("session_id = 's1'").crossJoin(people.sparkSession.range(50))
    shifted = repeated.withColumn(
        "interaction_ts", F.col("interaction_ts") + F.make_interval(days=F.col("id").cast("int"))
    )
    lengths = sessions.count_lengths(shifted)
    assert lengths[["rows", "minutes", "sessions"]].to_numpy().tolist() == [[200, 1440, 1]]


@pytest.mark.spark
def test_a_shop_without_visits_says_so_and_one_of_orders_is_drawn(nothing, orders_alone) -> None:
    empty = sessions.count_lengths(nothing)
    assert sessions.tell_lengths(empty) == sessions.NOTHING
    views = sessions.count_views(nothing)
    assert sessions.draw_lengths(empty, views).axes[0].texts[0].get_text() == sessions.NOTHING
    single = sessions.count_lengths(orders_alone)
    assert sessions.tell_lengths(single) == (
        "2 visits: the median one has 1 interaction, 100.0 % have one only. "
        "50.0 % of the visits buy."
    )
    drawn = sessions.draw_lengths(single, sessions.count_views(orders_alone))
    assert drawn.axes[2].texts[0].get_text() == "no views in this shop"


LENGTHS = pd.DataFrame(
    {
        "rows": [1, 2, 2, 30],
        "minutes": [0, 4, 90, 20],
        "sessions": [5, 2, 1, 2],
        "buying_sessions": [0, 1, 0, 2],
    }
)


def test_the_sentence_has_the_median_of_visits_with_more_than_one() -> None:
    assert sessions.tell_lengths(LENGTHS) == (
        "10 visits: the median one has 1 interaction, 50.0 % have one only; half of the others end "
        "within 21 minutes. 30.0 % of the visits buy."
    )


VIEWS = pd.DataFrame({"views": [1, 2, 30], "sessions": [5, 3, 2], "buying_sessions": [0, 1, 2]})


@pytest.mark.spark
def test_visits_are_counted_by_views_alone(people) -> None:
    # s1 has 3 views and buys; s2 and s4 have one; s3 and s5 buy without any
    assert sessions.count_views(people).to_numpy().tolist() == [[1, 2, 0], [3, 1, 1]]


def test_the_last_row_holds_longer_visits_and_empty_ones_have_no_rate() -> None:
    rated = sessions.rate_by_views(VIEWS).set_index("views")["buying_percent"]
    assert rated[[1, 2, 20]].tolist() == pytest.approx([0, 100 * 1 / 3, 100])
    assert rated.isna().sum() == 20 - 3


def test_the_title_names_the_number_of_views_with_which_most_visits_buy() -> None:
    title = sessions.draw_lengths(LENGTHS, VIEWS).get_suptitle()
    assert title == (
        "30.0 % of the visits buy; with 20 views or more 100 % do, more than with any other number"
    )
    one = VIEWS.assign(buying_sessions=[4, 1, 0])
    assert "; with 1 view 80 % do" in sessions.draw_lengths(LENGTHS, one).get_suptitle()
    none = VIEWS.assign(buying_sessions=0)
    assert sessions.draw_lengths(LENGTHS, none).get_suptitle() == "30.0 % of the visits buy"


def test_bars_are_shares_of_visits_and_a_minute_that_has_begun_counts() -> None:
    by_rows, by_minutes, _ = sessions.draw_lengths(LENGTHS, VIEWS).axes
    assert [bar.get_height() for bar in by_rows.patches] == [50, 30, *[0] * 17, 20]
    heights = [bar.get_height() for bar in by_minutes.patches]
    assert [heights[place - 1] for place in (1, 5, 21, 60)] == [50, 20, 20, 10]
    assert sum(heights) == 100
