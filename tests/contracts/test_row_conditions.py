"""When a row breaks a rule: at the limit, beside it, and without a value."""

import pytest

from personalization.contracts.row_rules import RowRule

pytestmark = pytest.mark.spark

SCHEMA = "price double, position long, title string, interaction_type string"


@pytest.fixture
def broken(spark):
    """Whether each row breaks the rule; rows are given by column."""

    def judge(rule, *rows):
        names = [part.split()[0] for part in SCHEMA.split(", ")]
        data = [tuple(row.get(name) for name in names) for row in rows]
        frame = spark.createDataFrame(data, SCHEMA).coalesce(1)
        return [row[0] for row in frame.select(rule.is_broken()).collect()]

    return judge


@pytest.mark.parametrize(
    ("kind", "below", "at", "above"),
    [
        ("above", True, True, False),
        ("at_least", True, False, False),
        ("below", False, True, True),
        ("at_most", False, False, True),
    ],
)
def test_a_number_breaks_its_limit_on_the_stated_side_and_none_breaks_nothing(
    broken, kind, below, at, above
):
    rows = [{"price": price} for price in (9.99, 10.0, 10.01, None)]
    assert broken(RowRule(kind, "price", 10), *rows) == [below, at, above, None]


def test_a_whole_number_is_not_rounded_to_a_limit_between_two(broken):
    rows = [{"position": position} for position in (0, 1)]
    assert broken(RowRule("at_least", "position", 0.5), *rows) == [True, False]
    assert broken(RowRule("at_most", "position", 0.5), *rows) == [False, True]


def test_a_text_breaks_an_expression_that_is_found_nowhere_in_it(broken):
    rows = [{"title": title} for title in ("mug", "a mug", "MUG", "", None)]
    assert broken(RowRule("matches", "title", "mug"), *rows) == [False, False, True, True, None]
    assert broken(RowRule("matches", "title", "^mug$"), *rows) == [False, True, True, True, None]


def test_a_value_breaks_a_list_in_which_it_is_not_word_for_word(broken):
    rows = [{"title": title} for title in ("mug", "cup", "Mug", None)]
    rule = RowRule("one_of", "title", ["mug", "cup"])
    assert broken(rule, *rows) == [False, False, True, None]


def test_only_a_rule_that_asks_for_a_value_is_broken_by_none(broken):
    rows = [{"title": title} for title in ("mug", "", None)]
    assert broken(RowRule("present", "title"), *rows) == [False, False, True]


def test_a_rule_for_some_kinds_is_broken_by_rows_of_these_only(broken):
    rows = [{"price": 0.0, "interaction_type": kind} for kind in ("cart", "purchase", "view")]
    rows += [{"price": 1.0, "interaction_type": "cart"}, {"interaction_type": "cart"}]
    rule = RowRule("above", "price", 0, kinds=("cart", "purchase"))
    assert broken(rule, *rows) == [True, True, False, False, None]
    assert broken(RowRule("above", "price", 0), *rows) == [True, True, True, False, None]


def test_a_row_without_a_kind_breaks_no_rule_for_some_kinds(broken):
    rule = RowRule("present", "title", kinds=("cart",))
    assert broken(rule, {"interaction_type": None}) == [None]
