"""F23: who somebody is stays in the raw files, whatever becomes of the row that says it."""

from __future__ import annotations

import logging
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import pyarrow.parquet as pq

from personalization.contracts.errors import PersonalizationError
from personalization.datasets.pseudonyms import make_pseudonym
from personalization.pipelines.data_processing.options import Limits
from tests.faults.bench import deliver_first
from tests.faults.injection import Fault, Injection, Verdict
from tests.faults.shops import Row, columns_of, make_row, open_shop, write_csv
from tests.ingestion import KEY

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.bench import Bench
    from tests.ingestion import Shop

PERSONAL = {
    "name": "Quirina Zwackelmann",
    "email": "quirina.zwackelmann@example.net",
    "address": "Hinterm Deich 17b",
}
MAIL = PERSONAL["email"]
SOMEBODY = 6


def somebody(**other: str) -> Row:
    return make_row("users", SOMEBODY, **PERSONAL) | other


def in_lines(change: Callable[[bytes], bytes]) -> Callable[[], bytes]:
    """A file in which the line about somebody is changed."""

    def content() -> bytes:
        lines = write_csv([somebody(), make_row("users", 7)], columns_of("users")).encode()
        header, line, *rest = lines.splitlines(keepends=True)
        return b"".join([header, change(line), *rest])

    return content


def rows_of(*rows: Row) -> bytes:
    return write_csv(rows, columns_of("users")).encode()


SITUATIONS: dict[str, Callable[[], bytes]] = {
    "good": lambda: rows_of(somebody()),
    "impossible_moment": lambda: rows_of(somebody(signed_up_ts="1970-01-01 00:00:00")),
    "unreadable_moment": lambda: rows_of(somebody(signed_up_ts="yesterday")),
    "no_user": lambda: rows_of(somebody(user_id="")),
    "duplicate": lambda: rows_of(somebody(), somebody()),
    "superseded": lambda: rows_of(somebody(country="FR"), somebody()),
    "name_in_another_column": lambda: rows_of(somebody(signed_up_ts=PERSONAL["name"])),
    "too_few_fields": in_lines(lambda line: line.split(b",", 1)[1]),
    "too_many_fields": in_lines(lambda line: b"surplus," + line),
    "nul": in_lines(lambda line: line.replace(b",", b"\0,", 1)),
    "bad_bytes": in_lines(lambda line: b"\xff" + line),
    "open_quote": in_lines(lambda line: b'"' + line),
    "too_long": in_lines(lambda line: b"x" * 200_000 + line),
    "cut": lambda: rows_of(make_row("users", 7), somebody())[:-4],
    "column_missing": in_lines(lambda line: line),
    "too_many_broken": in_lines(lambda line: line + b"broken\n" * 30),
}
STOPPED = ("column_missing", "too_many_broken")


class Listener(logging.Handler):
    """Everything that is logged while the ``with`` block runs."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.heard.append(self.format(record))

    def __enter__(self) -> Self:
        self._disabled = logging.root.manager.disable
        logging.disable(logging.NOTSET)
        self._handlers = logging.getLogger().handlers
        logging.getLogger().handlers = [self]  # what is heard is not shown
        self._levels = {name: logging.getLogger(name).level for name in ("", "personalization")}
        for name in self._levels:
            logging.getLogger(name).setLevel(logging.DEBUG)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger().handlers = self._handlers
        for name, level in self._levels.items():
            logging.getLogger(name).setLevel(level)
        logging.disable(self._disabled)


def read_any(path: Path) -> str:
    """What a file says; of a Parquet file its values, and what stands beside them."""
    content = path.read_bytes().decode("utf-8", "replace")
    if path.suffix == ".parquet":
        content += str(pq.read_table(path).to_pylist())
    return content.casefold()


def find_plain(folder: Path, texts: list[str]) -> list[str]:
    """Where a personal value stands in plain text: files of the data root, or texts."""
    values = [value.casefold() for value in PERSONAL.values()]
    files = [path for path in folder.rglob("*") if path.is_file()]
    found = [
        f"{path.relative_to(folder)}" for path in files if any(v in read_any(path) for v in values)
    ]
    return found + [text[:200] for text in texts if any(v in text.casefold() for v in values)]


def ingest_and_search(shop: Shop, stops: bool) -> tuple[list[str], str]:
    """Where personal values are found after a run; what the run said."""
    said = ""
    with Listener() as listener:
        try:
            shop.ingest(limits=Limits() if stops else None)
        except PersonalizationError as error:
            said = str(error)
    found = find_plain(shop.inbox.parent / "data", [*listener.heard, said])
    if not listener.heard:
        found.append("nothing was logged, so that no log was searched")
    return found, said


def deliver_users(situation: str, bench: Bench, folder: Path) -> Verdict:
    """A row about somebody: keyed pseudonyms where it is good, and nothing plain anywhere."""
    _ = bench.session
    shop = open_shop(folder / "shop")
    content = SITUATIONS[situation]()
    if situation == "column_missing":
        content = content.replace(b"country", b"land", 1)
    deliver_first(shop)
    (shop.inbox / "users" / "b.csv").write_bytes(content)
    stops = situation in STOPPED
    found, said = ingest_and_search(shop, stops)
    told = [f"plain in {', '.join(found[:3])}" if found else ""]
    told += ["the run did not stop" if stops and not said else ""]
    told += [f"the run stopped: {said}" if said and not stops else ""]
    lost = 0
    if situation in ("good", "duplicate", "superseded"):
        row = shop.load("prm_users").filter(f"user_id = 'users-{SOMEBODY}'").collect()
        lost = 1 - len(row)
        wrong = [
            column
            for column, value in PERSONAL.items()
            if not row or row[0][f"{column}_pseudonym"] != make_pseudonym(value, KEY)
        ]
        told += [f"no keyed pseudonym: {wrong}" if wrong else ""]
    message = "; ".join(filter(None, told))
    return Verdict(lost, 0, not message, message or said or "nothing plain was found")


def deliver_orders(broken: bool, named: bool, bench: Bench, folder: Path) -> Verdict:
    """A column of a shop's own that is not read and says who somebody is."""
    _ = bench.session
    entry: dict[str, Any] = {"personal": ["mail"]} if named else {}
    rows = [make_row("orders", n) | {"mail": MAIL} for n in range(6)]
    if broken:
        rows[2]["order_ts"] = "yesterday"
    shop = open_shop(folder / "shop", "orders", orders=entry)
    shop.deliver("orders", a__csv=write_csv(rows, [*columns_of("orders"), "mail"]))
    found, said = ingest_and_search(shop, stops=False)
    message = f"plain in {', '.join(found[:3])}" if found else said
    return Verdict(0, 0, not message, message or "nothing plain was found")


FAULT = Fault(
    "F23",
    "personal data",
    (
        *(Injection(f"users/{name}", partial(deliver_users, name)) for name in SITUATIONS),
        Injection("orders/good_row", partial(deliver_orders, False, True)),
        Injection("orders/good_row_of_an_unnamed_column", partial(deliver_orders, False, False)),
        Injection("orders/broken_row", partial(deliver_orders, True, True)),
    ),
    at_once=1,
)
