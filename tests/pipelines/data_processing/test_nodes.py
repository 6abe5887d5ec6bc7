"""Files of a shop through all steps: every row is accounted for, what is broken costs itself."""

import gzip
import json

import pytest

from personalization.contracts.errors import (
    AccountingError,
    ConfigurationError,
    RejectedShareError,
    SourceFileError,
)
from personalization.contracts.schemas import RAW_TABLES
from personalization.datasets.raw_files import RawFilesDataset
from personalization.pipelines.data_processing import interactions, nodes
from personalization.pipelines.data_processing.options import (
    Batch,
    Derivation,
    DryRun,
    Limits,
    Rebuilt,
)
from tests.ingestion import Shop

HEADER = "order_id,order_ts,item_id,quantity,price"
COLUMNS = {name: name for name in HEADER.split(",")}
NO_LIMITS = Limits(fault_share=1, rejected_share=1, file_fault_share=1)


def line(order, quantity=1, price="2.5"):
    return f"{order},2011-12-01 10:00:00,i1,{quantity},{price}\n"


def file(*lines):
    return f"{HEADER}\n{''.join(lines)}"


def raw_of(folder):
    """Raw files of every table, by the names of the catalog; only orders are delivered."""
    raw = {
        f"raw_{table}": RawFilesDataset(filepath=None, table=table).load() for table in RAW_TABLES
    }
    orders = RawFilesDataset(filepath=f"{folder}/*", table="orders", columns=COLUMNS)
    return {**raw, "raw_orders": orders.load()}


def plan_first_run(raw, rules):
    batch = Batch("b1", "2026-06-30 12:00:00")
    chosen = {"rebuilt": Rebuilt(), "dry_run": DryRun(), **raw}
    return nodes.plan_ingestion(None, batch, rules, Derivation(), **chosen)


def test_an_entry_that_describes_another_table_is_refused(tmp_path, default_rules):
    (tmp_path / "a.csv").write_text(file(line("1")))
    raw = raw_of(tmp_path)
    with pytest.raises(ConfigurationError, match="raw_events: its table is 'orders'"):
        plan_first_run({**raw, "raw_events": raw["raw_orders"]}, default_rules)


@pytest.mark.parametrize("change", ["written again", "gone"])
def test_a_file_that_changes_while_the_run_reads_is_refused(tmp_path, default_rules, change):
    path = tmp_path / "a.csv"
    (tmp_path / "b.csv").write_text(file(line("2")))
    path.write_text(file(line("1")))
    plan = plan_first_run(raw_of(tmp_path), default_rules)
    path.unlink()
    if change == "written again":
        path.write_text(file(line("1"), line("3")))
    told = "raw_orders, file a.csv: it changed or went while the run was reading it. Nothing was"
    with pytest.raises(SourceFileError, match=told):
        nodes.count_rows(plan, **raw_of(tmp_path))


@pytest.fixture(scope="module")
def story(spark_session, tmp_path_factory):
    """Reports of a first run, of a repeated one, and of one after a file was corrected."""
    orders = {"columns": COLUMNS, "changed_files": "correct"}
    shop = Shop(tmp_path_factory.mktemp("shop"), orders=orders)
    a = file(line("o1"), line("o2"), line("o3"), line("o1"), "o4,broken\n")
    b = file(line("o5"), line("o2"), line("o5"))
    shop.deliver("orders", a__csv=a, b__csv=b, empty__csv=file())
    reports = [shop.ingest("b1"), shop.ingest("b2")]
    shop.deliver("orders", a__csv=file(line("o1", quantity=7), line("o3")))
    return [*reports, shop.ingest("b3")], shop


def totals_of(report):
    return {key: report["totals"][key] for key in ("received", "merged", "unchanged", "rejected")}


def files_of(report):
    return {one["file"]: one for one in report["sources"]["orders"]["files"]}


@pytest.mark.spark
def test_first_run_merges_every_good_row_and_counts_the_others_by_reason(story):
    report = story[0][0]
    assert totals_of(report) == {
        **{"received": 5 + 3, "merged": 3 + 1, "unchanged": 1, "rejected": 2 + 1}
    }
    assert report["totals"]["rejected_by"] == {"duplicate": 1 + 1, "too_few_fields": 1}
    assert report["totals"]["identity_holds"]
    files = files_of(report)
    assert files["a.csv"]["rejected"] == {"duplicate": 1, "too_few_fields": 1}
    assert (files["b.csv"]["merged"], files["b.csv"]["unchanged"]) == (1, 1)
    assert files["b.csv"]["rejected"] == {"duplicate": 1}
    assert files["empty.csv"]["received"] == 0
    assert list(report["sources"]) == ["orders"]
    assert report["batch_id"] == "b1"
    assert json.loads(json.dumps(report)) == report


@pytest.mark.spark
def test_second_run_of_the_same_files_takes_and_merges_nothing(story):
    report = story[0][1]
    assert totals_of(report) == {"received": 0, "merged": 0, "unchanged": 0, "rejected": 0}
    assert report["sources"] == {}


@pytest.mark.spark
def test_a_corrected_row_is_merged_and_one_that_the_file_holds_no_more_goes(story):
    """o2 was that of a.csv; without it the one of b.csv takes its place."""
    reports, shop = story
    assert totals_of(reports[2]) == {"received": 2, "merged": 1, "unchanged": 1, "rejected": 0}
    found = {row.order_id: row for row in shop.load("prm_user_item_interactions").collect()}
    told = {order: (r.quantity, r.source_file, r.batch_id) for order, r in found.items()}
    assert told == {
        "o1": (7.0, "a.csv", "b3"),
        "o2": (1.0, "b.csv", "b3"),
        "o3": (1.0, "a.csv", "b1"),
        "o5": (1.0, "b.csv", "b1"),
    }
    (rejected,) = shop.load("int_rejected_rows").collect()
    assert (rejected.source_file, rejected.row_text) == ("b.csv", line("o5").strip())


@pytest.mark.spark
def test_rows_that_are_lost_on_the_way_are_told_by_file_and_the_next_run_makes_it_good(
    spark, tmp_path, monkeypatch
):
    shop = Shop(tmp_path, orders={"columns": COLUMNS})
    shop.deliver("orders", a__csv=file(line("o1"), line("o2")), b__csv=file(line("o5")))
    build = interactions.build_interactions
    monkeypatch.setattr(
        interactions, "build_interactions", lambda *told: build(*told).filter("order_id <> 'o2'")
    )
    told = "orders, file a.csv: of 2 good rows 0 repeat another row and 1 are published"
    with pytest.raises(AccountingError, match=told):
        shop.ingest()
    monkeypatch.undo()
    assert totals_of(shop.ingest())["received"] == 3
    assert shop.load("prm_user_item_interactions").count() == 3


@pytest.mark.spark
def test_a_shop_that_delivered_no_row_has_empty_tables_and_the_first_one_is_merged(spark, tmp_path):
    shop = Shop(tmp_path, orders={"columns": COLUMNS})
    shop.deliver("orders", empty__csv=file(), nothing__csv="")
    report = shop.ingest()
    assert totals_of(report) == {"received": 0, "merged": 0, "unchanged": 0, "rejected": 0}
    assert report["totals"]["files"] == 2
    assert [sum(found.values()) for found in shop.hashes().values()] == [0] * 5
    shop.deliver("orders", a__csv=file(line("o1")))
    assert totals_of(shop.ingest())["merged"] == 1


def packed(rows):
    return gzip.compress(rows.encode(), compresslevel=0)


GOOD = line("o1") + line("o2")
MANY = "".join(line(f"t{number}") for number in range(2000))
# File to content, good rows, and the line and reason of each rejected one.
BROKEN = {
    "truncated.csv": (GOOD + "o3,2011-12-0", 2, {4: "last_line_not_terminated"}),
    "cut_number.csv": (GOOD + line("o3", price=12.5)[:-3], 2, {4: "last_line_not_terminated"}),
    "nul.csv": (line("o1") + "o\0,x\n" + line("o2"), 2, {3: "nul_byte"}),
    "utf8.csv": (b"o\xff" + line("").encode() + GOOD.encode(), 2, {2: "bad_encoding"}),
    "long.csv": (line("o" * 1_000_000) + GOOD, 2, {2: "row_too_long"}),
    "quote.csv": (line('"o1') + GOOD, 2, {2: "unbalanced_quote"}),
    "retyped.csv": (line("o1", price="1,5") + GOOD, 2, {2: "too_many_fields"}),
    "blank.csv": ("\n" + line("o1") + "\n" + line("o2", price="x"), 1, {5: "price_unreadable"}),
    "header_only.csv": ("", 0, {}),
}


def run_to_the_limits(folder, rules):
    """What nodes hand to ``check_rejections``, the rejected rows, and the rules."""
    raw = raw_of(folder)
    plan = plan_first_run(raw, rules)
    tables = {}
    for name, files in raw.items():
        part = nodes.type_taken_rows(plan, rules, files)
        tables[name.replace("raw_", "int_")] = part.rows.localCheckpoint()
    counts, scope = nodes.count_rows(plan, **raw, **tables)
    repeats = nodes.find_repeated_rows(plan, scope, Derivation(), **tables).rows.localCheckpoint()
    tables = {**raw, **tables, "int_repeated_rows": repeats, "int_rejected_rows_before": None}
    rejected = nodes.collect_rejected_rows(plan, scope, **tables).rows
    asked = {"rules": rules, "scope": scope, "counts": counts, "int_repeated_rows": repeats}
    return asked, rejected.collect()


@pytest.fixture(scope="module")
def broken(spark_session, tmp_path_factory, default_rules):
    """A folder in which every file is broken in its own way."""
    folder = tmp_path_factory.mktemp("broken")
    for name, (content, *_) in BROKEN.items():
        received = content if isinstance(content, bytes) else content.encode()
        # Each file has orders of its own, so that none repeats another's.
        rows = received.replace(b",i1,", f",i-{name},".encode())
        (folder / name).write_bytes(f"{HEADER}\n".encode() + rows)
    (folder / "bom.csv").write_bytes(f"\ufeff{HEADER}\n{line('bom')}".encode())
    (folder / "empty.csv").write_bytes(b"")
    archive = packed(f"{HEADER}\n{MANY}")
    (folder / "truncated.csv.gz").write_bytes(archive[: len(archive) // 2])
    asked, rejected = run_to_the_limits(folder, default_rules)
    allowed = nodes.check_rejections(NO_LIMITS, **asked)
    return {one.facts.name: one for one in allowed}, rejected, asked


def good_rows(one):
    return one.received - sum(one.rejected.values())


@pytest.mark.spark
@pytest.mark.parametrize("name", BROKEN)
def test_broken_file_keeps_its_good_rows_and_tells_line_and_reason_of_the_others(broken, name):
    counts, rejected, _ = broken
    _, good, bad = BROKEN[name]
    assert counts[name].received == good + len(bad)
    assert good_rows(counts[name]) == good
    found = {row.row_number: row.rejected_by for row in rejected if row.source_file == name}
    assert found == bad


@pytest.mark.spark
def test_truncated_archive_keeps_what_could_be_read(broken):
    one = broken[0]["truncated.csv.gz"]
    assert one.rejected == {"truncated_file": 1}
    assert 500 < good_rows(one) < 2000


@pytest.mark.spark
def test_byte_order_mark_and_empty_file_cost_nothing(broken):
    assert (broken[0]["bom.csv"].received, good_rows(broken[0]["bom.csv"])) == (1, 1)
    assert (broken[0]["empty.csv"].received, good_rows(broken[0]["empty.csv"])) == (0, 0)


@pytest.mark.spark
def test_rejected_row_shows_the_text_as_received(broken):
    (row,) = (r for r in broken[1] if r.source_file == "nul.csv")
    assert (row.source, row.row_text) == ("orders", "o\\0,x")


@pytest.mark.spark
def test_above_the_limit_the_run_stops_before_anything_is_published(broken):
    with pytest.raises(RejectedShareError, match=r"orders: .*the limit is fault_share 0.001"):
        nodes.check_rejections(Limits(fault_share=0.001), **broken[2])


@pytest.mark.spark
def test_one_retyped_file_among_many_stops_the_run_by_name_and_column(
    spark, tmp_path, default_rules
):
    for name in ("a", "b", "c"):
        rows = [line(f"{name}{n}", price="free" if name == "b" else 1) for n in range(12)]
        (tmp_path / f"{name}.csv").write_text(file(*rows))
    asked, _ = run_to_the_limits(tmp_path, default_rules)
    told = r"orders, file b.csv: 12 of 12 rows cannot be used \(price_unreadable 12\)"
    with pytest.raises(RejectedShareError, match=told):
        nodes.check_rejections(Limits(fault_share=1), **asked)
