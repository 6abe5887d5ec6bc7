"""What a fit needs to know of a shop: counts of bounded number."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from personalization.simulation.shapes import Counts


class CartVisits(NamedTuple):
    """Visits with as many items in the cart, in the same way.

    Attributes:
        known: the person was known from the first look on.
        n_items: in the cart.
        paid: some of them were bought.
        visits: how many such visits.
        bought: items bought in all of them.
    """

    known: bool
    n_items: int
    paid: bool
    visits: int
    bought: int


@dataclass(frozen=True)
class ShopProfile:
    """A shop's log in numbers. Visits that only repeat earlier purchases are left out.

    Attributes:
        records_views: false: the shop records orders only, and each is taken for a visit.
        first_day: ISO, UTC.
        daily_visits: from the first day to the last.
        hourly_visits: by hour of the day in which they began, UTC.
        n_items: ever looked at or bought.
        n_users: known ones.
        visits: of anybody.
        known_visits: whose user was known, if only at the end.
        signed_in_visits: whose user was known from the first look on.
        middle_visits: users by visits in the middle half of the period, of those who also come in
            its first and in its last quarter.
        edge_traffic: visits of the first and of the last quarter per visit of the middle half.
        lengths: visits of known users, where there are any, by views; without views, orders by
            items.
        gap_log: mean and standard deviation of the log of the seconds between views; None: unknown.
        seen: items seen in such visits, once in each, that the user had not bought before.
        carted: of these, put into the cart.
        carts: visits with a cart.
        lines_per_item: items by order lines.
        returned: items by order lines of known users, and by how many of these were sent back.
        price_log_sd: of items within their category; None where there is none.
    """

    records_views: bool
    first_day: str
    daily_visits: Sequence[int]
    hourly_visits: Sequence[int]
    n_items: int
    n_users: int
    visits: int
    known_visits: int
    signed_in_visits: int
    middle_visits: Counts
    edge_traffic: tuple[float, float]
    lengths: Counts
    gap_log: tuple[float, float] | None
    seen: int
    carted: int
    carts: Sequence[CartVisits]
    lines_per_item: Counts
    returned: Mapping[tuple[int, int], int]
    price_log_sd: float | None
