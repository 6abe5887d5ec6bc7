"""A broken file costs the rows that are broken, each told by line and reason, and no other."""

import gzip
from dataclasses import replace

import pytest

from personalization.contracts.errors import RejectedShareError
from personalization.pipelines.data_processing import nodes
from personalization.pipelines.data_processing.options import Limits, Rules
from personalization.pipelines.data_processing.readout import (
    account_for_file,
    summarise,
    tell_source,
)
from tests.pipelines.data_processing.first_run import HEADER, file, line, run_to_the_limits

pytestmark = pytest.mark.spark

NO_LIMITS = Limits(fault_share=1, rejected_share=1, file_fault_share=1)


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
    allowed = nodes.check_rejections(limits=NO_LIMITS, **asked)
    return {one.facts.name: one for one in allowed}, rejected, asked


def good_rows(one):
    return one.received - sum(one.reasons.values())


@pytest.mark.parametrize("name", BROKEN)
def test_broken_file_keeps_its_good_rows_and_tells_line_and_reason_of_the_others(broken, name):
    counts, rejected, _ = broken
    _, good, bad = BROKEN[name]
    assert counts[name].received == good + len(bad)
    assert good_rows(counts[name]) == good
    found = {row.row_number: row.rejected_by for row in rejected if row.source_file == name}
    assert found == bad


def test_truncated_archive_keeps_what_could_be_read(broken):
    one = broken[0]["truncated.csv.gz"]
    assert one.rejected == {"truncated_file": 1}
    assert 500 < good_rows(one) < 2000


def test_byte_order_mark_and_empty_file_cost_nothing(broken):
    assert (broken[0]["bom.csv"].received, good_rows(broken[0]["bom.csv"])) == (1, 1)
    assert (broken[0]["empty.csv"].received, good_rows(broken[0]["empty.csv"])) == (0, 0)


def test_rejected_row_shows_the_text_as_received(broken):
    (row,) = (r for r in broken[1] if r.source_file == "nul.csv")
    assert (row.source, row.row_text) == ("orders", "o\\0,x")


def test_above_the_limit_the_run_stops_before_anything_is_published(broken):
    with pytest.raises(RejectedShareError, match=r"orders: .*the limit is fault_share 0.001"):
        nodes.check_rejections(limits=Limits(fault_share=0.001), **broken[2])


def test_a_dry_run_says_that_a_run_would_stop_and_goes_on_to_show_why(broken, caplog):
    plan = replace(broken[2]["plan"], first_rows=2000)
    asked = {**broken[2], "plan": plan}
    told = nodes.check_rejections(limits=Limits(fault_share=0.001), **asked)
    assert {one.facts.name for one in told} == set(broken[0])
    (record,) = caplog.records
    assert record.getMessage().startswith("A run would stop here: orders: ")
    assert record.getMessage().endswith("the limit is fault_share 0.001.")


def test_what_only_warns_is_counted_by_file_and_rule_with_its_first_row(spark, tmp_path):
    dear = {"rule": "at_most", "column": "price", "value": 10, "severity": "warn"}
    for name, prices in (("a", (1, 12, 1, 99)), ("b", (1, 1))):
        rows = [line(f"{name}{n}", price=price) for n, price in enumerate(prices)]
        (tmp_path / f"{name}.csv").write_text(file(*rows))
    asked, rejected = run_to_the_limits(tmp_path, Rules(orders={"dear": dear}))
    assert rejected == []
    told = {one.facts.name: (one.warned, one.first_warned) for one in asked["counts"]}
    assert told == {"a.csv": ({"dear": 2}, {"dear": 3}), "b.csv": ({}, {})}
    entries = [account_for_file(one, None) for one in asked["counts"]]
    lines = tell_source("orders", {**summarise(entries), "files": entries}, {})
    assert lines[-1] == "  kept, with a warning of dear: 2 (a.csv, row 3)"


def test_one_retyped_file_among_many_stops_the_run_by_name_and_column(
    spark, tmp_path, default_rules
):
    for name in ("a", "b", "c"):
        rows = [line(f"{name}{n}", price="free" if name == "b" else 1) for n in range(12)]
        (tmp_path / f"{name}.csv").write_text(file(*rows))
    asked, _ = run_to_the_limits(tmp_path, default_rules)
    told = r"orders, file b.csv: 12 of 12 rows cannot be used \(price_unreadable 12\)"
    with pytest.raises(RejectedShareError, match=told):
        nodes.check_rejections(limits=Limits(fault_share=1), **asked)
