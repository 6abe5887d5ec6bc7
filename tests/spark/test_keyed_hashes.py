"""The keyed hash of a column is the one of Python's own ``hmac``."""

from __future__ import annotations

import pytest

from personalization.spark.keyed_hashes import keyed_hash, keyed_hash_of

pytestmark = pytest.mark.spark


def test_a_column_s_hashes_are_those_of_python(spark):
    texts = ["u1", "", "ü€ß", "x" * 200, "a'b\"c\\d$e\n", None]
    for key in (b"k" * 32, b"long" * 40):
        rows = spark.createDataFrame([(one,) for one in texts], "text string")
        found = [row[0] for row in rows.select(keyed_hash_of(rows.text, key)).collect()]
        assert found == [None if one is None else keyed_hash(one, key) for one in texts]
