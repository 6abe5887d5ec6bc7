"""Publishing what the limits allow, and accounting for every row."""

from __future__ import annotations

import logging
from typing import Any

from pyspark.sql import DataFrame

from personalization.contracts.errors import AccountingError
from personalization.contracts.schemas import EVENTS, PRODUCTS, SEARCH_LOGS, USERS
from personalization.datasets.delta_table import Part
from personalization.pipelines.data_processing import entities, interactions
from personalization.pipelines.data_processing.accounting import FileCounts
from personalization.pipelines.data_processing.derivation import Derivation
from personalization.pipelines.data_processing.planning import Plan
from personalization.pipelines.data_processing.profiling import profile_columns, tell_profile
from personalization.pipelines.data_processing.published import balance_files, require_balance
from personalization.pipelines.data_processing.readout import (
    account_for_source,
    name_currencies,
    show_examples,
    sum_ledger,
    summarise,
    tell_dry_run,
    tell_report,
    tell_totals,
)
from personalization.pipelines.data_processing.repeats import drop_repeats
from personalization.pipelines.data_processing.scope import (
    DATED,
    NOTHING,
    Scope,
    by_source,
    repeats_in,
)

logger = logging.getLogger(__name__)


def publish_interactions(
    plan: Plan,
    scope: Scope,
    derivation: Derivation,
    allowed: list[FileCounts],
    **tables: DataFrame,
) -> Part:
    """Interactions that rows of events, orders and search logs tell, for the days in the scope.

    ``allowed`` is what the run may publish: without it there is no publishing.
    """
    if not scope.has_days:
        return NOTHING
    logger.info("Publishing interactions of %s", tell_days(scope, allowed))
    rows = single_rows(scope, tables, tuple(name for name in DATED if scope.concerns(name)))
    built = interactions.build_interactions(rows, plan.batch, derivation, scope.dated_rows)
    return Part(built, scope.where)


def tell_days(scope: Scope, allowed: list[FileCounts]) -> str:
    """What is published, in words."""
    if scope.days is None:
        return "all days"
    return f"{len(scope.days)} days that {len(allowed)} files touch"


def single_rows(
    scope: Scope, tables: dict[str, DataFrame], sources: tuple[str, ...]
) -> dict[str, DataFrame]:
    """Good rows in the scope by source, without those that repeat another one."""
    repeats = repeats_in(scope, tables)
    return {
        source: drop_repeats(scope.good_rows(source, tables[f"int_{source}"]), repeats)
        for source in sources
    }


def publish_descriptions(
    plan: Plan, scope: Scope, allowed: list[FileCounts], **tables: DataFrame
) -> tuple[Part, Part, Part, Part]:
    """Users, items, impressions and searches of the good rows in the scope."""
    if allowed:
        logger.info("Publishing the descriptions that %d files hold", len(allowed))
    described = (USERS.name, PRODUCTS.name, EVENTS.name, SEARCH_LOGS.name)
    concerned = tuple(name for name in described if scope.concerns(name))
    rows = single_rows(scope, tables, concerned)
    builders = {
        USERS.name: entities.build_users,
        PRODUCTS.name: entities.build_items,
        EVENTS.name: entities.build_impressions,
        SEARCH_LOGS.name: entities.build_searches,
    }
    built = {
        name: build(rows[name], plan.batch) for name, build in builders.items() if name in rows
    }
    users, items, impressions, searches = (
        describe_part(scope, name, built.get(name)) for name in builders
    )
    return users, items, impressions, searches


def describe_part(scope: Scope, source: str, built: DataFrame | None) -> Part:
    """What is published of a source's descriptions: the days in the scope, or all of them."""
    if built is None:
        return NOTHING
    if source not in DATED:
        return Part(built)
    return Part(interactions.keep_days_together(built, scope.dated_rows), scope.where)


def account_for_rows(
    plan: Plan, scope: Scope, allowed: list[FileCounts], **tables: DataFrame
) -> tuple[dict[str, Any], str]:
    """Check that no row is lost between the typed and the published tables; report per file.

    Args:
        plan: what the run did.
        scope: what it derived anew.
        allowed: rows received and rejected per file.
        tables: every ``int_<table>``, ``int_repeated_rows``, ``int_rejected_rows`` and every
            primary table, by their names.

    Returns:
        The report for machines, and the same in words.

    Raises:
        AccountingError: a good row is neither published nor the repetition of one that is.
    """
    published = {name: table for name, table in tables.items() if name.startswith("prm_")}
    typed = by_source(tables, "int_")
    repeats = tables["int_repeated_rows"]
    balances = balance_files(scope, plan, typed, published, repeats)
    require_balance(balances)
    sources: dict[str, Any] = {}
    every: list[dict[str, Any]] = []
    for source in dict.fromkeys(one.source for one in allowed):
        files = [one for one in allowed if one.source == source]
        sources[source] = account_for_source(plan, source, files, balances)
        every += sources[source]["files"]
    totals = summarise(every)
    if not totals["identity_holds"]:
        raise AccountingError(f"The numbers of the run do not add up: {tell_totals(totals)}.")
    examples = show_examples(plan, tables["int_rejected_rows"]) if totals["rejected"] else {}
    left = (*plan.kept, *plan.withdrawn)
    report = {
        "batch_id": plan.batch.batch_id,
        "totals": totals,
        "sources": sources,
        "examples": examples,
        "all_files": sum_ledger(left, allowed),
        "derives_all": plan.derives_all,
        "currencies": name_currencies(left, allowed),
    }
    is_dry = plan.first_rows is not None
    lines = tell_report(report, is_dry=is_dry)
    if is_dry:
        told = [*lines, *tell_profile(profile_columns(plan, typed))] if plan.taken else []
        lines = [tell_dry_run(plan), "", *told]
    return report, "\n".join(lines)
