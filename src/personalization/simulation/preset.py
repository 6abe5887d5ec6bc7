"""A real shop's preset: all that its log tells of a generated shop's parameters, as YAML."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace
from typing import Any, Final, get_args, get_type_hints

from personalization.simulation import calibration, estimators, fitting
from personalization.simulation.fitting import SIZE, Estimate
from personalization.simulation.limits import Range
from personalization.simulation.profile import ShopProfile
from personalization.simulation.settings import ShopOptions
from personalization.simulation.strengths import Strengths
from personalization.simulation.visits import MOST_VIEWS

DIGITS: Final = 3
ROUNDS: Final = 3
REASONS: Final = {
    "people": "the log does not tell who could have come and did not, or who came unknown",
    "assortment": "needs the products' own calendar",
    "taste": "latent; needs a model of choices",
    "visits": "not told by counts",
    "funnel": "not told by this log",
    "habits": "not told apart from other repeated purchases",
    "lists": "the interactions hold no impressions",
    "searches": "the interactions hold clicks only, not the searches",
    "clock": "no visits",
}
OTHER_CATEGORIES: Final = "the shop's categories are not the generator's"
# Options with a reason of their own.
OWN_REASONS: Final = {
    "cancel_share": "cancelled lines are no interactions, or count as returns",
    "cycle_days": OTHER_CATEGORIES,
    "median_prices": OTHER_CATEGORIES,
}


def option_range(key: str) -> Range | None:
    """The range of a number below ``strengths``; None of anything else."""
    area, *rest = key.split(".")
    if area != "strengths":
        return None
    group = get_type_hints(Strengths)[rest[0]]
    hint = get_type_hints(group, include_extras=True)[rest[1]]
    return next((one for one in get_args(hint)[1:] if isinstance(one, Range)), None)


def cut(estimate: Estimate) -> Estimate:
    """The estimate within the range of its option, and told where it was not."""
    limits = option_range(estimate.key)
    if limits is None or not isinstance(estimate.value, int | float):
        return estimate
    value = min(max(estimate.value, limits.low), limits.high)
    if value == estimate.value:
        return estimate
    return replace(estimate, value=value, how=f"{estimate.how}; cut from {estimate.value:.4g}")


def put_in(strengths: Strengths, estimates: Iterable[Estimate]) -> Strengths:
    """The strengths with the estimates in their places."""
    groups: dict[str, dict[str, Any]] = {}
    for one in estimates:
        area, group, *name = one.key.split(".")
        if area == "strengths":
            groups.setdefault(group, {})[name[0]] = one.value
    changed: dict[str, Any] = {
        name: replace(getattr(strengths, name), **new) for name, new in groups.items()
    }
    return replace(strengths, **changed)


def fit_what_is_told(profile: ShopProfile, strengths: Strengths, last_day: str) -> list[Estimate]:
    """What counts tell without a simulated shop; its last day is the generated shop's."""
    found = [*fitting.fit_clock(profile, strengths, last_day), *fitting.fit_visits(profile)]
    if profile.records_views:
        found += fitting.fit_checkout(profile, strengths)
    else:
        found += fitting.settle_orders_only()
    found += [*fitting.fit_returns(profile, strengths.habits), *fitting.fit_people(profile)]
    return [cut(one) for one in found]


def fit_shop(profile: ShopProfile, shop: ShopOptions, strengths: Strengths) -> list[Estimate]:
    """Every parameter that the log tells, beside what is set.

    Args:
        profile: the shop's log in numbers.
        shop: of the generator; its seed draws the sample that is compared.
        strengths: as set; they stand wherever the log tells nothing.
    """
    found = fit_what_is_told(profile, strengths, shop.end_date)
    fitted = put_in(strengths, found)
    size = list(fitting.fit_size(profile, fitted))
    if not size:
        return found
    extent = {
        one.key.rpartition(".")[2]: one.value
        for one in size
        if SIZE in one.key and isinstance(one.value, int | float)
    }
    like = replace(shop, test_days=1, size=SIZE, sizes={SIZE: extent})
    chosen = fit_choices(profile, like, fitted)
    better = {one.key for one in chosen}
    n_days = len(profile.daily_visits)
    if shop.test_days >= n_days:
        told = "the log is too short for the test days that are set"
        size.insert(1, Estimate("shop.test_days", n_days // 3, "days", told))
    return [*size, *(one for one in found if one.key not in better), *chosen]


def fit_choices(profile: ShopProfile, shop: ShopOptions, strengths: Strengths) -> list[Estimate]:
    """Popularity and the wish to buy, by what a simulated sample of people does with them."""
    found = []
    if profile.carted and profile.seen:
        share = profile.carted / profile.seen
        sample = calibration.draw_sample(shop, strengths)
        logit = calibration.solve_cart_logit(sample, strengths, share)
        told = f"{share:.2%} of the items seen; taste and intent as set"
        found.append(
            cut(Estimate("strengths.funnel.cart_logit", logit, "log-odds at affinity 0", told))
        )
        strengths = put_in(strengths, found)
    return [*found, *match_sales(profile, shop, strengths)]


def match_sales(profile: ShopProfile, shop: ShopOptions, strengths: Strengths) -> list[Estimate]:
    """The spread of popularity, and the length of visits, with which a sample sells as the shop.

    Taste, price, season and launches spread sales too, and what is drawn twice in a visit is one
    item of its order. What they do is seen by simulating them, and taken off; each round begins
    where the last one ended.
    """
    sold = estimators.fit_popularity(profile.lines_per_item)
    if sold is None:
        return []
    found: list[Estimate] = []
    for _ in range(ROUNDS):
        sample = calibration.draw_sample(shop, strengths)
        found = [match_popularity(profile, sample, strengths, sold)]
        if not profile.records_views:
            found.append(match_lengths(profile, sample, strengths))
        strengths = put_in(strengths, found)
    return found


def match_popularity(
    profile: ShopProfile, sample: calibration.Sample, strengths: Strengths, sold: float
) -> Estimate:
    """The spread of popularity, once what the sample's sales are spread too much is taken off."""
    lines = sum(count * times for count, times in profile.lines_per_item.items())
    counts = calibration.sell_sample(sample, strengths, lines / profile.n_items)
    seen = estimators.fit_popularity(counts) or 0.0
    variance = strengths.assortment.popularity_log_sd**2 + sold**2 - seen**2
    told = f"sales have {sold:.2f}; what taste, price, season and launches as set add is taken off"
    key = "strengths.assortment.popularity_log_sd"
    return cut(Estimate(key, max(variance, 0.0) ** 0.5, "natural log of weight", told))


def match_lengths(
    profile: ShopProfile, sample: calibration.Sample, strengths: Strengths
) -> Estimate:
    """The length of visits, once it is stretched by what the sample's orders hold too little."""
    items = sum(min(n, MOST_VIEWS) * times for n, times in profile.lengths.items())
    wanted = items / sum(profile.lengths.values())
    had = float(sample.seen.sum(axis=1).mean())
    mean = strengths.visits.views_log_mean + math.log(wanted / had)
    told = f"{wanted:.1f} items in an order; what is drawn twice counts once"
    key = "strengths.visits.views_log_mean"
    return cut(Estimate(key, mean, "natural log of the items beyond the first", told))


def list_missing(estimates: Iterable[Estimate]) -> dict[str, str]:
    """Options that the preset leaves as they are set, each with the reason."""
    told = {one.key for one in estimates}
    missing = {}
    for name, group in get_type_hints(Strengths).items():
        for option in fields(group):
            key = f"strengths.{name}.{option.name}"
            if key not in told:
                missing[key] = OWN_REASONS.get(option.name, REASONS[name])
    if f"{fitting.SIZE_KEY}.days" not in told:
        missing["shop.sizes"] = "the shop is smaller than the generator's smallest"
    return missing


def write_value(value: object) -> str:
    """A value as YAML, with as many digits as an estimate deserves.

    >>> write_value(3), write_value(1.234567), write_value([1, 0.5]), write_value("fitted")
    ('3', '1.235', '[1, 0.5]', 'fitted')
    """
    if isinstance(value, list):
        return f"[{', '.join(write_value(one) for one in value)}]"
    if isinstance(value, float):
        return repr(round(value, DIGITS))
    return str(value)


def write_tree(tree: Mapping[str, Any], depth: int = 0) -> list[str]:
    """Lines of YAML; a leaf is an estimate as a mapping, and has unit and origin as a comment."""
    lines = []
    for key, branch in tree.items():
        start = f"{'  ' * depth}{key}:"
        if "how" in branch:
            lines.append(
                f"{start} {write_value(branch['value'])}  # {branch['unit']}: {branch['how']}"
            )
        else:
            lines += [start, *write_tree(branch, depth + 1)]
    return lines


def write_yaml(estimates: Iterable[Mapping[str, Any]]) -> str:
    """The estimates as a parameter file of ``data_generation``."""
    tree: dict[str, Any] = {}
    for one in estimates:
        branch = tree
        *above, name = one["key"].split(".")
        for part in above:
            branch = branch.setdefault(part, {})
        branch[name] = one
    return "\n".join(write_tree({"data_generation": tree} if tree else {}))
