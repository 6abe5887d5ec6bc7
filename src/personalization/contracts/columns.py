"""Column names, one constant each; nothing else in the project spells them out."""

from __future__ import annotations

from typing import Final

# identifiers
USER_ID: Final = "user_id"
ITEM_ID: Final = "item_id"
SESSION_ID: Final = "session_id"
ORDER_ID: Final = "order_id"
EVENT_ID: Final = "event_id"
SEARCH_ID: Final = "search_id"
SEARCH_KEY: Final = "search_key"
REQUEST_ID: Final = "request_id"  # one list of recommendations or results as shown
INTERACTION_ID: Final = "interaction_id"
IMPRESSION_ID: Final = "impression_id"

# events and impressions
EVENT_TS: Final = "event_ts"
EVENT_KIND: Final = "event_kind"
DEVICE: Final = "device"
POLICY: Final = "policy"
POSITION: Final = "position"
PROPENSITY: Final = "propensity"

# orders
ORDER_TS: Final = "order_ts"
LINE_NUMBER: Final = "line_number"
QUANTITY: Final = "quantity"
PRICE: Final = "price"
CURRENCY: Final = "currency"
STATUS: Final = "status"

# searches
SEARCH_TS: Final = "search_ts"
QUERY: Final = "query"
RESULTS: Final = "results"
CLICKED_ITEM_ID: Final = "clicked_item_id"
CLICKED_POSITION: Final = "clicked_position"

# users
NAME: Final = "name"
EMAIL: Final = "email"
ADDRESS: Final = "address"
CITY: Final = "city"
COUNTRY: Final = "country"
SIGNED_UP_TS: Final = "signed_up_ts"

# products
TITLE: Final = "title"
CATEGORY_PATH: Final = "category_path"
BRAND: Final = "brand"
LAUNCHED_TS: Final = "launched_ts"
RETIRED_TS: Final = "retired_ts"
STOCK_OUTS: Final = "stock_outs"

# interactions
INTERACTION_TS: Final = "interaction_ts"
INTERACTION_DATE: Final = "interaction_date"
INTERACTION_TYPE: Final = "interaction_type"
WEIGHT: Final = "weight"
IS_BOT: Final = "is_bot"  # the visitor did what no person does on that day

# where a row came from and when
SOURCE: Final = "source"
SOURCE_FILE: Final = "source_file"
ROW_NUMBER: Final = "row_number"
ROW_TEXT: Final = "row_text"
HELD_BY: Final = "held_by"  # version of the file whose row took the place of another one
ROW_ID: Final = "row_id"  # hash of all that a row says
ROW_KEY: Final = "row_key"  # what tells it from others by the shop's own keys
FILE_VERSION: Final = "file_version"  # of a file's name, content and description
REJECTED_BY: Final = "rejected_by"
WARNED_BY: Final = "warned_by"
DELIVERED_AT: Final = "delivered_at"
KNOWN_AT: Final = "known_at"
BATCH_ID: Final = "batch_id"
INGESTED_AT: Final = "ingested_at"
GENERATED_AT: Final = "generated_at"

# recommendations and their evaluation
MODEL: Final = "model"
MODEL_VERSION: Final = "model_version"
PROTOCOL: Final = "protocol"
RANK: Final = "rank"
SCORE: Final = "score"
REASON: Final = "reason"
METRIC: Final = "metric"
K: Final = "k"
VALUE: Final = "value"
