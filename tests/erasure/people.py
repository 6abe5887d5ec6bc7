"""A shop with a person who is everywhere, and what is known of everybody else."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from personalization.erasure.artefacts import made_by
from personalization.erasure.forget import Request
from personalization.names import every_pipeline
from tests.ingestion import Shop

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PERSON = "u1"
ODD = "a'b$c\\d%[*"  # means something in SQL, in patterns and on a command line
MOMENT = "2026-06-30 12:00:00"
HEADERS = {
    "users": "user_id,name,email,country,signed_up_ts",
    "events": "event_id,event_ts,event_kind,session_id,user_id,item_id,request_id,position",
    "orders": "order_id,line_number,order_ts,user_id,session_id,item_id,quantity,price",
    "search_logs": "search_id,search_ts,session_id,user_id,query,clicked_item_id",
}
ROWS = {
    "users": {
        "users__csv": [
            "u1,Ada,ada@example.org,DE,2026-01-01 00:00:00",
            "u10,Bob,bob@example.org,DE,2026-01-01 00:00:00",
            "u2,Eve,eve@example.org,DE,2026-01-01 00:00:00",
            f"{ODD},Odd,odd@example.org,DE,2026-01-01 00:00:00",
        ]
    },
    "events": {
        "e1__csv": [
            "e1,2026-05-01 10:00:00,view,s1,u1,i1,,",
            "e2,2026-05-01 10:01:00,view,s1,,i2,,",  # before the person logged in
            "e3,2026-05-01 10:02:00,impression,s1,u1,i3,r1,1",
            "e4,2026-05-01 10:02:00,view,s2,u2,u1,,",  # an item that is called as the person is
            "e5,2026-05-01 10:03:00,view,s3,u10,i1,,",
            "e6,2026-05-01 10:04:00,view,s4,,i1,,",
            "e1,2026-05-01 10:00:00,view,s1,u1,i1,,",  # exactly as before
            "u1,2026-05-01 10:04:00,view,,,,,",  # its columns have shifted
            "e7,2026-05-01 10:04:00,seen,s5,u2,i1,,",  # somebody else's, and broken
            "e8,2026-05-01 10:05:00,view,s1,u2,i1,,",  # somebody else on the same computer
            f"e9,2026-05-01 10:05:00,view,s9,{ODD},i1,,",
            "e4,2026-05-01 10:02:00,view,s2,u2,u1,,",  # exactly as before, by somebody else
            "e2,2026-05-01 10:01:00,view,s1,,i2,,",  # exactly as before
        ],
        "e2__csv": [
            "e1,2026-05-01 10:00:00,view,s1,u1,i1,,",  # delivered again
            "e10,2026-05-02 10:00:00,view,s6,u2,i1,,",
            "e11,2026-05-09 10:00:00,view,s1,,i1,,",  # another session of the same number
        ],
    },
    "orders": {
        "o1__csv": [
            "o1,1,2026-05-01 11:00:00,u1,,i1,1,2.5",
            "o2,1,2026-05-01 11:00:00,u2,,i1,1,2.5",
            "o3,1,2026-05-02 11:00:00,u1,s7,i1,0,2.5",
            "o4,1,2026-05-02 11:00:00,u10,s8,i1,0,2.5",
            "o5,1,2026-05-02 12:00:00,u2,,u1,1,2.5",  # no product, but called as the person is
        ]
    },
    "search_logs": {
        "q1__csv": [
            "q1,2026-05-01 09:59:00,s1,,mug,i1",
            "q2,2026-05-01 09:59:00,s9,u10,mug,i1",
        ]
    },
}
# Source, file and row of all that is the person's.
THEIRS = {
    ("users", "users.csv", 2),
    *(("events", "e1.csv", row) for row in (2, 3, 4, 8, 9, 14)),
    ("events", "e2.csv", 2),
    *(("orders", "o1.csv", row) for row in (2, 4)),
    ("search_logs", "q1.csv", 2),
}
# Rejected rows of others that mention the person.
MENTIONING = {("events", "e1.csv", 13), ("orders", "o1.csv", 6)}
TYPED = ("int_users", "int_events", "int_orders", "int_search_logs", "int_products")
PUBLISHED = ("prm_users", "prm_user_item_interactions", "prm_impressions", "prm_searches")


def open_shop(folder: Path) -> Shop:
    """A shop whose files wait to be taken in."""
    told = {name: {"columns": {n: n for n in h.split(",")}} for name, h in HEADERS.items()}
    shop = Shop(folder, **{**told, "orders": {**told["orders"], "item_matches": "^i"}})
    for table, files in ROWS.items():
        for name, lines in files.items():
            shop.deliver(table, **{name: "\n".join([HEADERS[table], *lines, ""])})
    return shop


def ask(
    shop: Shop, user_id: str = PERSON, announce: Callable[[str], None] | None = None
) -> Request:
    """A request to erase somebody."""
    more: dict[str, Any] = {} if announce is None else {"announce": announce}
    return Request(
        user_id=user_id,
        catalog=shop.catalog(),
        data_root=str(shop.inbox.parent / "data"),
        shop="generated",
        moment=MOMENT,
        makers=made_by(every_pipeline()),
        **more,
    )


def rows_of(shop: Shop, name: str) -> list[dict[str, Any]]:
    return shop.load(name).toArrow().to_pylist()


def place(row: dict[str, Any]) -> tuple[str, str, int]:
    return row["source"], row["source_file"], row["row_number"]


def is_theirs(row: dict[str, Any]) -> bool:
    """Whether a published row is the person's."""
    if row["user_id"] is not None:
        return row["user_id"] == PERSON
    return row["session_id"] == "s1" and row["interaction_date"] < date(2026, 5, 9)


def others(shop: Shop) -> dict[str, list[str]]:
    """Table to all that it says of everybody but the person, without rows that mention it."""
    told = {}
    for name in (*TYPED, "int_rejected_rows", "int_repeated_rows"):
        rows = rows_of(shop, name)
        told[name] = [row for row in rows if place(row) not in THEIRS | MENTIONING]
    for name in PUBLISHED:
        rows = rows_of(shop, name)
        told[name] = [row for row in rows if not is_theirs({"session_id": "", **row})]
    return {name: sorted(map(repr, rows)) for name, rows in told.items()}
