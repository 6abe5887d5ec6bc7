"""HMAC-SHA-256 (RFC 2104) as a ``Column``: keyed hashes without a Python worker."""

from __future__ import annotations

import hashlib
import hmac
from typing import Final

from pyspark.sql import Column
from pyspark.sql import functions as F  # noqa: N812 - Spark's own custom

BLOCK_BYTES: Final = 64
HASH_CHARACTERS: Final = 32  # 128 bits, in hex
INNER, OUTER = 0x36, 0x5C


def keyed_hash(text: str, key: bytes) -> str:
    """HMAC-SHA-256 of a text in UTF-8, its first 128 bits in hex.

    >>> keyed_hash("what do ya want for nothing?", b"Jefe")  # RFC 4231, test case 2
    '5bdcc146bf60754e6a042426089575c7'
    """
    digest = hmac.new(key, text.encode("utf-8", "surrogatepass"), "sha256").hexdigest()
    return digest[:HASH_CHARACTERS]


def keyed_hash_of(text: Column, key: bytes) -> Column:
    """``keyed_hash`` of each text; null where there is none."""
    block = key if len(key) <= BLOCK_BYTES else hashlib.sha256(key).digest()
    padded = block.ljust(BLOCK_BYTES, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in padded) for pad in (INNER, OUTER))
    told = F.concat(F.lit(bytearray(inner)), F.encode(text, "UTF-8"))
    once = F.unhex(F.sha2(told, 256))
    return F.substring(F.sha2(F.concat(F.lit(bytearray(outer)), once), 256), 1, HASH_CHARACTERS)
