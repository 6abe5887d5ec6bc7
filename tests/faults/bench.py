"""What injections share: one warm Spark session, and shops that nothing has disturbed."""

from __future__ import annotations

import itertools
import shutil
from threading import RLock
from typing import TYPE_CHECKING, Any, NamedTuple

from tests.faults.contents import Content, read_content
from tests.faults.shops import (
    FIRST,
    LABEL_COLUMNS,
    SECOND,
    TABLES,
    make_file,
    make_row,
    open_shop,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from pyspark.sql import SparkSession

    from tests.ingestion import Shop


RUNS_BEFORE = 10  # more than any shop has seen that is copied


class Base(NamedTuple):
    """A shop after runs that nothing disturbed."""

    folder: Path
    content: Content


def start_session(project: Path) -> SparkSession:
    """The session of this process, with the settings of the tests."""
    from personalization.config.layers import LayeredConfigLoader
    from personalization.settings import CONFIG_LOADER_ARGS
    from personalization.spark import build

    loader = LayeredConfigLoader(str(project / "conf"), "test", **CONFIG_LOADER_ARGS)
    build.hand_over(loader["spark"])
    build.require_spark()
    return build.active_session()


def deliver_first(shop: Shop) -> None:
    """File ``a.csv`` of every table."""
    for table in TABLES:
        shop.deliver(table, a__csv=make_file(table, FIRST))


def deliver_second(shop: Shop) -> None:
    """File ``b.csv`` of every table."""
    for table in TABLES:
        shop.deliver(table, b__csv=make_file(table, SECOND))


class Bench:
    """The session and the clean shops of a run of injections.

    Args:
        project: the repository.
        folder: an empty folder for everything that is shared.
    """

    def __init__(self, project: Path, folder: Path) -> None:
        self.project = project
        self.folder = folder
        self._made: dict[str, Any] = {}
        self._making = RLock()

    @property
    def session(self) -> SparkSession:
        """Started by the first who asks."""
        return self.once("session", lambda: start_session(self.project))

    def once(self, name: str, make: Callable[[], Any]) -> Any:
        """What ``make`` gives, made by the first who asks for it by that name."""
        with self._making:
            if name not in self._made:
                self._made[name] = make()
            return self._made[name]

    def base(
        self,
        name: str,
        *deliveries: Callable[[Shop], object],
        sources: Mapping[str, dict[str, Any]] | None = None,
    ) -> Base:
        """A shop after one run for each delivery."""

        def make() -> Base:
            _ = self.session
            shop = open_shop(self.folder / name, **(sources or {}))
            for deliver in deliveries:
                deliver(shop)
                shop.ingest()
            return Base(self.folder / name, read_content(shop))

        return self.once(f"shop {name}", make)

    @property
    def first(self) -> Base:
        """After ``a.csv`` of every table."""
        return self.base("first", deliver_first)

    @property
    def both(self) -> Base:
        """After ``a.csv`` and ``b.csv`` of every table, in one run."""
        return self.base("both", lambda shop: (deliver_first(shop), deliver_second(shop)))


def copy_shop(base: Base, folder: Path, **changed: dict[str, Any]) -> Shop:
    """A copy of a shop, to be spoilt; its runs are numbered on."""
    shutil.copytree(base.folder, folder / "shop")
    shop = open_shop(folder / "shop", **changed)
    shop._numbers = itertools.count(RUNS_BEFORE)
    return shop


def run_again(shop: Shop) -> str:
    """What an ingestion says; empty where it succeeds."""
    try:
        shop.ingest()
    except Exception as error:  # noqa: BLE001 - whatever Spark and Delta make of damage
        return f"{type(error).__name__}: {error}"
    return ""


def after_second(bench: Bench, table: str) -> Content:
    """What is to be published after ``a.csv`` of every table and ``b.csv`` of one of them."""
    others = [
        make_row(other, number)[LABEL_COLUMNS[other]]
        for other in TABLES
        for number in SECOND
        if other != table
    ]
    return bench.both.content.without(others)
