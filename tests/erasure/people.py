"""A shop with a person who is everywhere, and what erases them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from personalization.erasure.forget import Request
from tests.ingestion import Shop

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MOMENT = "2026-06-30 12:00:00"
EVENTS = {
    "columns": {
        n: n
        for n in (
            "event_id",
            "event_ts",
            "event_kind",
            "session_id",
            "user_id",
            "item_id",
            "request_id",
            "policy",
            "position",
            "propensity",
        )
    }
}
ORDERS = {
    "columns": {
        n: n
        for n in (
            "order_id",
            "line_number",
            "order_ts",
            "user_id",
            "session_id",
            "item_id",
            "quantity",
            "price",
        )
    }
}
SEARCHES = {
    "columns": {
        n: n
        for n in ("search_id", "search_ts", "session_id", "user_id", "query", "clicked_item_id")
    }
}
USERS = {"columns": {n: n for n in ("user_id", "name", "email", "country", "signed_up_ts")}}
SOURCES = {"events": EVENTS, "orders": ORDERS, "search_logs": SEARCHES, "users": USERS}
PERSON = "u1"
DAY = "2026-05-0"

FILES = {
    "users": {
        "users__csv": """user_id,name,email,country,signed_up_ts
u1,Ada,ada@example.org,DE,2026-01-01 00:00:00
u10,Bob,bob@example.org,DE,2026-01-01 00:00:00
u2,Eve,eve@example.org,DE,2026-01-01 00:00:00
"""
    },
    "events": {
        "e1__csv": """event_id,event_ts,event_kind,session_id,user_id,item_id,request_id,policy,position,propensity
e1,2026-05-01 10:00:00,view,s1,u1,i1,,,,
e2,2026-05-01 10:01:00,view,s1,,i2,,,,
e3,2026-05-01 10:02:00,impression,s1,u1,i3,r1,best,1,0.5
e4,2026-05-01 10:02:00,view,s2,u2,u1,,,,
e5,2026-05-01 10:03:00,view,s3,u10,i1,,,,
e6,2026-05-01 10:04:00,view,s4,,i1,,,,
e1,2026-05-01 10:00:00,view,s1,u1,i1,,,,
i9,u1,2026-05-01 10:04:00,view,s4,,,,,
e7,2026-05-01 10:04:00,seen,s5,u2,i1,,,,
e8,2026-05-01 10:05:00,view,s1,u2,i1,,,,
""",
        "e2__csv": """event_id,event_ts,event_kind,session_id,user_id,item_id,request_id,policy,position,propensity
e1,2026-05-01 10:00:00,view,s1,u1,i1,,,,
e9,2026-05-02 10:00:00,view,s6,u2,i1,,,,
""",
    },
    "orders": {
        "o1__csv": """order_id,line_number,order_ts,user_id,session_id,item_id,quantity,price
o1,1,2026-05-01 11:00:00,u1,,i1,1,2.5
o2,1,2026-05-01 11:00:00,u2,,i1,1,2.5
o3,1,2026-05-02 11:00:00,u1,s7,i1,0,2.5
o4,1,2026-05-02 11:00:00,u10,s8,i1,0,2.5
"""
    },
    "search_logs": {
        "q1__csv": """search_id,search_ts,session_id,user_id,query,clicked_item_id
q1,2026-05-01 09:59:00,s1,,mug,i1
q2,2026-05-01 09:59:00,s9,u10,mug,i1
"""
    },
}


def open_shop(folder: Path) -> Shop:
    shop = Shop(folder, **SOURCES)
    for table, files in FILES.items():
        shop.deliver(table, **files)
    return shop


def ask(
    shop: Shop, user_id: str = PERSON, announce: Callable[[str], None] | None = None, **derived: str
) -> Request:
    """A request to erase somebody; ``derived``: dataset to the pipeline that makes it."""
    from personalization.erasure.artefacts import made_by
    from personalization.names import every_pipeline

    more: dict[str, Any] = {} if announce is None else {"announce": announce}
    data_root = str(shop.inbox.parent / "data")
    return Request(
        user_id, shop.catalog(), data_root, "generated", MOMENT, made_by(every_pipeline()), **more
    )
