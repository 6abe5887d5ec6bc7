"""What can be set on a generated shop: sizes, visits, behaviour and dirt, with their ranges."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final, get_type_hints

from personalization.contracts.errors import ConfigurationError


@dataclass(frozen=True)
class Range:
    """The lowest and the highest value that an option may take."""

    low: float
    high: float


SHORTEST_DAYS: Final = 14  # room for products that launch and leave
SHARE: Final = Range(0, 1)
Share = Annotated[float, SHARE]


def is_number(value: object, kind: type) -> bool:
    """True for a value that can stand where ``kind`` (``int`` or ``float``) is asked.

    >>> is_number(3, float), is_number(2.5, int), is_number(True, int), is_number("3", int)
    (True, False, False, False)
    """
    allowed = int if kind is int else (int, float)
    return isinstance(value, allowed) and not isinstance(value, bool)


def check_ranges(group: str, options: object) -> None:
    """Refuse the first option that is no number or outside the range in its type hint.

    Raises:
        ConfigurationError: naming the key as it stands in ``conf``.
    """
    for name, hint in get_type_hints(type(options), include_extras=True).items():
        value = getattr(options, name)
        for limits in getattr(hint, "__metadata__", ()):
            if is_number(value, hint.__origin__) and limits.low <= value <= limits.high:
                continue
            kind = "a whole number" if hint.__origin__ is int else "a number"
            raise ConfigurationError(
                f"data_generation.{group}.{name} is {value!r}; "
                f"it must be {kind} from {limits.low:g} to {limits.high:g}"
            )


def read_date(key: str, text: object) -> date:
    """The day that an ISO text names.

    >>> read_date("data_generation.shop.start_date", "2026-01-31")
    datetime.date(2026, 1, 31)
    """
    try:
        return date.fromisoformat(str(text))
    except ValueError as error:
        raise ConfigurationError(f"{key} is {text!r}; it must be a date like 2026-01-31") from error


@dataclass(frozen=True)
class ShopOptions:
    """Size, period and seed of the shop.

    Attributes:
        enabled: false leaves every raw file as it is.
        seed: the same seed gives the same shop.
        start_date: first day, ISO, UTC.
        end_date: last day, ISO, UTC, included.
        n_users: registered users.
        n_products: products ever on sale.
        n_events: rows of the event table aimed at, impressions included.
        currency: ISO 4217 code of all prices.
    """

    enabled: bool
    seed: Annotated[int, Range(0, 2**32 - 1)]
    start_date: str
    end_date: str
    n_users: Annotated[int, Range(10, 10_000_000)]
    n_products: Annotated[int, Range(20, 1_000_000)]
    n_events: Annotated[int, Range(100, 1_000_000_000)]
    currency: str

    def __post_init__(self) -> None:
        """Refuse sizes out of range, unreadable dates and periods under two weeks."""
        check_ranges("shop", self)
        if not isinstance(self.enabled, bool):
            raise ConfigurationError(
                f"data_generation.shop.enabled is {self.enabled!r}; it must be true or false"
            )
        first = read_date("data_generation.shop.start_date", self.start_date)
        last = read_date("data_generation.shop.end_date", self.end_date)
        if (last - first).days + 1 < SHORTEST_DAYS:
            raise ConfigurationError(
                f"data_generation.shop.end_date is {self.end_date}; "
                f"it must leave at least {SHORTEST_DAYS} days from start_date {self.start_date}"
            )


@dataclass(frozen=True)
class VisitOptions:
    """Who visits, for how long, and which lists and searches a visit holds.

    Attributes:
        anonymous_share: share of visits without a sign-in.
        activity_log_sd: spread of visits per user, log-normal.
        views_log_mean: log of the views of a visit beyond the first, mean.
        views_log_sd: the same, standard deviation.
        gap_log_mean: log of the seconds between two views, mean.
        gap_log_sd: the same, standard deviation.
        revisit_share: share of views that return to an item of the same visit.
        list_share: share of visits that are shown a list of recommendations.
        list_length: items in such a list.
        uniform_share: share of the lists drawn uniformly; the others favour popular items.
        click_rate: share of shown items that are clicked.
        searcher_share: share of users who search at all.
        search_share: share of a searcher's visits that hold a search.
    """

    anonymous_share: Share
    activity_log_sd: Annotated[float, Range(0, 3)]
    views_log_mean: Annotated[float, Range(-2, 4)]
    views_log_sd: Annotated[float, Range(0, 2)]
    gap_log_mean: Annotated[float, Range(0, 7)]
    gap_log_sd: Annotated[float, Range(0, 3)]
    revisit_share: Share
    list_share: Share
    list_length: Annotated[int, Range(1, 20)]
    uniform_share: Share
    click_rate: Annotated[float, Range(0, 0.5)]
    searcher_share: Share
    search_share: Share

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        check_ranges("visits", self)


@dataclass(frozen=True)
class BehaviourOptions:
    """What visitors like, and what they do about it.

    Attributes:
        n_tastes: dimensions of the latent taste.
        taste_strength: log-weight of one standard deviation of affinity.
        taste_drift: standard deviation of a visit's mood around its user's taste.
        popularity_log_sd: spread of the items' popularity, log-normal.
        cart_rate: share of the items seen in a visit that go to the cart.
        checkout_rate: share of visits with a cart that end in an order.
        guest_factor: checkout rate of an unknown visitor, relative to a known one.
        line_rate: share of a cart's items bought at checkout.
        repeat_rate: share of habitual orders that are followed by another one.
        repeat_days: median days between two habitual orders.
        cancel_rate: share of order lines cancelled.
        return_rate: share of completed lines sent back, habitual items excluded.
    """

    n_tastes: Annotated[int, Range(1, 64)]
    taste_strength: Annotated[float, Range(0, 5)]
    taste_drift: Annotated[float, Range(0, 5)]
    popularity_log_sd: Annotated[float, Range(0, 3)]
    cart_rate: Share
    checkout_rate: Share
    guest_factor: Share
    line_rate: Share
    repeat_rate: Annotated[float, Range(0, 0.9)]
    repeat_days: Annotated[float, Range(1, 365)]
    cancel_rate: Share
    return_rate: Share

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        check_ranges("behaviour", self)


@dataclass(frozen=True)
class DirtOptions:
    """What is wrong with the files as received; 0 switches a fault off.

    Attributes:
        duplicate_event_share: share of event rows delivered twice.
        unparsable_time_share: share of event rows whose moment cannot be read.
        missing_customer_share: share of order lines that lost their customer.
        unparsable_price_share: share of order lines whose price cannot be read.
    """

    duplicate_event_share: Share
    unparsable_time_share: Share
    missing_customer_share: Share
    unparsable_price_share: Share

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        check_ranges("dirt", self)
