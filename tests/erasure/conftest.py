"""One person erased from one shop, told by all the tests that look at what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from personalization.erasure.forget import Erased, Look, forget, look
from tests.erasure.people import ask, open_shop, others

if TYPE_CHECKING:
    from tests.ingestion import Shop


@dataclass
class Story:
    """What was there of a person, what was done, and what was there of others before."""

    shop: Shop
    seen: Look
    erased: Erased
    before: dict[str, list[str]]
    versions: dict[str, int]
    report: dict[str, Any]


@pytest.fixture(scope="package")
def story(spark_session, tmp_path_factory):
    shop = open_shop(tmp_path_factory.mktemp("forget"))
    report = shop.ingest()
    before = others(shop)
    versions = {name: shop.version(name) for name in ("int_events", "prm_users")}
    request = ask(shop)
    seen = look(request)
    return Story(shop, seen, forget(request, seen), before, versions, report)
