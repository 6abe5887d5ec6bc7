"""From search to purchase, counted by hand."""

from __future__ import annotations

import pandas as pd
import pytest

from personalization.exploration import searches
from tests.exploration.marts import mart, table

SEARCH = (
    "search_ts TIMESTAMP, session_id STRING, query STRING, results STRING, "
    "clicked_item_id STRING, clicked_position BIGINT"
)
LOGGED = [
    ("2026-01-05 10:00:00", "s1", "lamp", "a|b|c", "b", 2),  # carted and bought later
    ("2026-01-05 10:00:00", "s2", "lamp", "a|b", "a", 1),  # bought before, not after
    ("2026-01-05 10:00:00", None, "vase", "c", "c", 1),  # nobody knows what came of it
    ("2026-01-05 10:00:00", "s1", "Sofa ", "", None, None),
    ("2026-01-05 10:00:00", "s3", "sofa", None, None, None),
    ("2026-01-05 10:00:00", "s3", "lamp", "a|b", None, None),
]
DONE = [
    ("u1", "b", "2026-01-05 10:00:00", "cart", "s1"),
    ("u1", "b", "2026-01-05 10:05:00", "purchase", "s1"),
    ("u1", "b", "2026-01-05 09:05:00", "purchase", "s1"),
    ("u2", "a", "2026-01-05 09:59:59", "purchase", "s2"),
    ("u2", "b", "2026-01-05 10:05:00", "purchase", "s2"),
    (None, "c", "2026-01-05 10:05:00", "purchase", None),
]


@pytest.fixture(scope="module")
def logged(spark_session):
    return table(spark_session, SEARCH, LOGGED)


@pytest.mark.spark
def test_a_search_leads_to_what_happens_to_its_item_later_in_the_visit(spark, logged) -> None:
    stages = searches.count_search_stages(logged, mart(spark, *DONE))
    assert dict(zip(stages["stage"], stages["searches"], strict=True)) == {
        "searched": 6,
        "found": 4,
        "clicked": 3,
        "carted": 1,
        "bought": 1,
    }


@pytest.mark.spark
def test_places_are_counted_where_they_were_shown(logged) -> None:
    # five results lists would show place 1 four times: two searches found nothing
    places = searches.count_positions(logged)
    assert places["position"].tolist() == [1, 2, 3]
    assert places["searches"].tolist() == [4, 3, 1]
    assert places["clicks"].tolist() == [2, 1, 0]
    assert places["click_percent"].tolist() == pytest.approx([100 * 2 / 4, 100 * 1 / 3, 0])


@pytest.mark.spark
def test_queries_without_a_result_are_one_whatever_their_case(logged) -> None:
    found = searches.find_empty_queries(logged)
    assert found.to_dict("list") == {"query": ["sofa"], "searches": [2]}


@pytest.mark.spark
def test_a_shop_without_searches_says_so(spark, nothing) -> None:
    empty = table(spark, SEARCH, [])
    stages = searches.count_search_stages(empty, nothing)
    assert searches.tell_searches(stages) == "No searches in this shop."
    figure = searches.draw_searches(stages, searches.count_positions(empty))
    assert figure.axes[0].texts[0].get_text() == "No searches in this shop."
    assert searches.find_empty_queries(empty).empty


def staged(*reached: int) -> pd.DataFrame:
    return pd.DataFrame({"stage": searches.STAGES, "searches": reached})


def test_the_sentence_has_shares_of_searches_and_of_clicks() -> None:
    assert searches.tell_searches(staged(10, 8, 4, 2, 1)) == (
        "Of 10 searches 20.0 % found nothing and 40.0 % were clicked. Of the clicked ones 50.0 % "
        "put the item into the cart in the same visit and 25.0 % bought it."
    )
    assert "nothing" not in searches.tell_searches(staged(10, 4, 4, 2, 1))
    assert searches.tell_searches(staged(1, 1, 0, 0, 0)) == "1 search, none of them with a click."


def test_the_figure_has_a_bar_for_each_stage() -> None:
    places = pd.DataFrame({"position": [1, 2], "click_percent": [30.0, 10.0]})
    figure = searches.draw_searches(staged(10, 8, 4, 2, 1), places)
    funnel, clicked = figure.axes
    assert [bar.get_width() for bar in funnel.patches] == [100, 80, 40, 20, 10]
    assert list(clicked.lines[0].get_ydata()) == [30, 10]
    assert figure.get_suptitle().startswith("10.0 % of the searches end with a purchase")
