"""A preset that makes the generated shop resemble the shop at hand."""

# Annotations are evaluated here: Kedro reads a node's type hints.
from dataclasses import asdict
from textwrap import fill
from typing import Any, Final

from pyspark.sql import DataFrame

from personalization.contracts import columns as c
from personalization.pipelines.evaluation.realism import COLUMNS
from personalization.pipelines.evaluation.shop_profile import profile_shop
from personalization.simulation.preset import fit_shop, list_missing, write_yaml
from personalization.simulation.settings import ShopOptions
from personalization.simulation.strengths import Strengths
from personalization.spark.frames import persisted

LINE: Final = 100
HEAD: Final = """\
# Parameters of a generated shop that resembles '{shop}', estimated from its interactions.
# Copy this file to conf/<env>/parameters/data_generation.yml and give conf/<env>/globals.yml a
# shop of its own. Estimated beside the other parameters as they were set; left as they are:
{missing}
"""


def fit_preset(
    interactions: DataFrame,
    items: DataFrame,
    realism: dict[str, Any],
    generation: ShopOptions,
    strengths: Strengths,
) -> dict[str, Any]:
    """Estimate the generator's parameters from a shop's log.

    Args:
        interactions: the mart.
        items: ``prm_items``.
        realism: ``report_realism``.
        generation: the generator's shop; its seed draws the people that are compared.
        strengths: what stays where the log tells nothing.

    Returns:
        ``estimates``: key, value, unit, how; ``not_estimated``: key to the reason.
    """
    with persisted(interactions.select(*COLUMNS)) as rows:
        profile = profile_shop(rows, items.select(c.ITEM_ID, c.CATEGORY_PATH), realism)
    estimates = fit_shop(profile, generation, strengths) if profile else []
    return {
        "estimates": [asdict(one) for one in estimates],
        "not_estimated": list_missing(estimates),
    }


def write_preset(fit: dict[str, Any], shop: str) -> str:
    """The estimates as a parameter file, what was not estimated as comments.

    Args:
        fit: ``report_preset_fit``.
        shop: its name.
    """
    missing = "\n".join(tell_missing(fit["not_estimated"]))
    return f"{HEAD.format(shop=shop, missing=missing)}\n{write_yaml(fit['estimates'])}\n"


def tell_missing(missing: dict[str, str]) -> list[str]:
    """Comments on what was not estimated, one for each group and reason.

    >>> tell_missing({"taste.strength": "latent", "taste.n_dimensions": "latent"})
    ['#   taste: strength, n_dimensions (latent)']
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for key, reason in missing.items():
        group, _, name = key.rpartition(".")
        groups.setdefault((group, reason), []).append(name)
    return [
        fill(
            f"{group}: {', '.join(names)} ({reason})",
            width=LINE,
            initial_indent="#   ",
            subsequent_indent="#     ",
        )
        for (group, reason), names in groups.items()
    ]
