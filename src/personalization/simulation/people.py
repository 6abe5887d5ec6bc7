"""People who visit: with an account, without one, and machines; what they like, when they come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from personalization.simulation.chance import Chance, Flags, Floats, Indices
from personalization.simulation.world import World

COUNTRIES: Final = {"GB": 0.45, "DE": 0.25, "FR": 0.20, "NL": 0.10}
DEVICES: Final = {"mobile": 0.58, "desktop": 0.34, "tablet": 0.08}
OLDEST_DAYS: Final = 900  # of an account
BOT_DAYS: Final = 20.0  # that a bot comes, at most


@dataclass(frozen=True)
class People:
    """Some people, one entry per person in each array.

    Attributes:
        number: of the person in the shop.
        has_account: true for registered users.
        is_bot: true for machines.
        tastes: latent taste, shape ``(n_people, n_dimensions)``.
        price_sensitivity: log-weight lost per log-price.
        visits_per_day: expected on an average day.
        first_day: from then on a person comes, in days from the start of the period; an account
            was opened then.
        last_day: until then.
        device: number of the device used most.
        country: number of the country.
        searches: whether the person uses the search box.
    """

    number: Indices
    has_account: Flags
    is_bot: Flags
    tastes: Floats
    price_sensitivity: Floats
    visits_per_day: Floats
    first_day: Floats
    last_day: Floats
    device: Indices
    country: Indices
    searches: Flags


def draw_tastes(chance: Chance, world: World, number: Indices) -> Floats:
    """Taste of each person: partly the segment's, partly the person's own."""
    options, n_dimensions = world.strengths.people, world.strengths.taste.n_dimensions
    dimension = np.arange(n_dimensions)
    segment = chance.below("segment", options.n_segments, number)
    centres = chance.normals("segment taste", np.arange(options.n_segments)[:, None], dimension)
    centre = (centres - centres.mean(axis=0))[segment]
    own = chance.normals("taste", number[:, None], dimension)
    shared = options.segment_share
    tastes: Floats = np.sqrt(shared) * centre + np.sqrt(1 - shared) * own
    return tastes


def draw_activity(chance: Chance, world: World, number: Indices, has_account: Flags) -> Floats:
    """Expected visits of each person on an average day, bots left aside."""
    options, n_days = world.strengths.people, world.period.n_days
    spread = options.activity_log_sd
    relative = np.exp(spread * chance.normals("activity", number) - spread**2 / 2)
    mean = np.where(has_account, world.size.visits_per_user, options.stranger_visits)
    activity: Floats = relative * mean / n_days
    return activity


def draw_stay(
    chance: Chance, world: World, number: Indices, is_bot: Flags
) -> tuple[Floats, Floats]:
    """First and last day of each person, in days from the start of the period."""
    options, n_days = world.strengths.people, world.period.n_days
    is_new = (chance.uniforms("new", number) < options.new_share) | is_bot
    drawn = chance.uniforms("first day", number)
    first = np.where(is_new, drawn * n_days, -drawn * OLDEST_DAYS)
    stays = -np.log(chance.uniforms("stay", number)) * options.stay_days
    stays = np.where(is_bot, np.minimum(stays, BOT_DAYS), stays)
    return first, np.minimum(np.maximum(first, 0.0) + stays, n_days)


def draw_people(world: World, number: Indices) -> People:
    """The people of these numbers, whoever else is drawn."""
    chance, options = Chance(world.seed), world.strengths.people
    has_account = number < world.size.n_users
    is_bot = number >= world.size.n_users + world.size.n_strangers
    first_day, last_day = draw_stay(chance, world, number, is_bot)
    activity = draw_activity(chance, world, number, has_account)
    price = world.strengths.taste
    spread = np.exp(price.price_log_sd * chance.normals("price sensitivity", number))
    searcher = chance.uniforms("searcher", number) < world.strengths.searches.searcher_share
    return People(
        number=number,
        has_account=has_account,
        is_bot=is_bot,
        tastes=draw_tastes(chance, world, number),
        price_sensitivity=price.price_sensitivity * spread,
        visits_per_day=np.where(is_bot, options.bot_visits_per_day, activity),
        first_day=first_day,
        last_day=last_day,
        device=chance.choices("device", np.array(list(DEVICES.values())), number),
        country=chance.choices("country", np.array(list(COUNTRIES.values())), number),
        searches=searcher & ~is_bot,
    )
