"""Small files of orders, and what came of taking them in."""

from personalization.pipelines.data_processing.options import Limits

HEADER = "order_id,line_number,order_ts,user_id,item_id,quantity,price"
ORDERS = {"columns": {name: name for name in HEADER.split(",")}}
MART = "prm_user_item_interactions"
STRICT = Limits()


def line(order, day=1, item="i1", quantity=1, user="u1"):
    return f"{order},1,2011-12-{day:02} 10:00:00,{user},{item},{quantity},2.5\n"


def file(*lines):
    return f"{HEADER}\n{''.join(lines)}"


def totals(report):
    """Files, and rows received = merged + there already + rejected."""
    names = ("files", "received", "merged", "unchanged", "rejected")
    return tuple(report["totals"][name] for name in names)


def orders_of(shop):
    return {row.order_id: row for row in shop.load(MART).collect()}
