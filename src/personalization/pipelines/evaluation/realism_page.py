"""The realism report as a page for people: one file that asks nothing of a network."""

# Annotations are evaluated here: Kedro reads a node's type hints.
from collections import Counter
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any, Final

from personalization.pipelines.evaluation.realism_figures import (
    LONGEST_CURVE,
    MARKERS,
    OTHER,
    OWN,
    PUBLISHED,
    draw_distribution,
    write_svg,
)
from personalization.pipelines.evaluation.realism_template import PAGE
from personalization.simulation.references import REFERENCES

TITLES: Final = {
    "best_items": "Sales of the best items",
    "session_length": "Views of a session",
    "view_gap": "Seconds between two views",
    "orders_per_user": "Orders of a user",
    "order_gap": "Days between two orders",
    "order_value": "Value of an order",
    "hours": "Hours of the day",
    "weekdays": "Weekdays",
    "months": "Orders by month (what the period holds twice counts twice)",
}
SIGNS: Final = dict(zip(MARKERS, "●■▲", strict=True))
NOTHING: Final = "-"


def tell(value: float | None) -> str:
    """A number for a person.

    >>> tell(0.0123), tell(3.456), tell(123.4), tell(None)
    ('0.012', '3.46', '123', '-')
    """
    if value is None:
        return NOTHING
    if abs(value) >= 100:  # noqa: PLR2004 - three digits say enough
        return f"{value:,.0f}"
    return f"{value:.2f}" if abs(value) >= 1 else f"{value:.3f}"


def name_of(measure: str) -> str:
    """A measure's name as words."""
    return escape(measure.replace("_", " "))


def write_row(cells: Iterable[str], tag: str = "td") -> str:
    """A row of a table; cells are HTML already."""
    return "<tr>" + "".join(f"<{tag}>{cell}</{tag}>" for cell in cells) + "</tr>"


def write_bands(bands: list[dict[str, Any]], comparison: Mapping[str, Any]) -> str:
    """The table of bands; a column more where there is another shop."""
    other = comparison["other"]
    theirs = {row["measure"]: row["of_other"] for row in comparison["bands"]}
    shops = ["this shop", escape(other)] if other else ["this shop"]
    rows = [write_row(["measure", "unit", "band", *shops, "verdict"], "th")]
    for row in bands:
        band = f"{row['low']:g} … {row['high']:g}" if row["high"] is not None else None
        verdict = row["verdict"]
        values = [tell(row["value"])]
        if other:
            values.append(tell(theirs[row["measure"]]))
        cells = [
            name_of(row["measure"]),
            escape(row["unit"]),
            band or f"{row['low']:g} or more",
            *values,
            f'<span class="{verdict.replace(" ", "-")}">{verdict}</span>',
        ]
        rows.append(write_row(cells))
    return "\n".join(rows)


def write_key(colour: str, sign: str, text: str) -> str:
    """A line of a figure's legend."""
    return f'<li><span style="color:{colour}">{sign}</span> {text}</li>'


def write_figure(own: Mapping[str, Any], beside: Mapping[str, Any] | None, other: str) -> str:
    """One distribution that the shop has data on: picture, legend, distances."""
    title = TITLES[own["name"]]
    drawn = beside["of_other"] if beside and beside["distance"] is not None else None
    keys = [write_key(OWN, "▬", f"this shop, {own['n']:,} counted")]
    if drawn and beside:
        told = f"{escape(beside['distance_name'])} {tell(beside['distance'])}"
        keys.append(write_key(OTHER, "▬", f"{escape(other)}: <b>{told}</b>"))
    for place, one in enumerate(own["references"]):
        sign = SIGNS[MARKERS[place]] if len(one["at"]) <= LONGEST_CURVE else "- -"
        told = f"<b>{escape(one['distance_name'])} {tell(one['distance'])}</b>"
        text = f"{escape(one['shop'])} ({escape(one['says'])}): {told}"
        keys.append(write_key(PUBLISHED[place], sign, text))
    if not own["references"]:
        keys.append("<li>No shop has published this distribution.</li>")
    svg = write_svg(draw_distribution(own, drawn), own["name"])
    return (
        f'<figure><h3>{title}</h3><div role="img" aria-label="{title}">{svg}</div>'
        f"<ul>{''.join(keys)}</ul></figure>"
    )


def write_sources() -> str:
    """Where the published numbers come from."""
    shops = sorted({one.shop for one in REFERENCES})
    return "".join(f"<li>{escape(shop)}: {escape(rows)}</li>" for shop, rows in shops)


def write_realism_page(report: dict[str, Any], comparison: dict[str, Any]) -> str:
    """The page: bands row by row, distributions with their distances, sources.

    Args:
        report: ``report_realism``.
        comparison: ``report_realism_comparison``.
    """
    counted = Counter(row["verdict"] for row in report["bands"])
    verdicts = ", ".join(f"{counted[one]} {one}" for one in ("pass", "fail", "no data"))
    beside = {row["name"]: row for row in comparison["distributions"]}
    drawn = [one for one in report["distributions"] if one["n"]]
    empty = [TITLES[one["name"]].lower() for one in report["distributions"] if not one["n"]]
    other = comparison["other"] or ""
    lead = f" Beside it, in grey: <b>{escape(other)}</b>, from that shop's own report."
    return PAGE.substitute(
        shop=escape(report["shop"]),
        beside=lead if other else "",
        verdicts=verdicts,
        bands=write_bands(report["bands"], comparison),
        figures="\n".join(write_figure(one, beside.get(one["name"]), other) for one in drawn),
        empty=f"This shop has no data on: {', '.join(empty)}." if empty else "",
        sources=write_sources(),
    )
