"""Regular expressions that Java, which Spark runs on, has to read."""

from __future__ import annotations

from collections.abc import Mapping

from personalization.contracts.errors import ConfigurationError
from personalization.spark.build import active_session


def require_java_patterns(patterns: Mapping[str, str]) -> None:
    """Let Java read each pattern once, before anything depends on it.

    Args:
        patterns: key in ``conf`` to regular expression.

    Raises:
        ConfigurationError: it cannot read one; the message names key and expression.
    """
    from pyspark.errors import PySparkException
    from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

    for key, pattern in patterns.items():
        try:
            active_session().range(1).select(F.lit("").rlike(pattern)).collect()
        except PySparkException as error:
            raise ConfigurationError(
                f"{key}: Java, which Spark runs on, cannot read the regular expression "
                f"'{pattern}'. Nothing was published."
            ) from error
