"""Estimators of a generated shop's parameters from counts; each says what it assumes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize
from scipy.special import gammaln
from scipy.stats import norm

from personalization.simulation.chance import Floats
from personalization.simulation.profile import CartVisits
from personalization.simulation.shapes import Counts

Weight = Callable[[Floats], Floats]
Loss = Callable[[NDArray[np.float64]], float]

GRID: Final = np.linspace(-6, 6, 241)  # standard deviations
LARGE: Final = 50  # from here on the logarithm of a count is normal
ROUNDS: Final = 100  # of the proportional fitting of months and weekdays
LEAST: Final = 1e-300
STEP: Final = 0.3  # first steps of a search


def log_densities(numbers: Floats, mean: float, sd: float, weight: Weight) -> Floats:
    """Log-probability of each count, before it is divided by that of being seen at all.

    The rate is log-normal. Small counts are integrated over a grid; the logarithm of a large one
    is normal with the Poisson variance ``1 / n`` added.
    """
    rate = np.exp(mean + sd * GRID)
    share = norm.pdf(GRID) * (GRID[1] - GRID[0]) * weight(rate)
    small = numbers < LARGE
    few = numbers[small][:, None]
    poisson = np.exp(few * np.log(rate) - rate - gammaln(few + 1))
    found = np.empty(numbers.size)
    found[small] = np.log(np.maximum(poisson @ share, LEAST))
    many = numbers[~small]
    spread = np.sqrt(sd**2 + 1 / many)
    found[~small] = norm.logpdf(np.log(many), mean, spread) - np.log(many)
    found[~small] += np.log(np.maximum(weight(many), LEAST))
    return found


def find_lowest(loss: Loss, mean: float, sd: float) -> tuple[float, float]:
    """Mean and standard deviation at which the loss of mean and log-sd is lowest.

    SciPy's own first steps are in proportion to where it begins, and next to none from 0.
    """
    start = np.array([mean, np.log(sd)])
    simplex = start + np.array([[0.0, 0.0], [STEP, 0.0], [0.0, STEP]])
    options = {"initial_simplex": simplex}
    found = minimize(loss, start, method="Nelder-Mead", options=options).x
    return float(found[0]), float(np.exp(found[1]))


def fit_poisson_log_normal(
    counts: Counts, weight: Weight, seen: Weight
) -> tuple[float, float] | None:
    """Mean and standard deviation of the log of rates whose Poisson counts were seen.

    Maximum likelihood, so that the counts' own noise does not pass for a spread of rates.

    Args:
        counts: how often each count was seen.
        weight: of a rate: probability of what was seen beside the count.
        seen: of a rate: probability of being seen at all.

    Returns:
        None where fewer than two different counts were seen.
    """
    if len(counts) < 2:  # noqa: PLR2004 - a spread needs two
        return None
    numbers = np.array(sorted(counts), dtype=np.float64)
    times = np.array([counts[int(number)] for number in numbers])

    def loss(at: NDArray[np.float64]) -> float:
        mean, sd = float(at[0]), float(np.exp(at[1]))
        rate = np.exp(mean + sd * GRID)
        visible = float((norm.pdf(GRID) * (GRID[1] - GRID[0]) * seen(rate)).sum())
        known = float((times * log_densities(numbers, mean, sd, weight)).sum())
        return float(times.sum() * np.log(max(visible, LEAST))) - known

    logs = np.log(np.maximum(numbers, 0.5))
    middle = float(np.average(logs, weights=times))
    spread = float(np.sqrt(np.average((logs - middle) ** 2, weights=times)))
    return find_lowest(loss, middle, max(spread, 0.1))


def fit_popularity(lines_per_item: Counts) -> float | None:
    """Log-sd of the items' sales; items never sold are not seen, so that counts begin at 1."""
    found = fit_poisson_log_normal(
        lines_per_item, weight=np.ones_like, seen=lambda rate: -np.expm1(-rate)
    )
    return found[1] if found else None


def fit_activity(middle_visits: Counts, edges: tuple[float, float]) -> float | None:
    """Log-sd of the users' rates of visits.

    Who comes both before and after the middle of the period was there throughout it, so that the
    visits between differ by rate and chance alone. That the busy are more often seen at both ends
    is part of the likelihood.

    Args:
        middle_visits: users by visits in the middle.
        edges: traffic of both ends relative to the middle.
    """

    def at_both(rate: Floats) -> Floats:
        both: Floats = np.expm1(-rate * edges[0]) * np.expm1(-rate * edges[1])
        return both

    found = fit_poisson_log_normal(middle_visits, weight=at_both, seen=at_both)
    return found[1] if found else None


def fit_lengths(lengths: Counts) -> tuple[float, float] | None:
    """Mean and sd of the log of the views beyond the first, of which whole ones are seen.

    A visit of n views has a log-normal number from n - 1 to below n behind it.
    """
    if len(lengths) < 2:  # noqa: PLR2004 - a spread needs two
        return None
    views = np.array(sorted(lengths), dtype=np.float64)
    times = np.array([lengths[int(view)] for view in views])
    with np.errstate(divide="ignore"):
        low, high = np.log(views - 1), np.log(views)

    def loss(at: NDArray[np.float64]) -> float:
        mean, sd = at[0], np.exp(at[1])
        within = norm.cdf((high - mean) / sd) - norm.cdf((low - mean) / sd)
        return -float((times * np.log(np.maximum(within, LEAST))).sum())

    start = float(np.average(np.log(np.maximum(views - 0.5, 0.5)), weights=times))
    return find_lowest(loss, start, 1.0)


def fit_calendar(first_day: str, traffic: Floats) -> tuple[list[float], list[float]]:
    """Weights of weekdays and months whose products come nearest to the days' traffic.

    Proportional fitting, the maximum likelihood of independent factors. Each has mean 1; a month
    that the period does not hold has 1.

    Args:
        first_day: ISO.
        traffic: of each day.
    """
    days = np.datetime64(first_day, "D") + np.arange(traffic.size)
    month = days.astype("datetime64[M]").astype(np.int64) % 12
    weekday = (days.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    by_month, by_weekday = np.ones(12), np.ones(7)
    for _ in range(ROUNDS):
        by_weekday = rescale(weekday, traffic, by_month[month], 7)
        by_month = rescale(month, traffic, by_weekday[weekday], 12)
    return by_weekday.tolist(), by_month.tolist()


def rescale(place: NDArray[np.int64], traffic: Floats, expected: Floats, size: int) -> Floats:
    """Traffic over expected traffic of each place, mean 1 over those that occur, else 1."""
    seen = np.bincount(place, minlength=size) > 0
    total = np.bincount(place, traffic, size)
    base = np.bincount(place, expected, size)
    factor = np.where(seen, total / np.where(base > 0, base, 1), 0.0)
    mean = factor[seen].mean()
    scaled: Floats = np.where(seen, factor / mean if mean > 0 else 1.0, 1.0)
    return scaled


def fit_returns(returned: Mapping[tuple[int, int], int]) -> float | None:
    """Share of the lines sent back, of items that are sent back at all.

    Some items never are: a mixture of them and of binomial counts, by expectation-maximisation.

    Args:
        returned: items by order lines, and by how many of these were sent back.

    Returns:
        None where nothing was sent back.
    """
    lines, back, times = (
        (
            np.array(column, dtype=np.float64)
            for column in zip(*((*key, n) for key, n in returned.items()), strict=True)
        )
        if returned
        else (np.zeros(0), np.zeros(0), np.zeros(0))
    )
    if not (times * back).sum():
        return None
    share, never = (times * back).sum() / (times * lines).sum(), 0.5
    for _ in range(ROUNDS):
        kept = (back == 0) * never / (never + (1 - never) * (1 - share) ** lines)
        weight = times * (1 - kept)
        share, never = (
            (weight * back).sum() / (weight * lines).sum(),
            1 - weight.sum() / times.sum(),
        )
    return float(share)


def fit_line_share(carts: Sequence[CartVisits]) -> float | None:
    """Share of a cart's items that is bought at checkout; who buys nothing is not seen paying."""
    paid = [one for one in carts if one.paid]
    bought, items = (sum(one.bought for one in paid), sum(one.n_items * one.visits for one in paid))
    if not bought:
        return None

    def surplus(share: float) -> float:
        return bought - sum(
            one.visits * one.n_items * share / (1 - (1 - share) ** one.n_items) for one in paid
        )

    fewest = sum(one.visits for one in paid)  # a share near 0 leaves one item of each cart
    if bought in {items, fewest}:
        return 1.0 if bought == items else None
    return float(brentq(surplus, 1e-9, 1.0))


def fit_checkout(carts: Sequence[CartVisits], line_share: float) -> float | None:
    """Share of visits with a cart that end at the checkout, also where no item was kept."""
    visible = sum(one.visits * (1 - (1 - line_share) ** one.n_items) for one in carts)
    paid = sum(one.visits for one in carts if one.paid)
    return min(paid / visible, 1.0) if visible else None
