"""What a good recommendation would have named: the purchases that models have not seen."""

# Annotations are evaluated here: Kedro reads a node's type hints.
from typing import Final

from pyspark.sql import DataFrame
from pyspark.sql import functions as F  # noqa: N812 - the name every Spark reader knows

from personalization.contracts import columns as c
from personalization.contracts.errors import EmptyWindowError

ALL: Final = "all"
NEW: Final = "new"
PROTOCOLS: Final = (ALL, NEW)

_BEFORE: Final = "bought_before"


def why_nothing_is_relevant(train: DataFrame, test: DataFrame) -> str:
    """What a shop lacks that has no user to be judged by, and how to mend it."""
    windows = "'training.windows' in conf/<env>/parameters/training.yml"
    if train.isEmpty() and test.isEmpty():
        return (
            "There is no purchase by a known user, neither in training nor in the window after it: "
            "models are judged by such purchases. Are there orders, or events of kind purchase, "
            f"with a user_id? If there are: do they lie in {windows}?"
        )
    if train.isEmpty():
        return f"No known user bought anything before the window to be judged. Move {windows}."
    return (
        "No user known from training bought a known item in the window after it ('input_test', or "
        f"validation while tuning). Lengthen or move {windows}."
    )


def find_relevant_items(train: DataFrame, test: DataFrame) -> DataFrame:
    """List what a good recommendation would have named, under both protocols.

    Protocol ``all``: items that the user bought in the test window and that anyone bought in the
    training window. Protocol ``new``: the same without what that user had bought in training.
    Users without a purchase in training are left out: no model can know them.

    Grain: one row per (protocol, user, item), distinct.
    Requires: ``user_id``, ``item_id`` in both frames, no nulls.
    Adds: ``protocol``.

    Raises:
        EmptyWindowError: no user has a relevant item.
    """
    pair = [c.USER_ID, c.ITEM_ID]
    before = train.select(*pair).distinct()
    protocols = F.when(F.col(_BEFORE), F.array(F.lit(ALL))).otherwise(F.lit([ALL, NEW]))
    relevant = (
        test.select(*pair)
        .distinct()
        .join(before.select(c.USER_ID).distinct(), c.USER_ID, how="left_semi")
        .join(before.select(c.ITEM_ID).distinct(), c.ITEM_ID, how="left_semi")
        .join(before.withColumn(_BEFORE, F.lit(True)), pair, how="left")  # noqa: FBT003 - a value
        .select(F.explode(protocols).alias(c.PROTOCOL), *pair)
    )
    # An action, on purpose: an empty window must stop the run before it overwrites a result.
    if relevant.isEmpty():
        raise EmptyWindowError(why_nothing_is_relevant(train, test))
    return relevant
