"""The closed vocabularies: kinds of event, of interaction, and of order line."""

from __future__ import annotations

from typing import Final

IMPRESSION: Final = "impression"
VIEW: Final = "view"
CART: Final = "cart"
PURCHASE: Final = "purchase"
RETURN: Final = "return"
SEARCH_CLICK: Final = "search_click"

EVENT_KINDS: Final = (IMPRESSION, VIEW, CART, PURCHASE, RETURN)
INTERACTION_TYPES: Final = (VIEW, CART, PURCHASE, SEARCH_CLICK, RETURN)

COMPLETED: Final = "completed"
CANCELLED: Final = "cancelled"
NOT_USED: Final = "not_used"  # a kind that another table tells already, or nobody needs
