"""What data_processing does to a generated shop's events, orders and searches, written for DuckDB.

The same parsing, rules, removal of duplicates and Parquet files, in SQL that knows this one shop;
visits, machines, the ledger and the account of every file are left out.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import duckdb

if TYPE_CHECKING:
    from pathlib import Path

THREADS = 2
MEMORY = "4GB"

# What the project reads as an id: 17850.0 is 17850, 1.8E+05 is none.
IDENTIFIER = (
    "CASE WHEN NOT regexp_full_match(trim({0}), "
    "'-?[0-9]+([.,][0-9]+[eE]\\+?[0-9]+|[eE]\\+[0-9]+)') "
    "THEN nullif(regexp_replace(trim({0}), '^(-?[0-9]+)\\.0+$', '\\1'), '') END"
)
MOMENT = (
    "CASE WHEN regexp_full_match(trim({0}), "
    "'[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([ T][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}}(\\.[0-9]+)?)?)?') "
    "THEN try_cast(trim({0}) AS TIMESTAMP) END"
)
NUMBER = (
    "CASE WHEN regexp_full_match(trim({0}), '[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?') "
    "THEN try_cast(trim({0}) AS DOUBLE) END"
)
TEXT = "nullif(trim({0}), '')"
FORMS = {"id": IDENTIFIER, "time": MOMENT, "number": NUMBER, "text": TEXT}

COLUMNS = {
    "events": (
        "event_id:id event_ts:time event_kind:text session_id:id user_id:id device:text "
        "country:text item_id:id quantity:number price:number currency:text order_id:id "
        "request_id:id policy:text position:number propensity:number"
    ),
    "orders": (
        "order_id:id line_number:number order_ts:time user_id:id session_id:id item_id:id "
        "title:text quantity:number price:number currency:text country:text status:text"
    ),
    "search_logs": (
        "search_id:id search_ts:time session_id:id user_id:id device:text query:text "
        "results:text clicked_item_id:id clicked_position:number"
    ),
}
TABLES = {t: dict(one.split(":") for one in told.split()) for t, told in COLUMNS.items()}
REQUIRED = {
    "events": ("event_ts", "event_kind", "item_id"),
    "orders": ("order_ts", "item_id", "quantity", "price"),
    "search_logs": ("search_ts", "query"),
}
RULES = {
    "events": (
        "event_kind IN ('impression', 'view', 'cart', 'return')",
        "coalesce(position >= 1, true)",
        "coalesce(propensity > 0 AND propensity <= 1, true)",
        "(event_kind NOT IN ('cart', 'return') OR coalesce(quantity > 0, true))",
        "(event_kind NOT IN ('cart', 'return') OR coalesce(price > 0, true))",
    ),
    "orders": ("status IS DISTINCT FROM 'cancelled'", "quantity > 0", "price > 0"),
    "search_logs": ("coalesce(clicked_position >= 1, true)",),
}


def typed_rows(table: str, folder: Path) -> str:
    """SQL for the good rows of a table, each once."""
    columns = TABLES[table]
    values = ", ".join(f"{FORMS[kind].format(name)} AS {name}" for name, kind in columns.items())
    moment = REQUIRED[table][0]
    unreadable = (
        f"(trim(raw_{name}) = '' OR raw_{name} IS NULL OR {name} IS NOT NULL)" for name in columns
    )
    raws = ", ".join(f"{name} AS raw_{name}" for name in columns)
    conditions = [
        *(f"{name} IS NOT NULL" for name in REQUIRED[table]),
        *unreadable,
        f"{moment} >= TIMESTAMP '1995-01-01' AND {moment} < TIMESTAMP '2036-01-01'",
        *RULES[table],
    ]
    files = f"read_csv('{folder}/{table}/*.csv', header=true, all_varchar=true, quote='\"')"
    return (
        f"SELECT DISTINCT {', '.join(columns)} FROM (SELECT {values}, {raws} FROM {files}) "
        f"WHERE {' AND '.join(conditions)}"
    )


INTERACTIONS = """
SELECT 'events' AS source, user_id, item_id, event_ts AS interaction_ts,
       CAST(event_ts AS DATE) AS interaction_date, event_kind AS interaction_type,
       quantity, price, currency, session_id, order_id
FROM events WHERE event_kind <> 'impression'
UNION ALL
SELECT 'orders', user_id, item_id, order_ts, CAST(order_ts AS DATE), 'purchase',
       quantity, price, currency, session_id, order_id
FROM orders
UNION ALL
SELECT 'search_logs', user_id, clicked_item_id, search_ts, CAST(search_ts AS DATE),
       'search_click', NULL, NULL, NULL, session_id, NULL
FROM search_logs WHERE clicked_item_id IS NOT NULL
"""
# Not the session, which the project fills where the shop has none.
COMPARED = (
    *("source", "user_id", "item_id", "interaction_ts", "interaction_type"),
    *("quantity", "price", "currency", "order_id"),
)


def connect(scratch: Path) -> duckdb.DuckDBPyConnection:
    settings = {"threads": THREADS, "memory_limit": MEMORY, "temp_directory": str(scratch)}
    return duckdb.connect(str(scratch / "mart.duckdb"), config=settings)


def build_mart(folder: Path, target: Path) -> float:
    """Write the same tables as data_processing for the shop in ``folder``; the seconds it took."""
    target.mkdir()
    began = time.perf_counter()
    with connect(target) as connection:
        for table in TABLES:
            connection.execute(f"CREATE TABLE {table} AS {typed_rows(table, folder)}")
        written = {
            "interactions": INTERACTIONS,
            "impressions": "SELECT * FROM events WHERE event_kind = 'impression'",
            "searches": "SELECT * FROM search_logs",
        }
        for name, query in written.items():
            connection.execute(f"COPY ({query}) TO '{target}/{name}.parquet' (FORMAT parquet)")
    return time.perf_counter() - began


def count_differences(ours: list[str], target: Path) -> int:
    """Interactions that one of the two has and the other has not, repeated ones counted."""
    columns = ", ".join(COMPARED)
    mine = f"SELECT {columns} FROM read_parquet({ours!r})"
    peer = f"SELECT {columns} FROM '{target}/interactions.parquet'"
    with duckdb.connect(config={"threads": THREADS, "memory_limit": MEMORY}) as connection:
        both = (f"({mine}) EXCEPT ALL ({peer})", f"({peer}) EXCEPT ALL ({mine})")
        counts = [connection.execute(f"SELECT count(*) FROM ({q})").fetchone() for q in both]
    return sum(found[0] for found in counts if found)
