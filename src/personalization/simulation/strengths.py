"""How strongly everything acts in a generated shop: one group of parameters for each idea.

Values and sources: ``conf/base/parameters/data_generation.yml``; formulas: ``README.md`` here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, get_type_hints

from personalization.contracts.entries import build_part
from personalization.simulation.clock import ClockOptions
from personalization.simulation.responses import (
    FunnelOptions,
    HabitOptions,
    ListOptions,
    SearchOptions,
)
from personalization.simulation.settings import LogSd, Range, Rate, Share, check_ranges


@dataclass(frozen=True)
class PeopleOptions:
    """Who visits.

    Attributes:
        n_segments: groups of people with a taste in common.
        segment_share: of the variance of taste that lies between segments.
        activity_log_sd: spread of visits per person.
        stranger_visits: mean visits of a person without an account.
        new_share: of the accounts that are opened within the period.
        stay_days: mean days until a person comes no more, exponential.
        signed_in_share: of the visits of people with an account.
        bot_share: bots per person.
        bot_visits_per_day: of a bot.
    """

    n_segments: Annotated[int, Range(1, 1000)]
    segment_share: Share
    activity_log_sd: LogSd
    stranger_visits: Rate
    new_share: Share
    stay_days: Annotated[float, Range(1, 100_000)]
    signed_in_share: Share
    bot_share: Share
    bot_visits_per_day: Rate

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        check_ranges("strengths.people", self)


@dataclass(frozen=True)
class AssortmentOptions:
    """What is on sale, when, and how its appeal moves; the same for everybody.

    Attributes:
        popularity_log_sd: spread of the products' popularity.
        price_log_sd: spread of prices within a category.
        new_share: of the products are launched within the period.
        retired_share: of the products leave within the period.
        stock_out_share: of the products are out of stock once.
        novelty: log-appeal of a product on its first day.
        novelty_days: days until that has fallen to 1/e.
        trend_log_sd: spread of a product's slow ups and downs.
        trend_weeks: weeks until such a deviation has fallen to 1/e.
        season_log_sd: spread of the yearly swing of categories.
        promotion_share: of a product's weeks have a discount.
    """

    popularity_log_sd: LogSd
    price_log_sd: LogSd
    new_share: Share
    retired_share: Share
    stock_out_share: Share
    novelty: LogSd
    novelty_days: Annotated[float, Range(1, 1000)]
    trend_log_sd: LogSd
    trend_weeks: Annotated[float, Range(0.5, 1000)]
    season_log_sd: LogSd
    promotion_share: Share

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
