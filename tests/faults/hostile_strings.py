"""F20: SQL, paths, YAML tags and interpolations in ids, names, file names and parameters."""

from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kedro.io import DatasetError

from personalization.contracts.errors import PersonalizationError
from tests.faults.bench import after_second, copy_shop
from tests.faults.contents import judge, read_content
from tests.faults.injection import Fault, Injection, Verdict
from tests.faults.shops import SECOND, columns_of, labels_of, make_row, write_csv

if TYPE_CHECKING:
    from tests.faults.bench import Bench
    from tests.ingestion import Shop

CANARY = "canary"
STRINGS = {
    "sql": "x'); DROP TABLE prm_users; --",
    "sql_condition": "' OR '1'='1",
    "backticks": "a`; DELETE FROM delta.`/",
    "path": "../../canary/written",
    "absolute_path": "/tmp/../etc/passwd",
    "yaml_tag": "!!python/object/apply:os.system ['touch canary']",
    "interpolation": "${oc.env:HOME}",
    "globals": "${globals:data_root}",
    "template": "{{7*7}}{7}%(x)s%s%n",
    "shell": "$(touch canary);`touch canary`|touch canary",
    "formula": "=cmd|'/C calc'!A0",
    "pattern": ".*[a-z]{1,99}(?P<x>\\d)\\Q$1",
    "html": "<script>alert(1)</script>",
    "unicode": "\u202egnp.exe \u0130\U0001f600 e\u0301",
}
HOSTILE = SECOND[1]  # the row that brings the text
AS_ID = {
    "users": ("user_id", "prm_users"),
    "orders": ("item_id", "prm_user_item_interactions"),
}
AS_TEXT = {
    "products": ("title", "prm_items"),
    "search_logs": ("query", "prm_searches"),
}


def outside(bench: Bench, folder: Path) -> str:
    """Hash of what lies beside the shop: a canary, and the repository's own folders."""
    canary = folder / CANARY
    canary.mkdir(exist_ok=True)
    roots = (folder, canary, bench.project, bench.project / "conf", Path("/tmp"))
    names = [
        f"{root}/{path.name}"
        for root in roots
        for path in sorted(root.iterdir())
        if (root != Path("/tmp") or "canary" in path.name or "passwd" in path.name)
        and path != folder / "shop"  # its own
    ]
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def put(column: str, table: str, text: str) -> str:
    rows = [make_row(table, n, **({column: text} if n == HOSTILE else {})) for n in SECOND]
    return write_csv(rows, columns_of(table))


def in_a_value(
    table: str, place: tuple[str, str], name: str, bench: Bench, folder: Path
) -> Verdict:
    """The text arrives as it is, and nothing else is written than the shop's own tables."""
    column, home = place
    text = STRINGS[name]
    shop = copy_shop(bench.first, folder)
    before = outside(bench, folder)
    shop.deliver(table, b__csv=put(column, table, text))
    shop.ingest()
    there = [row[0] for row in shop.load(home).select(column).collect()]
    hostile = {*labels_of(table, [HOSTILE]), text}
    return judge(
        after_second(bench, table).without(hostile),
        read_content(shop).without(hostile),
        "" if there.count(text) == 1 else f"the text is there {there.count(text)} times",
        "" if before == outside(bench, folder) else "something was written beside the data root",
        message=f"{column} is {text!r}",
    )


def in_a_file_name(name: str, bench: Bench, folder: Path) -> Verdict:
    """A file of that name is read as any other; a slash cannot be in a name."""
    table = "orders"
    told = STRINGS[name].replace("/", "_").lstrip(".")  # a hidden file is none of the shop's
    shop = copy_shop(bench.first, folder)
    before = outside(bench, folder)
    (shop.inbox / table / told).write_text(
        write_csv([make_row(table, n) for n in SECOND], columns_of(table))
    )
    shop.ingest()
    again = shop.ingest()["totals"]["received"]
    found = read_content(shop)
    files = {row.file for row in found.rows if row.label in labels_of(table, SECOND)}
    return judge(
        after_second(bench, table).anywhere(),
        found.anywhere(),
        "" if files == {told} else f"the file is called {files}",
        f"the second run read {again} rows" if again else "",
        "" if before == outside(bench, folder) else "something was written beside the data root",
        message=f"file {told!r}",
    )


def in_a_parameter(key: str, name: str, bench: Bench, folder: Path) -> Verdict:
    """A parameter is taken as text or refused by name; it is never read as anything else."""
    text = STRINGS[name]
    table = "orders"
    entries: dict[str, dict[str, Any]] = {
        "null_values": {"null_values": [text]},
        "fixed": {"fixed": {"country": text}},
        "item_matches": {"item_matches": text},
    }
    options = {"batch_id": text} if key == "batch_id" else {}
    before = outside(bench, folder)
    shop: Shop | None = None
    try:
        shop = copy_shop(bench.first, folder, **{table: entries.get(key, {})})
        shop.deliver(
            table, b__csv=write_csv([make_row(table, n) for n in SECOND], columns_of(table))
        )
        shop.ingest(**options)
        told = "taken as text"
    except (PersonalizationError, DatasetError) as error:
        told = f"refused: {error}"
    # A pattern decides which rows are about products: what it leaves is its own business.
    refused = told.startswith("refused")
    expected = bench.first.content if refused else after_second(bench, table)
    found = read_content(shop) if shop is not None else expected
    if key == "item_matches" and not refused:
        of_table = labels_of(table, [*range(6), *SECOND])
        expected, found = expected.without(of_table), found.without(of_table)
    return judge(
        expected,
        found,
        "" if not refused or key in told else f"the key is not named: {told}",
        "" if before == outside(bench, folder) else "something was written beside the data root",
        message=told,
    )


# Every text as an item's id; in the other places those that mean something there.
ELSEWHERE = ("sql", "path", "yaml_tag", "interpolation", "template", "unicode")
FILE_NAMES = (*ELSEWHERE, "backticks", "shell")
PLACES = (
    *(("orders", AS_ID["orders"], name) for name in STRINGS),
    *(("users", AS_ID["users"], name) for name in ELSEWHERE),
    *((table, AS_TEXT[table], name) for table in AS_TEXT for name in ELSEWHERE),
)
PARAMETERS = {
    "batch_id": ("sql", "path", "yaml_tag", "interpolation"),
    "null_values": ("sql", "backticks"),
    "fixed": ("sql", "interpolation"),
    "item_matches": ("sql", "pattern"),
}
FAULT = Fault(
    "F20",
    "hostile strings",
    (
        *(
            Injection(f"{t}.{place[0]}/{n}", partial(in_a_value, t, place, n))
            for t, place, n in PLACES
        ),
        *(Injection(f"file_name/{name}", partial(in_a_file_name, name)) for name in FILE_NAMES),
        *(
            Injection(f"parameter {key}/{name}", partial(in_a_parameter, key, name))
            for key, names in PARAMETERS.items()
            for name in names
        ),
    ),
)
