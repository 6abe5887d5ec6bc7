"""An id as the shop's files spell it, and as it stands in the tables."""

from __future__ import annotations

import re
from typing import Any

from personalization.contracts import columns as c
from personalization.contracts.values import PADDING
from personalization.erasure.holdings import Treatment, names_of
from personalization.pipelines.data_processing.cleaning import whole_as_float


def spell_as_read(user_id: str, catalog: Any) -> str:
    """The id of a user as reading the files of a shop leaves it.

    Without padding; ``17850.0`` is 17850; upper case where the entries of the catalog say that
    case means nothing. Where they differ in that, the case stays as given.

    Args:
        user_id: as somebody has typed it.
        catalog: with the entries of the shop's files.
    """
    every = (catalog.get(name).description for name in names_of(Treatment.SHOPS_OWN))
    theirs = [one for one in every if c.USER_ID in one.mapped]
    marks = {one.format.decimal_mark for one in theirs}
    text = user_id.strip(PADDING)
    for mark in marks if len(marks) == 1 else {"."}:
        text = re.sub(whole_as_float(mark), r"\1", text)
    in_upper_case = [c.USER_ID in one.upper_case for one in theirs]
    return text.upper() if in_upper_case and all(in_upper_case) else text
