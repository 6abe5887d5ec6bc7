"""An id as the shop's files spell it, and as it stands in the tables."""

from __future__ import annotations

import re
from typing import Any

from personalization.contracts import columns as c
from personalization.contracts.values import PADDING
from personalization.erasure.holdings import Treatment, names_of
from personalization.pipelines.data_processing.cleaning import WHOLE_AS_FLOAT


def spell_as_read(user_id: str, catalog: Any) -> str:
    """The id of a user as reading the files of a shop leaves it.

    Without padding; ``17850.0`` is 17850; upper case where the entries of the catalog say that
    case means nothing. Where they differ in that, the case stays as given.

    Args:
        user_id: as somebody has typed it.
        catalog: with the entries of the shop's files.
    """
    descriptions = (catalog.get(name).description for name in names_of(Treatment.SHOPS_OWN))
    in_upper_case = [
        c.USER_ID in one.upper_case for one in descriptions if c.USER_ID in one.columns
    ]
    text = re.sub(WHOLE_AS_FLOAT, r"\1", user_id.strip(PADDING))
    return text.upper() if in_upper_case and all(in_upper_case) else text
