"""Every fault that is injected, in the order of its number.

Erasure of a user (F22) finds its place here once there is a command for it.
"""

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
    personal_data.FAULT,
    determinism.FAULT,
)
