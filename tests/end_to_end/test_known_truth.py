"""What the mart derives is scored against what the generated shop knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.whole_run import open_catalog

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.spark


def test_the_flagged_visitors_are_the_machines_and_no_others(
    project_path: Path, shop: Path
) -> None:
    catalog = open_catalog(project_path, shop)
    truth = catalog.load("truth_sessions").select("session_id", "visitor")
    seen = catalog.load("prm_user_item_interactions").select("session_id", "is_bot").distinct()
    counted = seen.join(truth, "session_id").groupBy("visitor", "is_bot").count().collect()
    found = {(row["visitor"], row["is_bot"]): row["count"] for row in counted}
    true_bots, missed = found.get(("bot", True), 0), found.get(("bot", False), 0)
    wronged = sum(n for (visitor, flagged), n in found.items() if flagged and visitor != "bot")
    assert true_bots > 5
    assert sum(found.values()) > 100 * wronged
    assert true_bots / (true_bots + missed) >= 0.95
    assert true_bots / (true_bots + wronged) >= 0.95


def test_a_row_is_known_when_the_day_of_its_file_is_over(project_path: Path, shop: Path) -> None:
    """Rows that come with a later day's file were not known on their own day."""
    catalog = open_catalog(project_path, shop)
    day = "to_date(regexp_extract(source_file, '([0-9-]{10})', 1))"
    for name in ("prm_user_item_interactions", "prm_searches"):
        rows = catalog.load(name)
        moment = "search_ts" if name == "prm_searches" else "interaction_ts"
        days_late = rows.selectExpr(
            f"known_at = date_add({day}, 1) AS told", f"datediff({day}, {moment}) AS late"
        )
        found = {tuple(row) for row in days_late.distinct().collect()}
        assert found <= {(True, late) for late in range(4)}
        assert name == "prm_searches" or (True, 1) in found
