"""The raw tables as a shop would deliver them: numbers of happenings become columns of text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from personalization.contracts import columns as c
from personalization.contracts import kinds, schemas
from personalization.simulation import texts
from personalization.simulation.dealing import POLICIES
from personalization.simulation.dirt import (
    CLOCK_RESET,
    CLOCK_STOPPED,
    LOST_USER,
    MISSING_CUSTOMER,
    NO_MOMENT,
    NO_PRICE,
    RESET_MOMENT,
    WRONG_TYPE,
)
from personalization.simulation.happenings import KINDS, NUMBER_OF
from personalization.simulation.world import World

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

Numbers = Mapping[str, "NDArray[Any]"]


def write_moments(rows: Numbers) -> pa.Array:
    """When each row happened, or what a broken clock says."""
    import pyarrow as pa
    import pyarrow.compute as pc

    told = texts.write_moments(rows["ts"])
    told = pc.if_else(pa.array(rows["dirt"] == CLOCK_STOPPED), NO_MOMENT, told)
    return pc.if_else(pa.array(rows["dirt"] == CLOCK_RESET), RESET_MOMENT, told)


def write_events(world: World, rows: Numbers) -> dict[str, pa.Array]:
    """Columns of the events' table."""
    traded = np.isin(
        rows["kind"], [NUMBER_OF[k] for k in (kinds.CART, kinds.PURCHASE, kinds.RETURN)]
    )
    shown = rows["kind"] == NUMBER_OF[kinds.IMPRESSION]
    known = rows["known"] & (rows["dirt"] != LOST_USER)
    return {
        c.EVENT_ID: texts.write_ids(world.seed, texts.EVENT, rows["person"], rows["seq"]),
        c.EVENT_TS: write_moments(rows),
        c.EVENT_KIND: texts.pick_words(KINDS, rows["kind"]),
        c.SESSION_ID: texts.write_visits(world.seed, texts.SESSION, rows["person"], rows["visit"]),
        c.USER_ID: texts.only_where(known, texts.write_users, rows["person"]),
        c.DEVICE: texts.pick_words(world.devices, rows["device"]),
        c.COUNTRY: texts.pick_words(world.countries, rows["country"]),
        c.ITEM_ID: texts.write_items(rows["item"]),
        c.QUANTITY: texts.only_where(traded, texts.write_numbers, rows["quantity"]),
        c.PRICE: texts.write_prices(rows["price"]),
        c.CURRENCY: texts.pick_words((world.currency,), np.zeros(rows["kind"].size, np.int64)),
        c.ORDER_ID: texts.write_visits(world.seed, texts.ORDER, rows["person"], rows["order"]),
        c.REQUEST_ID: texts.write_visits(
            world.seed, texts.REQUEST, rows["person"], rows["request"]
        ),
        c.POLICY: texts.pick_words(POLICIES, np.where(shown, rows["policy"], -1)),
        c.POSITION: texts.only_where(shown, texts.write_numbers, rows["position"]),
        c.PROPENSITY: texts.only_where(shown, texts.write_shares, rows["propensity"]),
    }


def write_orders(world: World, rows: Numbers) -> dict[str, pa.Array]:
    """Columns of the orders' table, from purchases."""
    import pyarrow as pa
    import pyarrow.compute as pc

    lost = rows["line_dirt"] == MISSING_CUSTOMER
    status = np.where(rows["cancelled"], 1, 0)
    price = texts.write_prices(rows["price"])
    return {
        c.ORDER_ID: texts.write_visits(world.seed, texts.ORDER, rows["person"], rows["order"]),
        c.LINE_NUMBER: texts.write_numbers(rows["line"]),
        c.ORDER_TS: texts.write_moments(rows["ts"]),
        c.USER_ID: texts.only_where(rows["known"] & ~lost, texts.write_users, rows["person"]),
        c.SESSION_ID: texts.write_visits(world.seed, texts.SESSION, rows["person"], rows["visit"]),
        c.ITEM_ID: texts.write_items(rows["item"]),
        c.TITLE: texts.pick_words(world.items.titles, rows["item"]),
        c.QUANTITY: texts.write_numbers(rows["quantity"]),
        c.PRICE: pc.if_else(pa.array(rows["line_dirt"] == WRONG_TYPE), NO_PRICE, price),
        c.CURRENCY: texts.pick_words((world.currency,), np.zeros(rows["kind"].size, np.int64)),
        c.COUNTRY: texts.pick_words(world.countries, rows["country"]),
        c.STATUS: texts.pick_words((kinds.COMPLETED, kinds.CANCELLED), status),
    }


def write_search_logs(world: World, rows: Numbers) -> dict[str, pa.Array]:
    """Columns of the search logs."""
    import pyarrow as pa

    clicked = rows["item"] >= 0
    return {
        c.SEARCH_ID: texts.write_ids(world.seed, texts.SEARCH, rows["person"], rows["seq"]),
        c.SEARCH_TS: texts.write_moments(rows["ts"]),
        c.SESSION_ID: texts.write_visits(world.seed, texts.SESSION, rows["person"], rows["visit"]),
        c.USER_ID: texts.only_where(rows["known"], texts.write_users, rows["person"]),
        c.DEVICE: texts.pick_words(world.devices, rows["device"]),
        c.QUERY: pa.array(rows["query"], pa.string()),
        c.RESULTS: write_results(rows["results"]),
        c.CLICKED_ITEM_ID: texts.only_where(clicked, texts.write_items, rows["item"]),
        c.CLICKED_POSITION: texts.only_where(clicked, texts.write_numbers, rows["position"]),
    }


def write_results(results: NDArray[Any]) -> pa.Array:
    """Ids of the items of each list with bars between them; nothing for an empty list.

    >>> write_results(np.array([np.array([3, 7]), np.array([])], dtype=object)).to_pylist()
    ['i00003|i00007', None]
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    lengths = np.fromiter(map(len, results), np.int32, results.size)
    ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    items = np.concatenate([np.empty(0, np.int64), *results]).astype(np.int64)
    lists = pa.ListArray.from_arrays(ends, texts.write_items(items))
    return texts.blank_where(lengths == 0, pc.binary_join(lists, "|"))


Writer = Callable[[World, Numbers], "dict[str, pa.Array]"]
WRITERS: Final[Mapping[str, Writer]] = {
    schemas.EVENTS.name: write_events,
    schemas.ORDERS.name: write_orders,
    schemas.SEARCH_LOGS.name: write_search_logs,
}


def to_csv(table: pa.Table, *, header: bool, quoting: str = "none") -> bytes:
    """Rows of a CSV file; an empty field stands for nothing.

    Args:
        table: the rows.
        header: whether the names of the columns stand above them.
        quoting: ``needed`` puts each text in quotes; ``none`` refuses texts that need them.
    """
    import pyarrow as pa
    from pyarrow import csv

    sink = pa.BufferOutputStream()
    options = csv.WriteOptions(include_header=header, quoting_style=quoting, quoting_header="none")
    csv.write_csv(table, sink, options)
    return bytes(sink.getvalue())
