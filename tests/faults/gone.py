"""F11: a damaged table, and the file that its rows came from is not there any more."""

from __future__ import annotations

import shutil
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from personalization.datasets.table_care import forget_cached_log
from personalization.repair import repair_catalog
from tests.faults.bench import copy_shop, deliver_first, deliver_second, run_again
from tests.faults.contents import judge_same, read_content
from tests.faults.injection import Injection, Verdict
from tests.faults.shops import SECOND, TABLES, make_row

if TYPE_CHECKING:
    from tests.faults.bench import Bench
    from tests.ingestion import Shop

TABLE = "orders"
LOST = f"{TABLE}/b.csv"
FOLDERS = ("int_orders", "report_ingested_files", "prm_users", "prm_user_item_interactions")


def lose_the_second_file(shop: Shop) -> None:
    """The last commit of its typed rows, and the file."""
    log = Path(shop.catalog().get(f"int_{TABLE}").location) / "_delta_log"
    max(log.glob("*.json")).write_bytes(b"")
    (shop.inbox / TABLE / "b.csv").unlink()
    forget_cached_log()


def told_of_loss(shop: Shop) -> list[str]:
    """What is not as promised where rows are lost whose file is gone: empty texts are nothing."""
    unrepaired = run_again(shop)
    repaired = repair_catalog(shop.catalog())
    stopped = run_again(shop)
    return [
        "" if "kedro repair" in unrepaired else f"a run went on on a cut table: {unrepaired}",
        "" if repaired.missing == (LOST,) else f"told as missing: {repaired.missing}",
        "" if LOST in stopped and "--accept-loss" in stopped else f"a run went on: {stopped}",
    ]


def put_back(bench: Bench, folder: Path) -> Verdict:
    """The file comes again: everything is as it was."""
    base = bench.base("two_runs", deliver_first, deliver_second)
    shop = copy_shop(base, folder)
    content = (shop.inbox / TABLE / "b.csv").read_bytes()
    lose_the_second_file(shop)
    wrong = told_of_loss(shop)
    (shop.inbox / TABLE / "b.csv").write_bytes(content)
    again = run_again(shop)
    return judge_same(base.content, read_content(shop), *wrong, again, message="stopped till then")


def accept_loss(bench: Bench, folder: Path) -> Verdict:
    """The loss is accepted by name: everything but the rows of the file is there."""
    base = bench.base("two_runs", deliver_first, deliver_second)
    shop = copy_shop(base, folder)
    lose_the_second_file(shop)
    wrong = told_of_loss(shop)
    repair_catalog(shop.catalog(), accept_loss=True)
    again = run_again(shop)
    theirs = {make_row(TABLE, number)["item_id"] for number in SECOND}
    whole = repair_catalog(shop.catalog())
    left = f"a second repair finds {whole}" if whole.has_work else ""
    expected = base.content.without(theirs)
    return judge_same(expected, read_content(shop), *wrong, again, left, message="accepted by name")


def delete_the_folder(name: str, bench: Bench, folder: Path) -> Verdict:
    """A table's whole folder is gone: noted by a repair, made again from the shop's files."""
    base = bench.base("two_runs", deliver_first, deliver_second)
    shop = copy_shop(base, folder)
    place = shop.catalog().get(name).location
    shutil.rmtree(place)
    forget_cached_log()
    repaired = repair_catalog(shop.catalog())
    again = run_again(shop)
    files = {"int_orders": 2, "report_ingested_files": 2 * len(TABLES)}.get(name, 0)
    return judge_same(
        base.content,
        read_content(shop),
        "" if repaired.absent == (place,) else f"told as not there: {repaired.absent}",
        "" if len(repaired.again) == files else f"to be read again: {repaired.again}",
        again,
        message=f"told, {files} files read again",
    )


INJECTIONS = (
    Injection("file_gone/put_back", put_back),
    Injection("file_gone/loss_accepted", accept_loss),
    *(Injection(f"{name}/folder_deleted", partial(delete_the_folder, name)) for name in FOLDERS),
)
