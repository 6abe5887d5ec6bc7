"""The peer of generation: rows without behaviour, each column drawn by itself, one process.

It writes the tables, columns, daily files and forms of identifiers of the generated shop, with
NumPy's own generator and Arrow's CSV writer, as a plain script would.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


DAYS = 425
FIRST_DAY = np.datetime64("2025-05-02")
ITEMS = 2000
PEOPLE = 100_000
SIZE_TOLERANCE = 0.1
KINDS = {"view": 0.84, "impression": 0.12, "cart": 0.03, "purchase": 0.01}
DEVICES, COUNTRIES = ("mobile", "desktop", "tablet"), ("GB", "DE", "FR", "NL")
UNKNOWN = 0.6  # share of the rows whose customer is not known

Columns = dict[str, pa.Array]


def pad(numbers: np.ndarray, digits: int) -> pa.Array:
    return pc.utf8_lpad(pa.array(numbers).cast(pa.string()), digits, "0")


def number(prefix: str, numbers: np.ndarray, digits: int) -> pa.Array:
    return pc.binary_join_element_wise(prefix, pad(numbers, digits), "")


class Drawer:
    """Draws columns of independent values."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.users = number("u", np.arange(PEOPLE), 7)
        self.items = number("i", np.arange(ITEMS), 5)

    def leave_out(self, size: int, share: float) -> pa.Array:
        return pa.array(self.rng.random(size) < share)

    def pick(self, words: tuple[str, ...] | pa.Array, size: int, empty: float = 0) -> pa.Array:
        """One of the words in each row, or nothing."""
        mask = self.rng.random(size) < empty if empty else None
        places = pa.array(self.rng.integers(0, len(words), size), mask=mask)
        return pa.array(words).take(places)

    def ids(self, prefix: str, size: int, empty: float = 0) -> pa.Array:
        """Ids of 16 hexadecimal letters."""
        letters, ends = self.rng.bytes(8 * size).hex(), np.arange(size + 1, dtype=np.int32) * 16
        drawn = pa.StringArray.from_buffers(
            size, pa.py_buffer(ends), pa.py_buffer(letters.encode())
        )
        ids = pc.binary_join_element_wise(prefix, drawn, "")
        return pc.if_else(self.leave_out(size, empty), None, ids) if empty else ids

    def numbers(self, high: int, size: int, empty: float = 0) -> pa.Array:
        mask = self.rng.random(size) < empty if empty else None
        return pa.array(self.rng.integers(1, high, size), mask=mask)

    def moments(self, day: int, size: int) -> pa.Array:
        seconds = np.sort(self.rng.integers(0, 86_400, size))
        return pa.array((FIRST_DAY + day).astype("datetime64[s]") + seconds)

    def prices(self, size: int) -> pa.Array:
        cents = np.rint(100 * np.exp(self.rng.normal(3, 0.7, size))).astype(np.int64)
        euros = pa.array(cents // 100).cast(pa.string())
        return pc.binary_join_element_wise(euros, pad(cents % 100, 2), ".")


def draw_events(draw: Drawer, day: int, size: int) -> Columns:
    kind = draw.rng.choice(len(KINDS), size, p=list(KINDS.values()))
    not_shown, not_traded = kind != list(KINDS).index("impression"), kind < 2
    shares = np.exp(draw.rng.normal(-7, 1.5, size))
    return {
        "event_id": draw.ids("e", size),
        "event_ts": draw.moments(day, size),
        "event_kind": pa.array(list(KINDS)).take(pa.array(kind)),
        "session_id": draw.ids("s", size),
        "user_id": draw.pick(draw.users, size, UNKNOWN),
        "device": draw.pick(DEVICES, size),
        "country": draw.pick(COUNTRIES, size),
        "item_id": draw.pick(draw.items, size),
        "quantity": pa.array(draw.rng.integers(1, 3, size), mask=not_traded),
        "price": draw.prices(size),
        "currency": draw.pick(("EUR",), size),
        "order_id": draw.ids("o", size, empty=0.98),
        "request_id": pc.if_else(pa.array(not_shown), None, draw.ids("r", size)),
        "policy": pc.if_else(pa.array(not_shown), None, draw.pick(("popular", "uniform"), size)),
        "position": pa.array(draw.rng.integers(1, 9, size), mask=not_shown),
        "propensity": pa.array(shares, mask=not_shown),
    }


def draw_orders(draw: Drawer, day: int, size: int) -> Columns:
    return {
        "order_id": draw.ids("o", size),
        "line_number": draw.numbers(4, size),
        "order_ts": draw.moments(day, size),
        "user_id": draw.pick(draw.users, size, UNKNOWN),
        "session_id": draw.ids("s", size),
        "item_id": draw.pick(draw.items, size),
        "title": draw.pick(("Mitchell Classic Olive Oil", "Jones Compact Lamp"), size),
        "quantity": draw.numbers(3, size),
        "price": draw.prices(size),
        "currency": draw.pick(("EUR",), size),
        "country": draw.pick(COUNTRIES, size),
        "status": draw.pick(("completed",), size),
    }


def draw_search_logs(draw: Drawer, day: int, size: int) -> Columns:
    results = [draw.pick(draw.items, size) for _ in range(9)]
    return {
        "search_id": draw.ids("q", size),
        "search_ts": draw.moments(day, size),
        "session_id": draw.ids("s", size),
        "user_id": draw.pick(draw.users, size, UNKNOWN),
        "device": draw.pick(DEVICES, size),
        "query": draw.pick(("lamps", "olive oil", "taylor board games"), size),
        "results": pc.binary_join_element_wise(*results, "|"),
        "clicked_item_id": draw.pick(draw.items, size, 0.4),
        "clicked_position": draw.numbers(10, size, 0.4),
    }


def draw_users(draw: Drawer, day: int, size: int) -> Columns:
    return {
        "user_id": number("u", np.arange(size), 7),
        "name": draw.pick(("Anna Schmidt", "George Taylor"), size),
        "email": number("anna.schmidt", np.arange(size), 4),
        "address": draw.pick(("1 Long Street", "Hauptstr. 12"), size),
        "city": draw.pick(("Portsmouth", "Ulm"), size),
        "country": draw.pick(COUNTRIES, size),
        "device": draw.pick(DEVICES, size),
        "signed_up_ts": draw.moments(day, size),
    }


def draw_products(draw: Drawer, day: int, size: int) -> Columns:
    return {
        "item_id": number("i", np.arange(size), 5),
        "title": draw.pick(("Mitchell Classic Olive Oil", "Jones Compact Lamp"), size),
        "category_path": draw.pick(("Grocery > Pantry > Oils", "Home > Light > Lamps"), size),
        "brand": draw.pick(("Mitchell", "Jones"), size),
        "price": draw.prices(size),
        "currency": draw.pick(("EUR",), size),
        "launched_ts": draw.moments(day, size),
    }


DAILY = {"events": draw_events, "orders": draw_orders, "search_logs": draw_search_logs}
WHOLE = {"users": draw_users, "products": draw_products}


def write(columns: Columns, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    options = csv.WriteOptions(quoting_style="none", quoting_header="none")
    csv.write_csv(pa.table(columns), path, options)


def write_shop(folder: Path, rows: Mapping[str, int], seed: int = 1) -> None:
    """Write as many rows of each table as ``rows`` says, those of a day into a file of its own."""
    draw = Drawer(seed)
    for table, draw_table in WHOLE.items():
        write(draw_table(draw, 0, rows[table]), folder / f"{table}.csv")
    for table, draw_table in DAILY.items():
        sizes = np.diff(np.linspace(0, rows[table], DAYS + 1).astype(int))
        for day, size in enumerate(sizes.tolist()):
            write(draw_table(draw, day, size), folder / table / f"{FIRST_DAY + day}.csv")
