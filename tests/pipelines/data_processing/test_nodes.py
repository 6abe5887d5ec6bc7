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
from personalization.datasets.delta_merge import DeltaMergeDataset
from personalization.datasets.raw_files import RawFilesDataset
from personalization.pipelines.data_processing import nodes
from personalization.pipelines.data_processing.options import Batch, InteractionWeights, Limits

pytestmark = pytest.mark.spark

HEADER = "order_id,order_ts,item_id,quantity,price"
ENTRY = {"table": "orders", "columns": {name: name for name in HEADER.split(",")}}
NO_LIMITS = Limits(fault_share=1, rejected_share=1, file_fault_share=1)


def line(order, quantity=1, price="2.5"):
    return f"{order},2011-12-01 10:00:00,i1,{quantity},{price}\n"


def sources_of(folder, **entry):
    """Raw files of every table, by the names of the catalog; only orders are delivered."""
    raw = {
        f"raw_{table}": RawFilesDataset(filepath=None, table=table).load() for table in RAW_TABLES
    }
    orders = RawFilesDataset(filepath=f"{folder}/*", **{**ENTRY, **entry})
    return {**raw, "raw_orders": orders.load()}


def type_all(raw):
    inspected = nodes.inspect_files(**raw)
    return {
        name.replace("raw_", "int_"): nodes.type_inspected_rows(files, inspected)
        for name, files in raw.items()
    }


def test_an_entry_that_describes_another_table_is_refused(tmp_path):
    (tmp_path / "a.csv").write_text(f"{HEADER}\n{line('1')}")
    raw = sources_of(tmp_path)
    with pytest.raises(ConfigurationError, match="raw_events: its table is 'orders'"):
        nodes.inspect_files(**{**raw, "raw_events": raw["raw_orders"]})


class Shop:
    """One shop's folder and table of interactions, run as often as asked."""

    def __init__(self, folder):
        self.folder = folder / "in"
        self.folder.mkdir()
        self.dataset = DeltaMergeDataset(
            filepath=str(folder / "interactions"),
            keys=["interaction_id"],
            stamps=["batch_id", "ingested_at"],
        )

    def run(self, batch_id, **files):
        for name, rows in files.items():
            (self.folder / f"{name}.csv").write_text(f"{HEADER}\n{''.join(rows)}")
        batch = Batch(batch_id, "2026-06-30 12:00:00")
        raw = sources_of(self.folder)
        typed = type_all(raw)
        typed["int_orders"] = typed["int_orders"].localCheckpoint()
        counts = nodes.check_rejections(NO_LIMITS, nodes.inspect_files(**raw), **typed)
        told = {name: typed[name] for name in ("int_events", "int_orders", "int_search_logs")}
        self.dataset.save(nodes.publish_interactions(counts, batch, InteractionWeights(), **told))
        names = ("prm_users", "prm_items", "prm_impressions", "prm_searches")
        described = nodes.publish_descriptions(counts, batch, **typed)
        tables = {**typed, **dict(zip(names, described, strict=True))}
        tables["prm_user_item_interactions"] = self.dataset.load()
        account = nodes.account_for_rows(counts, batch, InteractionWeights(), **tables)
        return account, (counts, batch, tables)


@pytest.fixture(scope="module")
def story(spark_session, tmp_path_factory):
    """Reports of a first run, of a repeated one, and of one after a file was delivered anew."""
    shop = Shop(tmp_path_factory.mktemp("shop"))
    a = [line("o1"), line("o2"), line("o3"), line("o1"), "o4,broken\n"]
    reports = [shop.run("b1", a=a, b=[line("o5"), line("o2")], empty=[])[0], shop.run("b2")[0]]
    last, told = shop.run("b3", a=[line("o1", quantity=7), line("o2")])
    return [*reports, last], told, shop


def totals_of(report):
    keys = ("received", "merged", "unchanged", "rejected", "no_longer_delivered")
    return {key: report["totals"][key] for key in keys}


def test_first_run_merges_every_good_row_and_counts_the_others_by_reason(story):
    report = story[0][0]
    assert totals_of(report) == {
        "received": 5 + 2,
        "merged": 3 + 1,
        "unchanged": 0,
        "rejected": 1 + 1 + 1,
        "no_longer_delivered": 0,
    }
    assert report["totals"]["rejected_by"] == {"duplicate": 2, "too_few_fields": 1}
    assert report["totals"]["identity_holds"]
    files = {one["file"]: one for one in report["sources"]["orders"]["files"]}
    assert files["b.csv"]["rejected"] == {"duplicate": 1}
    assert files["empty.csv"]["received"] == 0
    assert list(report["sources"]) == ["orders"]
    assert report["batch_id"] == "b1"
    assert json.loads(json.dumps(report)) == report


def test_second_run_of_the_same_files_merges_nothing(story):
    assert totals_of(story[0][1]) == {**totals_of(story[0][0]), "merged": 0, "unchanged": 4}


def test_sources_without_any_row_are_told(tmp_path, caplog, spark_session):
    folder = tmp_path / "shop"
    folder.mkdir()
    report, _ = Shop(folder).run("b1", empty=[])
    assert report["totals"]["received"] == 0
    assert "No source delivered any row" in caplog.text


def test_changed_row_is_merged_and_vanished_ones_are_told(story):
    files = {one["file"]: one for one in story[0][2]["sources"]["orders"]["files"]}
    a = files["a.csv"]
    assert (a["received"], a["merged"], a["unchanged"]) == (2, 1, 1)
    assert a["no_longer_delivered"] == 1  # o3
    assert (files["b.csv"]["merged"], files["b.csv"]["unchanged"]) == (0, 1)
    quantities = {row.order_id: row.quantity for row in story[2].dataset.load().collect()}
    assert quantities == {"o1": 7.0, "o2": 1.0, "o3": 1.0, "o5": 1.0}


def account_without(story, order):
    """The account of the last run where a row of the published table has gone."""
    counts, batch, tables = story[1]
    kept = tables["prm_user_item_interactions"].filter(f"order_id <> '{order}'")
    less = {**tables, "prm_user_item_interactions": kept}
    return nodes.account_for_rows(counts, batch, InteractionWeights(), **less)


def test_row_that_is_missing_from_the_published_table_is_told_by_file_and_numbers(story):
    with pytest.raises(AccountingError, match=r"orders, file b.csv: 2 rows .* 0 published .* of 1"):
        account_without(story, "o5")


def test_row_that_is_missing_is_not_made_up_for_by_one_that_a_file_held_before(story):
    with pytest.raises(AccountingError, match=r"orders, file a.csv: 2 rows .* 1 published .* of 2"):
        account_without(story, "o2")  # o3 is still there from an earlier a.csv


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


@pytest.fixture(scope="module")
def broken(spark_session, tmp_path_factory):
    """Counts and rejected rows of a folder in which every file is broken in its own way."""
    folder = tmp_path_factory.mktemp("broken")
    for name, (content, *_) in BROKEN.items():
        received = content if isinstance(content, bytes) else content.encode()
        # Each file has orders of its own, so that none is a duplicate of another's.
        rows = received.replace(b",i1,", f",i-{name},".encode())
        (folder / name).write_bytes(f"{HEADER}\n".encode() + rows)
    (folder / "bom.csv").write_bytes(f"\ufeff{HEADER}\n{line('bom')}".encode())
    (folder / "empty.csv").write_bytes(b"")
    archive = packed(f"{HEADER}\n{MANY}")
    (folder / "truncated.csv.gz").write_bytes(archive[: len(archive) // 2])
    raw = sources_of(folder)
    typed = type_all(raw)
    typed["int_orders"] = typed["int_orders"].localCheckpoint()
    counts = nodes.check_rejections(NO_LIMITS, nodes.inspect_files(**raw), **typed)
    rejected = nodes.collect_rejected_rows(**typed).collect()
    return {one.facts.name: one for one in counts}, rejected, (raw, typed)


@pytest.mark.parametrize("name", BROKEN)
def test_broken_file_keeps_its_good_rows_and_tells_line_and_reason_of_the_others(broken, name):
    counts, rejected, _ = broken
    _, good, bad = BROKEN[name]
    assert counts[name].received == good + len(bad)
    assert counts[name].accepted == good
    found = {row.row_number: row.rejected_by for row in rejected if row.source_file == name}
    assert found == bad


def test_truncated_archive_keeps_what_could_be_read(broken):
    one = broken[0]["truncated.csv.gz"]
    assert one.rejected == {"truncated_file": 1}
    assert 500 < one.accepted == one.received - 1 < 2000


def test_byte_order_mark_and_empty_file_cost_nothing(broken):
    assert (broken[0]["bom.csv"].received, broken[0]["bom.csv"].accepted) == (1, 1)
    assert (broken[0]["empty.csv"].received, broken[0]["empty.csv"].accepted) == (0, 0)


def test_rejected_row_shows_the_text_as_received(broken):
    (row,) = (r for r in broken[1] if r.source_file == "nul.csv")
    assert (row.source, row.row_text) == ("orders", "o\\0,x")


def test_above_the_limit_the_run_stops_before_anything_is_published(broken):
    raw, typed = broken[2]
    with pytest.raises(RejectedShareError, match=r"orders: .*the limit is fault_share 0.001"):
        nodes.check_rejections(Limits(fault_share=0.001), nodes.inspect_files(**raw), **typed)


def test_one_retyped_file_among_many_stops_the_run_by_name_and_column(spark, tmp_path):
    for name in ("a", "b", "c"):
        rows = [line(f"{name}{n}", price="free" if name == "b" else 1) for n in range(12)]
        (tmp_path / f"{name}.csv").write_text(f"{HEADER}\n{''.join(rows)}")
    raw = sources_of(tmp_path)
    told = r"orders, file b.csv: 12 of 12 rows cannot be used \(price_unreadable 12\)"
    with pytest.raises(RejectedShareError, match=told):
        nodes.check_rejections(Limits(fault_share=1), nodes.inspect_files(**raw), **type_all(raw))


def test_a_file_that_changes_while_the_run_reads_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text(f"{HEADER}\n{line('1')}")
    inspected = nodes.inspect_files(**sources_of(tmp_path))
    path.write_text(f"{HEADER}\n{line('2')}")
    with pytest.raises(SourceFileError, match="raw_orders: files came, went or changed"):
        nodes.type_inspected_rows(sources_of(tmp_path)["raw_orders"], inspected)
