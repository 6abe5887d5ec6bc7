"""Small marts from rows that a test writes down."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

COLUMNS = (
    "user_id STRING, item_id STRING, interaction_ts TIMESTAMP, interaction_type STRING, "
    "session_id STRING, order_id STRING, quantity DOUBLE, price DOUBLE, currency STRING, "
    "is_bot BOOLEAN"
)


def literal(value: object, kind: str) -> str:
    """A value as SQL of a type."""
    return "NULL" if value is None else f"CAST('{value}' AS {kind})"


def table(spark: SparkSession, schema: str, rows: list[tuple[object, ...]]) -> DataFrame:
    """A frame of a schema as DDL from rows; missing last columns are null."""
    fields = [part.strip().split(" ", 1) for part in schema.split(",")]
    names = ", ".join(name for name, _ in fields)
    full = [(*row, *[None] * (len(fields) - len(row))) for row in rows or [()]]
    values = ", ".join(
        f"({', '.join(literal(v, kind) for v, (_, kind) in zip(row, fields, strict=True))})"
        for row in full
    )
    typed = ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in fields)
    where = "" if rows else " WHERE false"
    return spark.sql(f"SELECT {typed} FROM VALUES {values} AS t({names}){where}")


def mart(spark: SparkSession, *rows: tuple[object, ...]) -> DataFrame:
    """Interactions from values in the order of ``COLUMNS``."""
    return table(spark, COLUMNS, list(rows)).withColumn(
        "interaction_date", spark_date("interaction_ts")
    )


def spark_date(column: str):
    from pyspark.sql import functions as F  # noqa: N812

    return F.to_date(column)
