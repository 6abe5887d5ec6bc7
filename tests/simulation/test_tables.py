import csv
import io

import numpy as np
import pyarrow as pa
import pytest

from personalization.contracts.schemas import RAW_TABLES
from personalization.simulation.dirt import soil
from personalization.simulation.happenings import NUMBER_OF
from personalization.simulation.tables import WRITERS, to_csv
from tests.simulation.conftest import CHANGES
from tests.simulation.options_of import world_of
from tests.simulation.test_dirt import SHARES

KINDS = {
    "events": range(5),
    "orders": (NUMBER_OF["purchase"],),
    "search_logs": (NUMBER_OF["search"],),
}


def write(world, rows, table):
    chosen = rows[rows["kind"].isin(KINDS[table])].reset_index(drop=True)
    arrays = {name: chosen[name].to_numpy() for name in chosen}
    text = to_csv(pa.table(WRITERS[table](world, arrays)), header=True).decode()
    return list(csv.DictReader(io.StringIO(text))), chosen


@pytest.fixture(scope="module")
def soiled(happenings):
    world = world_of("base", **{**CHANGES, "dirt": SHARES})
    return world, soil(world, happenings[happenings["person"] < 300])


@pytest.mark.parametrize("table", WRITERS)
def test_columns_are_those_of_the_contract(soiled, table):
    written, rows = write(*soiled, table)
    assert list(written[0]) == list(RAW_TABLES[table].types)
    assert len(written) == len(rows)
    key = RAW_TABLES[table].key
    ids = {tuple(row[name] for name in key) for row in written}
    assert len(ids) == len(rows.drop_duplicates(["person", "seq"]))


def test_events_are_written_as_they_happened(soiled):
    written, rows = write(*soiled, "events")
    place = int(np.flatnonzero((rows["kind"] == 3) & rows["known"] & (rows["dirt"] == 0))[0])
    row, told = rows.iloc[place], written[place]
    assert told["event_kind"] == "purchase"
    assert told["event_ts"] == str(np.datetime64(int(row.ts), "s")).replace("T", " ")
    assert told["user_id"] == f"u{row.person:07d}"
    assert (told["item_id"], told["quantity"]) == (f"i{row['item']:05d}", str(row.quantity))
    assert (told["price"], told["currency"]) == (f"{row.price:.2f}", "EUR")
    assert told["policy"] == told["position"] == told["propensity"] == ""


def test_ids_join_what_belongs_together_in_all_tables(soiled):
    seen = {}
    for table in WRITERS:
        written, rows = write(*soiled, table)
        for told, row in zip(written, rows.to_dict("records"), strict=True):
            for name, number in (("session_id", row["visit"]), ("order_id", row["order"])):
                if told.get(name):
                    seen.setdefault((name, row["person"], number), set()).add(told[name])
    ids = [one for found in seen.values() for one in found]
    assert len(ids) == len(seen) == len(set(ids))
    assert {name for name, _, _ in seen} == {"session_id", "order_id"}


def test_impressions_say_who_chose_them_and_how_likely(soiled):
    written, rows = write(*soiled, "events")
    for told, shown in zip(written, rows["kind"] == 0, strict=True):
        assert bool(told["policy"]) == bool(told["propensity"]) == bool(shown)
        if shown:
            assert 0 < float(told["propensity"]) <= 1


def test_unknown_visitors_have_no_user_and_returns_no_visit(soiled):
    written, rows = write(*soiled, "events")
    for told, known, visit in zip(written, rows["known"], rows["visit"], strict=True):
        assert bool(told["user_id"]) == known
        assert bool(told["session_id"]) == (visit >= 0)


def test_dirt_stands_in_the_files(soiled):
    events, rows = write(*soiled, "events")
    told = {row["event_ts"] for row, dirt in zip(events, rows["dirt"], strict=True) if dirt >= 3}
    assert told == {"0000-00-00 00:00:00", "1970-01-01 00:00:00"}
    orders, lines = write(*soiled, "orders")
    for order, dirt, known in zip(orders, lines["line_dirt"], lines["known"], strict=True):
        assert (order["price"] == "n/a") == (dirt == 2)
        assert bool(order["user_id"]) == (known and dirt != 1)
    statuses = [order["status"] for order in orders]
    assert statuses.count("cancelled") == lines["cancelled"].sum()


def test_search_logs_show_results_from_the_first_place(soiled):
    written, rows = write(*soiled, "search_logs")
    for told, results, item in zip(written, rows["results"], rows["item"], strict=True):
        assert told["results"] == "|".join(f"i{number:05d}" for number in results)
        assert told["clicked_item_id"] == ("" if item < 0 else f"i{item:05d}")
        assert bool(told["clicked_position"]) == (item >= 0)


def test_a_header_is_written_once_where_asked(soiled):
    world, rows = soiled
    lines = rows[rows["kind"] == 3]
    columns = WRITERS["orders"](world, {name: lines[name].to_numpy() for name in lines})
    with_header, without = (to_csv(pa.table(columns), header=header) for header in (True, False))
    assert with_header.split(b"\n", 1)[1] == without
