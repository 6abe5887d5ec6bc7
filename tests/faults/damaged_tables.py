"""F11: tables that something outside the project has damaged."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq

from personalization.datasets.table_care import forget_cached_log
from personalization.repair import repair_catalog
from tests.faults import gone
from tests.faults.bench import Bench, copy_shop, deliver_first, deliver_second, run_again
from tests.faults.contents import judge_same, read_content
from tests.faults.injection import Fault, Injection, Verdict
from tests.faults.shops import TABLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.bench import Base

DAMAGED = (
    *(f"int_{table}" for table in TABLES),
    *("int_rejected_rows", "int_repeated_rows", "report_ingested_files"),
    *("prm_user_item_interactions", "prm_users", "prm_items", "prm_impressions", "prm_searches"),
)
CHOSEN = (
    *("int_rejected_rows", "int_orders", "report_ingested_files"),
    *("prm_user_item_interactions", "prm_users", "prm_impressions"),
)
EMPTY = ("int_rejected_rows", "int_repeated_rows")  # of a shop without faults


def forget_checksum(path: Path) -> None:
    """A disk that loses bytes does so under the checksum too."""
    path.with_name(f".{path.name}.crc").unlink(missing_ok=True)


def filled_files(folder: Path) -> list[Path]:
    """Data files with rows, the newest last."""
    files = sorted(folder.rglob("*.parquet"), key=lambda path: path.stat().st_mtime_ns)
    files = [path for path in files if "_delta_log" not in path.parts]
    return [path for path in files if pq.read_metadata(path).num_rows]


def flip_a_byte(folder: Path) -> None:
    path = filled_files(folder)[-1]
    group = pq.read_metadata(path).row_group(0)
    content = bytearray(path.read_bytes())
    content[group.column(0).data_page_offset + 40] ^= 0xFF
    path.write_bytes(content)
    forget_checksum(path)


def delete_a_file(folder: Path) -> None:
    filled_files(folder)[-1].unlink()


def cut_a_file(folder: Path) -> None:
    path = filled_files(folder)[-1]
    path.write_bytes(path.read_bytes()[:-30])
    forget_checksum(path)


def cut_the_last_commit(folder: Path) -> None:
    path = max((folder / "_delta_log").glob("*.json"))
    path.write_bytes(path.read_bytes()[:-40])
    forget_checksum(path)


def empty_the_last_commit(folder: Path) -> None:
    path = max((folder / "_delta_log").glob("*.json"))
    path.write_bytes(b"")
    forget_checksum(path)


def drop_a_line_of_the_last_commit(folder: Path) -> None:
    """What is left can be read, and tells of another table."""
    path = max((folder / "_delta_log").glob("*.json"))
    lines = path.read_text().splitlines(keepends=True)
    kept = next(place for place in range(len(lines) - 1, -1, -1) if '"add"' in lines[place])
    path.write_text("".join(lines[:kept] + lines[kept + 1 :]))
    forget_checksum(path)


def corrupt_the_checkpoint(folder: Path) -> None:
    path = max((folder / "_delta_log").glob("*.checkpoint*.parquet"))
    path.write_bytes(b"\0" * path.stat().st_size)
    forget_checksum(path)


DAMAGES: dict[str, Callable[[Path], None]] = {
    one.__name__: one
    for one in (
        *(flip_a_byte, delete_a_file, cut_a_file),
        *(cut_the_last_commit, empty_the_last_commit, drop_a_line_of_the_last_commit),
        corrupt_the_checkpoint,
    )
}


def after_two_runs(bench: Bench, damage: str) -> Base:
    """A shop whose tables have two commits or more, with checkpoints where one is damaged.

    Elsewhere there is none: a commit that a checkpoint covers is not read any more.
    """
    if damage != corrupt_the_checkpoint.__name__:
        return bench.base("two_runs", deliver_first, deliver_second)
    interval = "spark.databricks.delta.properties.defaults.checkpointInterval"
    bench.session.conf.set(interval, "1")
    try:
        return bench.base("with_checkpoints", deliver_first, deliver_second)
    finally:
        bench.session.conf.unset(interval)


def damage_and_repair(damage: str, table: str, bench: Bench, folder: Path) -> Verdict:
    """Damage is found, the table brought back, and the next run makes good what that has cost."""
    base = after_two_runs(bench, damage)
    shop = copy_shop(base, folder)
    place = shop.catalog().get(table).location
    DAMAGES[damage](Path(place))
    forget_cached_log()
    repaired = repair_catalog(shop.catalog())
    problems = {one.location: one for one in repaired.findings if one.problem is not None}
    told = f"{problems[place].problem}"[:150] if place in problems else ""
    again = run_again(shop) if repaired.is_whole else "no good version is left"
    return judge_same(
        base.content,
        read_content(shop),
        "" if told else "the damage was not found",
        f"whole tables were called damaged: {sorted(problems)}" if len(problems) > 1 else "",
        again,
        message=f"restored, {len(repaired.again)} files read again ({told})",
    )


def tables_for(damage: str) -> tuple[str, ...]:
    """A flipped byte in every table that has bytes; the other damages where they matter most."""
    if damage == "flip_a_byte":
        return tuple(table for table in DAMAGED if table not in EMPTY)
    return CHOSEN if damage in ("cut_the_last_commit", "corrupt_the_checkpoint") else CHOSEN[1:]


FAULT = Fault(
    "F11",
    "damaged tables",
    tuple(
        Injection(f"{table}/{name}", partial(damage_and_repair, name, table))
        for name in DAMAGES
        for table in tables_for(name)
    )
    + gone.INJECTIONS,
)
