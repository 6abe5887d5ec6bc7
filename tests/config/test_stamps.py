"""The stamps of a run hold still, and the next run has others."""

from __future__ import annotations

import re

from personalization.config import stamps


def test_stamps_hold_still_within_a_run() -> None:
    assert stamps.run_started_at() == stamps.run_started_at()
    assert stamps.batch_id() == stamps.batch_id()


def test_the_batch_carries_its_start_and_differs_from_the_next() -> None:
    first = stamps.batch_id()
    stamps.renew()
    second = stamps.batch_id()
    assert first != second
    digits = re.sub(r"\D", "", stamps.run_started_at())
    assert second.startswith(f"{digits[:8]}T{digits[8:]}-")
