"""How strongly everything acts in a generated shop: one group of parameters for each idea.

Values and sources: ``conf/base/parameters/data_generation.yml``; formulas: ``README.md`` here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final, get_type_hints

from personalization.contracts.entries import build_part
from personalization.simulation.catalogue import LEAF_NAMES, LOCALES
from personalization.simulation.clock import ClockOptions
from personalization.simulation.limits import (
    Days,
    DaysSpan,
    Each,
    LogSd,
    PerName,
    Range,
    Rate,
    Share,
    Weights,
    check_ranges,
)
from personalization.simulation.responses import (
    FunnelOptions,
    HabitOptions,
    ListOptions,
    SearchOptions,
)

MOST_BRANDS: Final = 400  # different surnames that Faker draws


@dataclass(frozen=True)
class PeopleOptions:
    """Who visits.

    Attributes:
        n_segments: groups of people with a taste in common.
        segment_share: of the variance of taste that lies between segments.
        activity_log_sd: spread of visits per person.
        stranger_visits: mean visits of a person without an account.
        new_share: of the accounts that are opened within the period.
        oldest_days: age at the start, at most, of the accounts opened before.
        stay_days: mean days until a person comes no more, exponential.
        signed_in_share: of the visits of people with an account.
        country_weights: relative shares of the countries that people live in.
        device_weights: relative shares of the devices that people use most.
        own_device_share: of a person's visits are made on that device.
        bot_share: bots per person.
        bot_visits_per_day: of a bot.
        bot_stay_days: that a bot comes, at most.
        bot_views: of a bot's visit, beyond the first.
        bot_gap_seconds: between two views of a bot.
    """

    n_segments: Annotated[int, Range(1, 1000)]
    segment_share: Share
    activity_log_sd: LogSd
    stranger_visits: Rate
    new_share: Share
    oldest_days: Days
    stay_days: Days
    signed_in_share: Share
    country_weights: Annotated[Mapping[str, float], Weights(tuple(LOCALES))]
    device_weights: Annotated[Mapping[str, float], Weights()]
    own_device_share: Share
    bot_share: Share
    bot_visits_per_day: Rate
    bot_stay_days: Days
    bot_views: Annotated[int, Range(1, 199)]  # a visit has 200 views at most
    bot_gap_seconds: Annotated[int, Range(1, 3600)]

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        check_ranges("strengths.people", self)


@dataclass(frozen=True)
class AssortmentOptions:
    """What is on sale, when, and how its appeal moves; the same for everybody.

    Attributes:
        popularity_log_sd: spread of the products' popularity.
        category_log_sd: spread of the number of products from category to category.
        n_brands: of the shop.
        brands_per_category: that make a category's products, at most.
        median_prices: of a piece, by category.
        price_log_sd: spread of prices within a category.
        new_share: of the products are launched within the period.
        oldest_days: age at the start, at most, of the products launched before.
        retired_share: of the products leave within the period.
        stock_out_share: of the products are out of stock once.
        stock_out_days: that this takes, shortest and longest.
        core_share: of the products, the most popular, are there from the first day to the last.
        novelty: log-appeal of a product on its first day.
        novelty_days: days until that has fallen to 1/e.
        trend_log_sd: spread of a product's slow ups and downs.
        trend_weeks: weeks until such a deviation has fallen to 1/e.
        season_log_sd: spread of the yearly swing of categories.
        promotion_share: of a product's weeks have a discount.
        discounts: off the price, relative; one of these is drawn for such a week.
        discount_appeal: log-appeal gained per log-price taken off.
    """

    popularity_log_sd: LogSd
    category_log_sd: LogSd
    n_brands: Annotated[int, Range(1, MOST_BRANDS)]
    brands_per_category: Annotated[int, Range(1, MOST_BRANDS)]
    median_prices: Annotated[Mapping[str, float], PerName(0.01, 1e6, LEAF_NAMES, is_whole=True)]
    price_log_sd: LogSd
    new_share: Share
    oldest_days: Annotated[int, Range(60, 10_000)]
    retired_share: Share
    stock_out_share: Share
    stock_out_days: DaysSpan
    core_share: Share
    novelty: LogSd
    novelty_days: Annotated[float, Range(1, 1000)]
    trend_log_sd: LogSd
    trend_weeks: Annotated[float, Range(0.5, 1000)]
    season_log_sd: LogSd
    promotion_share: Share
    discounts: Annotated[Sequence[float], Each(0, 0.9)]
    discount_appeal: Annotated[float, Range(0, 10)]

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        check_ranges("strengths.assortment", self)


@dataclass(frozen=True)
class TasteOptions:
    """What people prefer.

    Attributes:
        n_dimensions: of latent taste.
        strength: log-weight of one standard deviation of affinity.
        category_share: of the variance of a product's taste that is its category's.
        price_sensitivity: median over people of the log-weight lost per log-price above the
            category's median.
        price_log_sd: spread of that over people.
    """

    n_dimensions: Annotated[int, Range(1, 64)]
    strength: Annotated[float, Range(0, 5)]
    category_share: Share
    price_sensitivity: Annotated[float, Range(0, 5)]
    price_log_sd: LogSd

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        check_ranges("strengths.taste", self)


@dataclass(frozen=True)
class VisitOptions:
    """How a visit goes.

    Attributes:
        views_log_mean: log of the views of a visit beyond the first, mean.
        views_log_sd: the same, standard deviation.
        gap_log_mean: log of the seconds between two views, mean.
        gap_log_sd: the same, standard deviation.
        focus_share: of the views stay in the category that the visit is about.
        revisit_share: of the views return to an item of the same visit.
        resume_share: of the visits begin where the last one of that person ended.
    """

    views_log_mean: Annotated[float, Range(-2, 4)]
    views_log_sd: Annotated[float, Range(0, 2)]
    gap_log_mean: Annotated[float, Range(0, 7)]
    gap_log_sd: Annotated[float, Range(0, 3)]
    focus_share: Share
    revisit_share: Share
    resume_share: Share

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        check_ranges("strengths.visits", self)


@dataclass(frozen=True)
class Strengths:
    """All groups of a shop; each may be given as a mapping, as YAML does."""

    people: PeopleOptions
    assortment: AssortmentOptions
    taste: TasteOptions
    visits: VisitOptions
    funnel: FunnelOptions
    habits: HabitOptions
    lists: ListOptions
    searches: SearchOptions
    clock: ClockOptions

    def __post_init__(self) -> None:
        """Build the groups; an unknown or missing key is refused by its name."""
        for name, group in get_type_hints(type(self)).items():
            given = getattr(self, name)
            if not isinstance(given, group):
                built = build_part(group, given, f"data_generation.strengths.{name}.")
                object.__setattr__(self, name, built)
