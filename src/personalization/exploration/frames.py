"""What leaves the cluster: small frames of groups, and whom they are about."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from pyspark.sql import Column, DataFrame
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

from personalization.contracts import columns as c
from personalization.contracts.errors import PersonalizationError

MOST_GROUPS: Final = 100_000
ROWS: Final = "rows"


class TooManyGroupsError(PersonalizationError):
    """A frame that should be small is not: it would fill the memory of a notebook."""


def collect_groups(groups: DataFrame, *order: str, most: int = MOST_GROUPS) -> pd.DataFrame:
    """A small Spark frame as pandas, in the order of its columns ``order``; days as timestamps.

    Args:
        groups: one row per group of an aggregate.
        order: columns to sort by.
        most: groups that are allowed.

    Raises:
        TooManyGroupsError: there are more.
    """
    small = groups.limit(most + 1).toPandas()
    if len(small) > most:
        raise TooManyGroupsError(
            f"More than {most:,} groups of {', '.join(groups.columns)}: explore fewer days, with "
            "interactions.filter(\"interaction_date >= '…'\")."
        )
    for name, kind in groups.dtypes:
        if kind == "date":
            small[name] = pd.to_datetime(small[name])
    return small.sort_values(list(order), ignore_index=True) if order else small


def keep_people(interactions: DataFrame) -> DataFrame:
    """Interactions of visitors who are not flagged as machines."""
    return interactions.filter(~F.coalesce(F.col(c.IS_BOT), F.lit(False)))  # noqa: FBT003


def is_kind(kind: str) -> Column:
    """True for interactions of one kind."""
    return F.col(c.INTERACTION_TYPE) == kind


def read_rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """The rows of a small frame, by column.

    >>> read_rows(pd.DataFrame({"kind": ["view"], "rows": [3]}))
    [{'kind': 'view', 'rows': 3}]
    """
    return [{str(name): value for name, value in row.items()} for row in frame.to_dict("records")]


def read_row(frame: pd.DataFrame, column: str, value: str) -> dict[str, Any]:
    """The only row of a small frame with ``value`` in ``column``."""
    (row,) = read_rows(frame[frame[column] == value])
    return row


def weighted_quantile(values: pd.Series, weights: pd.Series, q: float) -> float:
    """Smallest value up to which at least the share ``q`` of the weights lies; NaN of nothing.

    >>> weighted_quantile(pd.Series([1, 2, 9]), pd.Series([5, 4, 1]), 0.5)
    1.0
    >>> weighted_quantile(pd.Series([1, 2, 9]), pd.Series([4, 5, 1]), 0.5)
    2.0
    """
    order = np.argsort(values.to_numpy(), kind="stable")
    so_far = np.cumsum(weights.to_numpy()[order])
    if not len(so_far) or so_far[-1] == 0:
        return float("nan")
    return float(values.to_numpy()[order][np.searchsorted(so_far, q * so_far[-1])])


def cap_counts(counts: pd.DataFrame, column: str, most: int) -> pd.DataFrame:
    """Groups by a whole number, with all from ``most`` on as one; every number has a row.

    Args:
        counts: ``column`` and numbers to add up.
        column: whole numbers from 1.
        most: last row, which holds what is larger, too.

    >>> counts = pd.DataFrame({"rows": [1, 3, 7], "users": [5, 2, 1]})
    >>> cap_counts(counts, "rows", 3)["users"].tolist()
    [5, 0, 3]
    """
    capped = counts.assign(**{column: counts[column].clip(upper=most)})
    return capped.groupby(column).sum().reindex(range(1, most + 1), fill_value=0).reset_index()
