"""People who visit: with an account, without one, and machines; what they like, when they come."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from personalization.simulation.chance import Chance, Flags, Floats, Indices
from personalization.simulation.shifts import BOT_WAVE, TASTE_CHANGE, find_shift
from personalization.simulation.world import World


@dataclass(frozen=True)
class People:
    """Some people, one entry per person in each array.

    Attributes:
        number: of the person in the shop.
        has_account: true for registered users.
        is_bot: true for machines.
        tastes: latent taste, shape ``(n_people, n_dimensions)``.
        later_tastes: taste from ``changes_on`` on, same shape.
        changes_on: day on which taste changes; infinite where it does not.
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
    later_tastes: Floats
    changes_on: Floats
    price_sensitivity: Floats
    visits_per_day: Floats
    first_day: Floats
    last_day: Floats
    device: Indices
    country: Indices
    searches: Flags

    def as_of(self, day: int) -> People:
        """The same people with the taste that they have on a day and for ever."""
        changed = (self.changes_on <= day)[:, None]
        tastes = np.where(changed, self.later_tastes, self.tastes)
        never = np.full(self.number.size, np.inf)
        return replace(self, tastes=tastes, later_tastes=tastes, changes_on=never)


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


def change_tastes(chance: Chance, world: World, number: Indices, tastes: Floats) -> Floats:
    """Taste of each person after a change of taste; the same where there is none."""
    change = find_shift(world.shifts, TASTE_CHANGE)
    if change is None:
        return tastes
    fresh = chance.normals("later taste", number[:, None], np.arange(tastes.shape[1]))
    later: Floats = np.sqrt(1 - change.strength) * tastes + np.sqrt(change.strength) * fresh
    return later


def draw_change_days(chance: Chance, world: World, number: Indices) -> Floats:
    """Day on which each person's taste changes, spread evenly over the scenario's days."""
    change = find_shift(world.shifts, TASTE_CHANGE)
    if change is None:
        return np.full(number.size, np.inf)
    days: Floats = change.first + np.floor(change.days * chance.uniforms("changes on", number))
    return days


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
    first = np.where(is_new, drawn * n_days, -drawn * options.oldest_days)
    stays = -np.log(chance.uniforms("stay", number)) * options.stay_days
    stays = np.where(is_bot, np.minimum(stays, options.bot_stay_days), stays)
    wave = find_shift(world.shifts, BOT_WAVE)
    if wave is not None:
        of_wave = number >= world.n_steady
        first = np.where(of_wave, wave.first, first)
        stays = np.where(of_wave, wave.days, stays)
    return first, np.minimum(np.maximum(first, 0.0) + stays, n_days)


def draw_people(world: World, number: Indices) -> People:
    """The people of these numbers, whoever else is drawn."""
    chance, options = Chance(world.seed), world.strengths.people
    has_account = number < world.size.n_users
    is_bot = number >= world.n_humans
    first_day, last_day = draw_stay(chance, world, number, is_bot)
    activity = draw_activity(chance, world, number, has_account)
    price = world.strengths.taste
    spread = np.exp(price.price_log_sd * chance.normals("price sensitivity", number))
    tastes = draw_tastes(chance, world, number)
    searcher = chance.uniforms("searcher", number) < world.strengths.searches.searcher_share
    return People(
        number=number,
        has_account=has_account,
        is_bot=is_bot,
        tastes=tastes,
        later_tastes=change_tastes(chance, world, number, tastes),
        changes_on=draw_change_days(chance, world, number),
        price_sensitivity=price.price_sensitivity * spread,
        visits_per_day=np.where(is_bot, options.bot_visits_per_day, activity),
        first_day=first_day,
        last_day=last_day,
        device=chance.choices("device", np.array(list(options.device_weights.values())), number),
        country=chance.choices("country", np.array(list(options.country_weights.values())), number),
        searches=searcher & ~is_bot,
    )
