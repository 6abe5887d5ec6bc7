"""F7: clocks that go wrong, a change to summer time and back, and the test period."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from personalization.pipelines.training.options import Signals, Windows
from personalization.pipelines.training.splits import split_interactions
from tests.faults.bench import after_second, copy_shop
from tests.faults.contents import judge, read_content
from tests.faults.injection import Fault, Injection, Verdict
from tests.faults.shops import (
    DATED,
    MOMENTS,
    SECOND,
    SOURCES,
    TABLES,
    columns_of,
    labels_of,
    make_row,
    open_shop,
    write_csv,
)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.faults.bench import Bench

MART = "prm_user_item_interactions"
HOMES = {MART: "interaction_ts", "prm_impressions": "event_ts", "prm_searches": "search_ts"}
WRONG = SECOND[2]  # the row whose clock is wrong
IMPOSSIBLE = {
    "epoch_0": "1970-01-01 00:00:00",
    "year_2037": "2037-06-01 12:00:00",
    "year_9999": "9999-12-31 23:59:59",
}
BERLIN = ZoneInfo("Europe/Berlin")
# Local times around the hour that is left out in March and the one that comes twice in October.
CHANGES = {
    "to_summer_time": ["2011-03-27 01:10:00", "2011-03-27 01:50:00", "2011-03-27 03:05:00"],
    "to_winter_time": ["2011-10-30 01:50:00", "2011-10-30 03:05:00", "2011-10-30 03:10:00"],
}
UNCLEAR = {"to_summer_time": "2011-03-27 02:30:00", "to_winter_time": "2011-10-30 02:30:00"}
DELIVERED = {"delivered": {"matches": r"(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)"}}


def set_clock(name: str, table: str, bench: Bench, folder: Path) -> Verdict:
    """A moment that cannot be is rejected with its row; the rest of the file comes in."""
    moment = {MOMENTS[table]: IMPOSSIBLE[name]}
    rows = [make_row(table, n, **(moment if n == WRONG else {})) for n in SECOND]
    shop = copy_shop(bench.first, folder)
    shop.deliver(table, b__csv=write_csv(rows, columns_of(table)))
    shop.ingest()
    found = read_content(shop)
    wanted = {(table, "b.csv", WRONG - SECOND[0] + 2, "time_out_of_range"): 1}
    return judge(
        after_second(bench, table).without(labels_of(table, [WRONG])),
        found,
        "" if found.rejected == wanted else f"rejected: {dict(found.rejected)}",
        message="rejected as time_out_of_range",
    )


def shift_clock(hours: int, table: str, bench: Bench, folder: Path) -> Verdict:
    """Rows of a file that claim a moment after its delivery are rejected; earlier ones are late."""
    day = datetime(2011, 12, 10, 10, tzinfo=UTC)
    right = [make_row(table, n, **{MOMENTS[table]: f"{day:%Y-%m-%d %H:%M:%S}"}) for n in range(5)]
    moved = f"{day + timedelta(hours=hours):%Y-%m-%d %H:%M:%S}"
    rows = [*right, make_row(table, 5, **{MOMENTS[table]: moved})]
    shop = open_shop(folder / "shop", table, **{table: DELIVERED})
    path = shop.inbox / table / "2011-12-10.csv"
    path.write_text(write_csv(rows, columns_of(table)))
    report = shop.ingest()["totals"]
    wanted = {"after_delivery": 1} if hours > 0 else {}
    early = [
        name
        for name, moment in HOMES.items()
        if not shop.load(name).filter(f"known_at < {moment}").isEmpty()
    ]
    lost = max(0, 6 - len(wanted) - report["merged"])
    told = [
        "" if report["rejected_by"] == wanted else f"rejected: {report['rejected_by']}",
        f"a row is known before it happened: {early}" if early else "",
        f"{lost} rows are lacking" if lost else "",
    ]
    message = "; ".join(filter(None, told))
    return Verdict(lost, 0, not message, message or f"rejected: {report['rejected_by']}")


def readings(text: str) -> set[datetime]:
    """The moments that a local time can mean; two where the clock is moved."""
    local = datetime.fromisoformat(text)
    return {local.replace(tzinfo=BERLIN, fold=fold).astimezone(UTC) for fold in (0, 1)}


def change_the_hour(name: str, table: str, bench: Bench, folder: Path) -> Verdict:
    """Local times are moments of the zone, in their order; an unclear one is either reading."""
    local = sorted([*CHANGES[name], UNCLEAR[name]])
    rows = [make_row(table, n, **{MOMENTS[table]: text}) for n, text in enumerate(local)]
    rows = [row | {"event_kind": "view"} if table == "events" else row for row in rows]
    shop = open_shop(folder / "shop", table, **{table: {"timestamps": {"time_zone": str(BERLIN)}}})
    shop.deliver(table, a__csv=write_csv(rows, SOURCES[table]["columns"]))
    rejected = shop.ingest()["totals"]["rejected_by"]
    # By Arrow: Spark's own rows have the time zone of this machine.
    found = shop.load(MART).select("item_id", "interaction_ts").toArrow().to_pylist()
    moments = {one["item_id"]: one["interaction_ts"] for one in found}
    ours = [moments.get(label) for label in labels_of(table, range(len(local)))]
    wrong = [text for text, moment in zip(local, ours, strict=True) if moment not in readings(text)]
    clear = [o for o, text in zip(ours, local, strict=True) if o and text != UNCLEAR[name]]
    lost = ours.count(None)
    told = [
        f"other moments: {wrong}" if wrong else "",
        "a gap between rows is negative" if clear != sorted(clear) else "",
        f"{lost} rows are lacking: {rejected}" if lost else "",
    ]
    message = "; ".join(filter(None, told))
    return Verdict(lost, 0, not message, message or f"moments: {[str(one) for one in ours]}")


def split_at(hours: int, bench: Bench, folder: Path) -> Verdict:
    """Purchases around the test period, some with a clock that is wrong; none is learnt from.

    Each is known when its file came: also a purchase of before the cut may be known too late. What
    comes at the moment of the cut is known then.
    """
    cut = datetime(2011, 12, 10, tzinfo=UTC)
    shop = open_shop(folder / "shop", "orders", orders=DELIVERED)
    expected = 0
    for number, day in enumerate(range(-4, 5)):
        delivered = cut + timedelta(days=day)
        moment = delivered + timedelta(hours=12) + timedelta(hours=hours)
        known = delivered + timedelta(hours=24)
        possible = moment <= known
        expected += possible and moment < cut and known <= cut
        row = make_row("orders", number, order_ts=f"{moment:%Y-%m-%d %H:%M:%S}")
        path = shop.inbox / "orders" / f"{delivered:%Y-%m-%d}.csv"
        path.write_text(write_csv([row], columns_of("orders")))
    shop.ingest()
    windows = Windows("2011-12-08", f"{cut:%Y-%m-%d}")
    train = split_interactions(shop.load(MART), windows, Signals(["purchase"]))["train"]
    late = f"interaction_ts >= TIMESTAMP '{cut:%F}' OR known_at > TIMESTAMP '{cut:%F}'"
    leaked, learnt = train.filter(late).count(), train.count()
    told = [
        f"{leaked} rows of the test period are in training" if leaked else "",
        f"{learnt} rows are learnt from, not {expected}" if learnt != expected else "",
    ]
    message = "; ".join(filter(None, told))
    lost, more = max(0, expected - learnt), max(0, learnt - expected)
    return Verdict(lost, more, not message, message or f"{learnt} of 9 rows are learnt from")


FAULT = Fault(
    "F7",
    "clocks",
    (
        *(
            Injection(f"{t}/{name}", partial(set_clock, name, t))
            for name in IMPOSSIBLE
            for t in TABLES
        ),
        *(
            Injection(f"{table}/{hours:+}_h", partial(shift_clock, hours, table))
            for hours in (-48, 48)
            for table in DATED
        ),
        *(
            Injection(f"{table}/{name}", partial(change_the_hour, name, table))
            for name in CHANGES
            for table in DATED
        ),
        *(Injection(f"test_period/{h:+}_h", partial(split_at, h)) for h in (-48, 0, 48)),
    ),
)
