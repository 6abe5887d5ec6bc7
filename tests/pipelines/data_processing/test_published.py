"""What the good rows tell, looked up in a table: there by this run, before, no more, or lost."""

import pytest

from personalization.pipelines.data_processing.options import Batch
from personalization.pipelines.data_processing.published import FOUND, Home, compare_keys

pytestmark = pytest.mark.spark

HOME = Home("user_id", ("users", "guests"))
TABLE = {
    "merged": ("users", "a.csv", "now"),
    "unchanged": ("users", "a.csv", "before"),
    "stale": ("users", "a.csv", "before"),
    "stamped": ("guests", "b.csv", "now"),  # of this run, and told by no file
    "elsewhere": ("events", "a.csv", "now"),  # its home is another table
}
TOLD = {
    "merged": ("users", "a.csv"),
    "unchanged": ("users", "a.csv"),
    "lost": ("guests", "b.csv"),
    "elsewhere": ("events", "a.csv"),
}


@pytest.fixture(scope="module")
def compared(spark_session):
    columns = ("user_id", "source", "source_file", "batch_id")
    table = spark_session.createDataFrame([(key, *row) for key, row in TABLE.items()], columns)
    told = spark_session.createDataFrame([(key, *row) for key, row in TOLD.items()], columns[:3])
    found = compare_keys(HOME, told, table, Batch("now", "2026-06-30 12:00:00"))
    return [
        (row.source, row.source_file, *(row[name] for name in FOUND)) for row in found.collect()
    ]


def test_each_key_of_the_home_is_found_once_with_what_became_of_it(compared):
    assert sorted(compared, key=str) == sorted(
        [
            ("users", "a.csv", 1, 0, 0, 0),
            ("users", "a.csv", 0, 1, 0, 0),
            ("users", "a.csv", 0, 0, 1, 0),
            ("guests", "b.csv", 0, 0, 1, 1),
            ("guests", "b.csv", None, None, 0, 0),
        ],
        key=str,
    )
