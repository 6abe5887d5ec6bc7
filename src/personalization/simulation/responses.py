"""How strongly people respond to what they see: from a view to an order, a habit, a click."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from personalization.simulation.catalogue import LEAF_NAMES
from personalization.simulation.limits import (
    DaysSpan,
    LogSd,
    PerName,
    Range,
    SecondsSpan,
    Share,
    Weights,
    check_ranges,
)

QUERY_KINDS: Final = ("category", "noun", "brand", "typo")
Seconds = Annotated[int, Range(1, 3600)]
Pieces = Annotated[float, Range(0, 100)]


@dataclass(frozen=True)
class FunnelOptions:
    """From a view to an order, and back.

    Attributes:
        cart_logit: log-odds that an item seen once goes to the cart, at affinity 0.
        cart_taste: log-odds per unit of affinity.
        cart_elasticity: log-odds lost per natural log that the level of all prices has risen.
        intent_sd: spread of log-odds from visit to visit.
        cart_seconds: from the last look at an item to the cart, shortest and longest.
        extra_pieces: of a line beyond the first, mean, of what is not bought out of habit.
        checkout_share: of the visits with a cart that end in an order, signed in.
        guest_factor: the same of other visits, relative.
        sign_in_share: of the orders of people with an account who sign in to pay.
        checkout_seconds: from the last item in the cart to the order, shortest and longest.
        line_share: of a cart's items are bought at checkout.
        cancel_share: of the order lines.
        return_share: of the completed lines, repeated ones excluded.
        return_days: until then, shortest and longest.
    """

    cart_logit: Annotated[float, Range(-10, 5)]
    cart_taste: Annotated[float, Range(0, 5)]
    cart_elasticity: Annotated[float, Range(0, 5)]
    intent_sd: LogSd
    cart_seconds: SecondsSpan
    extra_pieces: Pieces
    checkout_share: Share
    guest_factor: Share
    sign_in_share: Share
    checkout_seconds: SecondsSpan
    line_share: Share
    cancel_share: Share
    return_share: Share
    return_days: DaysSpan

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        check_ranges("strengths.funnel", self)


@dataclass(frozen=True)
class HabitOptions:
    """What is bought again and again.

    Attributes:
        repeat_share: of the lines with a habitual product that are followed by another.
        cycle_days: median days until then, by category; those of 0, or not named, have no habit.
        cycle_log_sd: spread of the days until then around the category's cycle.
        extra_pieces: of a line with a habitual product beyond the first, mean.
        look_seconds: from one item to the next in a visit that repeats a purchase.
        cart_seconds: from the look at an item to the cart in such a visit.
        checkout_seconds: from the last look of such a visit to the order.
        supplement_share: of the days on which a person orders that are followed by another order,
            of one more item.
        supplement_log_hours: log of the hours until then, mean.
        supplement_log_sd: the same, standard deviation.
    """

    repeat_share: Annotated[float, Range(0, 0.95)]
    cycle_days: Annotated[Mapping[str, float], PerName(0, 3660, LEAF_NAMES)]
    cycle_log_sd: LogSd
    extra_pieces: Pieces
    look_seconds: Seconds
    cart_seconds: Seconds
    checkout_seconds: Seconds
    supplement_share: Share
    supplement_log_hours: Annotated[float, Range(-3, 5)]
    supplement_log_sd: LogSd

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        check_ranges("strengths.habits", self)


@dataclass(frozen=True)
class ListOptions:
    """The logged box of recommendations.

    Attributes:
        visit_share: of the visits are shown one.
        first_seconds: from the start of the visit to the box.
        length: items in it.
        uniform_share: of the boxes are drawn uniformly; the others favour popular items.
        click_seconds: from the box to a click, shortest and longest.
        click_logit: log-odds of a click at the first place, at affinity 0.
        click_taste: log-odds per unit of affinity.
        position_bias: attention at place k is k to the power of minus this.
    """

    visit_share: Share
    first_seconds: Seconds
    length: Annotated[int, Range(1, 20)]
    uniform_share: Share
    click_seconds: SecondsSpan
    click_logit: Annotated[float, Range(-15, 5)]
    click_taste: Annotated[float, Range(0, 5)]
    position_bias: Annotated[float, Range(0, 3)]

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        check_ranges("strengths.lists", self)


@dataclass(frozen=True)
class SearchOptions:
    """The search box.

    Attributes:
        searcher_share: of the people use it at all.
        visit_share: of a searcher's visits hold a search.
        query_weights: relative shares of what is typed: the category's name, the product's noun,
            its brand and category, or the noun with a slip.
        query_seconds: from the start of the visit to the search, shortest and longest.
        click_seconds: from the search to a click, shortest and longest.
        results: items shown, at most.
        position_bias: attention at place k is k to the power of minus this.
        leave_utility: of clicking nothing, against a first result of no affinity at 0.
    """

    searcher_share: Share
    visit_share: Share
    query_weights: Annotated[Mapping[str, float], Weights(QUERY_KINDS)]
    query_seconds: SecondsSpan
    click_seconds: SecondsSpan
    results: Annotated[int, Range(1, 100)]
    position_bias: Annotated[float, Range(0, 3)]
    leave_utility: Annotated[float, Range(-10, 10)]

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        check_ranges("strengths.searches", self)
