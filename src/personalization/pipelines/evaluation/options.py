"""What ``conf`` may say about evaluation, checked before anything runs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from personalization.contracts.values import require


def require_option(condition: object, key: str, rule: str) -> None:
    """Refuse a configuration whose ``condition`` does not hold, naming the key and the rule."""
    require(condition, f"parameters: 'evaluation.metrics.{key}' must {rule}.")


def is_list_of(values: object, kind: type) -> bool:
    """Whether ``values`` is a non-empty list of distinct values of exactly that kind.

    >>> is_list_of([5, 10], int), is_list_of([5, 5], int), is_list_of([True], int)
    (True, False, False)
    """
    if not isinstance(values, list | tuple) or not values:
        return False
    return all(type(value) is kind for value in values) and len(set(values)) == len(values)


@dataclass(frozen=True)
class MetricOptions:
    """Which metrics are computed and what the models are compared with.

    Attributes:
        ks: list lengths at which the metrics are computed, each from 1.
        headline_k: the length shown in tables and figures; one of ``ks``.
        baselines: models that ignore the user; others are compared with the best of them.
    """

    ks: Sequence[int]
    headline_k: int
    baselines: Sequence[str]

    def __post_init__(self) -> None:
        """Refuse values that cannot be used.

        Raises:
            ConfigurationError: a value breaks its rule; the message names the key.
        """
        require_option(is_list_of(self.ks, int), "ks", "list distinct whole numbers")
        require_option(min(self.ks) >= 1, "ks", "hold numbers from 1")
        one_of = f"be one of ks ({list(self.ks)})"
        require_option(self.headline_k in self.ks, "headline_k", one_of)
        require_option(
            is_list_of(self.baselines, str), "baselines", "list distinct names of models"
        )
