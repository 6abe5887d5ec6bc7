"""A JSON file that may not be there."""

from __future__ import annotations

from typing import Any

from kedro_datasets.json import JSONDataset


class OptionalJSONDataset(JSONDataset):  # type: ignore[misc]  # kedro_datasets has no types
    """Loads a JSON file, or None where there is none yet, so that no node waits for it.

    Examples:
        Using the YAML API:

        ```yaml
        report_other_realism:
          type: personalization.datasets.optional_json.OptionalJSONDataset
          filepath: data/08_reporting/generated/realism.json
        ```
    """

    def load(self) -> Any:
        """The file's content, or None."""
        return super().load() if self._exists() else None
