"""Searches: what visitors type, what they are shown, and what they click."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from personalization.simulation.behaviour import CHUNK_ROWS, Scene, choose_items
from personalization.simulation.catalogue import LEAVES
from personalization.simulation.chance import Flags, Floats, Indices
from personalization.simulation.settings import VisitOptions

RESULTS_SHOWN: Final = 10
QUERY_KINDS: Final = {"category": 0.40, "noun": 0.35, "brand": 0.20, "typo": 0.05}
NOUN, BRAND, TYPO = 1, 2, 3  # numbers of the kinds
RANKING_NOISE: Final = 0.5  # standard deviation on log-popularity
NO_CLICK_UTILITY: Final = 1.2  # against a first result of no affinity at 0


def write_queries(scene: Scene, target: Indices, kind: Indices) -> list[str]:
    """Words typed by somebody who has the target item in mind."""
    labels = scene.items.labels.iloc[target]
    texts = []
    for leaf, brand, noun, one in zip(
        labels["leaf"], labels["brand"], labels["noun"], kind, strict=True
    ):
        category, word = LEAVES[leaf].name.lower(), LEAVES[leaf].nouns[noun].lower()
        brand_query = f"{scene.items.brands[brand].lower()} {category}"
        typo = word[0] + word[2:] + "x"
        texts.append((category, word, brand_query, typo)[one])
    return texts


def match_items(scene: Scene, target: Indices, kind: Indices) -> Flags:
    """True for the items that answer each query; shape ``(n_searches, n_items)``."""
    labels = scene.items.labels
    same = {
        part: labels[part].to_numpy()[target][:, None] == labels[part].to_numpy()
        for part in ("leaf", "noun", "brand")
    }
    asks = kind[:, None]
    found: Flags = (
        same["leaf"]
        & (asks != TYPO)
        & (same["noun"] | (asks != NOUN))
        & (same["brand"] | (asks != BRAND))
    )
    return found


def rank_results(matches: Flags, scores: Floats) -> Indices:
    """Best matching items of each search, best first, -1 where there are fewer.

    Shape ``(n_searches, RESULTS_SHOWN)``, or fewer columns in a smaller shop.

    >>> rank_results(np.array([[True, False, True]]), np.array([[0.1, 9.0, 0.7]])).tolist()
    [[2, 0, -1]]
    """
    ranked = np.where(matches, scores, -np.inf)
    best = np.argsort(-ranked, axis=1, kind="stable")[:, :RESULTS_SHOWN]
    return np.where(np.take_along_axis(matches, best, axis=1), best, -1)


def choose_results(
    rng: np.random.Generator, scene: Scene, visit: Indices, results: Indices
) -> Indices:
    """Column clicked in each search, -1 where nothing is; shape ``(n_searches,)``."""
    rows = np.repeat(visit, results.shape[1])
    affinity = scene.affinity(rows, np.maximum(results, 0).ravel()).reshape(results.shape)
    utility = affinity - np.log(np.arange(1, results.shape[1] + 1))
    utility = np.where(results >= 0, utility, -np.inf)
    leave = np.full((visit.size, 1), NO_CLICK_UTILITY)
    offered = np.hstack([leave, utility])
    noisy: Floats = offered + rng.gumbel(size=offered.shape)
    clicked: Indices = np.argmax(noisy, axis=1) - 1
    return clicked


def draw_results(
    rng: np.random.Generator, scene: Scene, searches: pd.DataFrame, kind: Indices
) -> Indices:
    """Items shown by each search: matches on sale, by popularity with some noise."""
    days = scene.period.day_of(searches["ts"].to_numpy())
    target = searches["target"].to_numpy()
    n_items = scene.items.ids.size
    parts = [np.empty((0, min(RESULTS_SHOWN, n_items)), dtype=np.int64)]
    for low in range(0, target.size, CHUNK_ROWS):
        here = slice(low, low + CHUNK_ROWS)
        matches = match_items(scene, target[here], kind[here]) & scene.items.on_sale[days[here]]
        noise = rng.normal(0.0, RANKING_NOISE, matches.shape)
        parts.append(rank_results(matches, scene.items.log_popularity + noise))
    return np.vstack(parts)


def start_searches(rng: np.random.Generator, scene: Scene, options: VisitOptions) -> pd.DataFrame:
    """Visits that search, the moment, and the item that the visitor has in mind.

    Grain: one row per search; columns ``visit``, ``ts``, ``target``.
    """
    frame = scene.visits.frame
    searches = frame["searcher"].to_numpy() & (rng.random(len(frame)) < options.search_share)
    visit = np.flatnonzero(searches)
    ts = frame["start"].to_numpy()[visit] + rng.integers(2, 120, visit.size)
    visit, ts = visit[ts < scene.period.end], ts[ts < scene.period.end]
    return pd.DataFrame({"visit": visit, "ts": ts, "target": choose_items(rng, scene, visit)})


def search(rng: np.random.Generator, scene: Scene, options: VisitOptions) -> pd.DataFrame:
    """Searches with what was shown and clicked.

    Grain: one row per search; columns ``visit``, ``ts``, ``query``, ``results`` (list of items),
    ``item`` and ``position`` clicked (-1 and 0: nothing), ``click_ts``.
    """
    searches = start_searches(rng, scene, options)
    kind = rng.choice(len(QUERY_KINDS), size=len(searches), p=list(QUERY_KINDS.values()))
    results = draw_results(rng, scene, searches, kind)
    column = choose_results(rng, scene, searches["visit"].to_numpy(), results)
    item = np.where(column < 0, -1, results[np.arange(len(searches)), column])
    click_ts = searches["ts"].to_numpy() + rng.integers(3, 60, len(searches))
    clicked = (item >= 0) & scene.items.sold_at(np.maximum(item, 0), click_ts, scene.period)
    shown = pd.Series([row[row >= 0].tolist() for row in results], dtype=object)
    return searches.drop(columns="target").assign(
        query=write_queries(scene, searches["target"].to_numpy(), kind),
        results=shown,
        item=np.where(clicked, item, -1),
        position=np.where(clicked, column + 1, 0),
        click_ts=click_ts,
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
