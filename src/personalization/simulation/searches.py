"""Searches: what visitors type, what they are shown, and what they click."""

from __future__ import annotations

import numpy as np
import pandas as pd

from personalization.simulation.catalogue import LEAVES
from personalization.simulation.chance import Flags, Floats, Indices
from personalization.simulation.choice import Chooser
from personalization.simulation.responses import QUERY_KINDS, SearchOptions
from personalization.simulation.visits import Visits
from personalization.simulation.world import World

NOUN, BRAND, TYPO = (QUERY_KINDS.index(kind) for kind in ("noun", "brand", "typo"))


def query_shares(rules: SearchOptions) -> Floats:
    """Share of each of :data:`QUERY_KINDS` among the queries."""
    weights = np.array([rules.query_weights.get(kind, 0.0) for kind in QUERY_KINDS])
    shares: Floats = weights / weights.sum()
    return shares


def write_queries(world: World, target: Indices, kind: Indices) -> list[str]:
    """Words typed by somebody who has the target item in mind."""
    items, texts = world.items, []
    parts = (items.leaf[target], items.brand[target], items.noun[target], kind)
    for leaf, brand, noun, one in zip(*(part.tolist() for part in parts), strict=True):
        category, word = LEAVES[leaf].name.lower(), LEAVES[leaf].nouns[noun].lower()
        brand_query = f"{items.brands[brand].lower()} {category}"
        typo = word[0] + word[2:] + "x"
        texts.append((category, word, brand_query, typo)[one])
    return texts


def find_candidates(world: World, target: Indices) -> Indices:
    """All items of the target's leaf, -1 where it has fewer than the largest; a row per target."""
    bounds, leaf = world.items.first_of_leaf, world.items.leaf[target]
    place = np.arange(int(np.diff(bounds).max()))
    candidates = bounds[leaf][:, None] + place
    return np.where(candidates < bounds[leaf + 1][:, None], candidates, -1)


def match_candidates(world: World, target: Indices, kind: Indices, candidates: Indices) -> Flags:
    """True for the candidates that answer each query."""
    items, asks = world.items, kind[:, None]
    found: Flags = (
        (candidates >= 0)
        & (asks != TYPO)
        & ((items.noun[candidates] == items.noun[target][:, None]) | (asks != NOUN))
        & ((items.brand[candidates] == items.brand[target][:, None]) | (asks != BRAND))
    )
    return found


def rank_results(candidates: Indices, matches: Flags, scores: Floats, most: int) -> Indices:
    """Best matching candidates of each search, best first, -1 where there are fewer.

    >>> items = np.array([[4, 5, 6]])
    >>> rank_results(items, items != 5, np.array([[0.1, 9.0, 0.7]]), 3).tolist()
    [[6, 4, -1]]
    """
    ranked = np.where(matches, scores, -np.inf)
    best = np.argsort(-ranked, axis=1, kind="stable")[:, :most]
    found = np.take_along_axis(matches, best, axis=1)
    return np.where(found, np.take_along_axis(candidates, best, axis=1), -1)


def draw_results(world: World, target: Indices, kind: Indices, day: Indices) -> Indices:
    """Items shown by each search: matches on sale, the most popular of the day first."""
    candidates = find_candidates(world, target)
    appeal = world.assortment.appeal[day[:, None], candidates].astype(np.float64)
    matches = match_candidates(world, target, kind, candidates) & (appeal > 0)
    scores = world.items.log_popularity[candidates] + np.log(np.maximum(appeal, 1e-9))
    return rank_results(candidates, matches, scores, world.strengths.searches.results)


def choose_results(
    world: World, chooser: Chooser, visits: Visits, visit: Indices, results: Indices
) -> Indices:
    """Column clicked in each search, -1 where nothing is; shape ``(n_searches,)``.

    Args:
        world: the shop.
        chooser: of the people.
        visits: the visits.
        visit: of each search.
        results: items shown, -1 where there are fewer; ``(n_searches, results)``.
    """
    n_shown, person, count = results.shape[1], visits.person[visit], visits.count[visit]
    shown = (np.repeat(person, n_shown), np.maximum(results, 0).ravel())
    affinity = chooser.affinity(*shown, np.repeat(visits.day[visit], n_shown))
    affinity = affinity.reshape(results.shape)
    rules, place = world.strengths.searches, np.arange(1, n_shown + 1)
    unseen = rules.position_bias * np.log(place)
    utility = np.where(results >= 0, affinity - unseen, -np.inf)
    leave = np.full((person.size, 1), rules.leave_utility)
    place = count[:, None] * (n_shown + 1) + np.arange(n_shown + 1)
    number = chooser.people.number[person][:, None]
    noise = -np.log(-np.log(world.chance.uniforms("result", number, place)))
    chosen: Indices = np.argmax(np.hstack([leave, utility]) + noise, axis=1)
    return chosen - 1


def search(world: World, chooser: Chooser, visits: Visits) -> pd.DataFrame:
    """Searches with what was shown and clicked.

    Grain: one row per search; columns ``visit``, ``ts``, ``query``, ``results`` (list of items),
    ``item`` and ``position`` clicked (-1 and 0: nothing), ``click_ts``.
    """
    rules, chance, people = world.strengths.searches, world.chance, chooser.people
    number = people.number[visits.person]
    wants = chance.uniforms("search", number, visits.count) < rules.visit_share
    visit = np.flatnonzero(wants & people.searches[visits.person])
    person, count, day = visits.person[visit], visits.count[visit], visits.day[visit]
    keys = (number[visit], count)
    target = chooser.draw_items("target", person, count, day, np.full(visit.size, -1))
    kind = chance.choices("query", query_shares(rules), *keys)
    results = draw_results(world, np.maximum(target, 0), kind, day)
    column = choose_results(world, chooser, visits, visit, results)
    ts = visits.start[visit] + chance.between("search second", rules.query_seconds, *keys)
    found = pd.DataFrame(
        {
            "visit": visit,
            "ts": ts,
            "query": write_queries(world, np.maximum(target, 0), kind),
            "results": pd.Series([row[row >= 0] for row in results], dtype=object),
            "item": np.where(column < 0, -1, results[np.arange(visit.size), column]),
            "position": column + 1,
            "click_ts": ts + chance.between("result second", rules.click_seconds, *keys),
        }
    )
    same_day: Flags = (target >= 0) & (world.period.day_of(ts) == day)
    found = found.loc[same_day].reset_index(drop=True)
    in_time: Flags = world.period.day_of(found["click_ts"].to_numpy()) == day[same_day]
    return found.assign(
        item=found["item"].where(in_time, -1), position=found["position"].where(in_time, 0)
    )


def click_on_results(searches: pd.DataFrame) -> pd.DataFrame:
    """Views opened by a click on a search result.

    Grain: one row per click; columns ``visit``, ``item``, ``ts``, ``request`` (-1: none).
    """
    clicked = searches[searches["item"] >= 0]
    return pd.DataFrame(
        {
            "visit": clicked["visit"],
            "item": clicked["item"],
            "ts": clicked["click_ts"],
            "request": -1,
        }
    )
