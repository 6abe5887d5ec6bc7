"""Every fault that is injected, in the order of its number."""

from __future__ import annotations

from tests.faults import (
    broken_files,
    changed_content,
    changed_schema,
    clocks,
    damaged_tables,
    delivered_twice,
    determinism,
    disk_full,
    forgotten,
    hostile_strings,
    killed,
    out_of_order,
    personal_data,
    readers,
    repeated,
    writers,
)

FAULTS = (
    killed.FAULT,
    repeated.FAULT,
    changed_content.FAULT,
    broken_files.FAULT,
    delivered_twice.FAULT,
    out_of_order.FAULT,
    clocks.FAULT,
    changed_schema.FAULT,
    disk_full.FAULT,
    writers.FAULT,
    damaged_tables.FAULT,
    readers.FAULT,
    hostile_strings.FAULT,
    forgotten.FAULT,
    personal_data.FAULT,
    determinism.FAULT,
)

# What 'make test' does as well: one of each fault that no other quick test brings about.
QUICK = {
    "F7": "test_period/-48_h",
    "F20": "orders.item_id/sql",
    "F23": "users/too_few_fields",
}
