"""A shop beside another one, both as their own reports describe them."""

# Annotations are evaluated here: Kedro reads a node's type hints.
from typing import Any

from personalization.simulation.shapes import (
    DISTANCE_NAMES,
    measure_distance,
    read_distribution,
)


def compare_shops(report: dict[str, Any], other: dict[str, Any] | None) -> dict[str, Any]:
    """How far a shop is from another one, measure by measure and distribution by distribution.

    Args:
        report: ``report_realism`` of the shop.
        other: the same of another shop; None where there is none yet.

    Returns:
        ``shop``; ``other``: its name, null where there is none or it is the shop itself;
        ``bands``: both values of every measure; ``distributions``: both, with their distance.
    """
    name = other.get("shop") if other else None
    if other is None or name in {None, report["shop"]}:
        return {"shop": report["shop"], "other": None, "bands": [], "distributions": []}
    values = {row["measure"]: row["value"] for row in other["bands"]}
    theirs = {stored["name"]: read_distribution(stored) for stored in other["distributions"]}
    rows = []
    for stored in report["distributions"]:
        own = read_distribution(stored)
        found = theirs.get(own.name)
        if found is None:
            continue
        rows.append(
            {
                "name": own.name,
                "distance_name": DISTANCE_NAMES[own.form],
                "distance": measure_distance(own, found),
                "of_other": found.as_dict(),
            }
        )
    bands = [
        {"measure": row["measure"], "value": row["value"], "of_other": values.get(row["measure"])}
        for row in report["bands"]
    ]
    return {"shop": report["shop"], "other": name, "bands": bands, "distributions": rows}
