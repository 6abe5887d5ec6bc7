"""What is looked for in files: an identifier, and what counts as finding it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

# Columns, keys and arrays whose values name people: equal is found, `u10` is not `u1`.
OF_PEOPLE: Final = frozenset({"user_id", "user_ids", "users"})
# … and those whose values name other things, which may be called as a person is.
OF_THINGS: Final = frozenset(
    {
        *("item_id", "item_ids", "items", "clicked_item_id", "results"),
        *("event_id", "order_id", "search_id", "request_id"),
    }
)
# … and texts about things, in which digits are a size or an article as a rule.
ABOUT_THINGS: Final = frozenset({"title", "category_path", "category", "brand", "query"})
COUNTED: Final = frozenset({"operationMetrics"})  # numbers that Delta writes as text
LIMITS: Final = frozenset({"minValues", "maxValues"})  # of Delta's statistics
LIMIT: Final = "limit of "  # before the name of a column whose limit a value is
LIMIT_CHARACTERS: Final = 32  # Delta cuts longer ones, and marks the largest behind
LAST_WORD: Final = re.compile(r"[^\W_]*\W?$")  # may be the beginning of a longer one
ENCODINGS: Final = ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
WIDTHS: Final = {"utf-8": 1, "utf-16-le": 2, "utf-16-be": 2, "utf-32-le": 4, "utf-32-be": 4}
TOLD_FROM_CHANCE: Final = 5  # bytes; shorter ones stand in compressed bytes by chance
WORD: Final = r"[^\W_]"  # a letter or digit of any script
NUMBER_GOES_ON: Final = r"[.,]\d"


def name_within(name: str, inner: str) -> str:
    """The name by which what stands under ``inner`` within ``name`` is judged.

    >>> name_within("add", "path"), name_within("minValues", "user_id")
    ('path', 'limit of user_id')
    """
    return f"{LIMIT}{inner}" if name in LIMITS else inner


class Hit(NamedTuple):
    """A place where the identifier stands.

    Attributes:
        place: within the file, in words.
        is_sure: False where a number of the same digits may mean anything.
    """

    place: str
    is_sure: bool = True

    @property
    def names_person(self) -> bool:
        """Whether it stands where people are named, not in a text.

        >>> Hit("column user_id").names_person, Hit("'limit of item_id'").names_person
        (True, False)
        """
        return not OF_PEOPLE.isdisjoint(re.findall(r"\w+", self.place))


@dataclass(frozen=True)
class Wanted:
    """An identifier that is looked for.

    Attributes:
        text: the identifier.
        in_bytes: whether every value counts in whose bytes it stands, whatever it names: a thing,
            or another person whose id holds this one.
    """

    text: str
    in_bytes: bool = False

    @cached_property
    def word(self) -> re.Pattern[str]:
        """The identifier where no letter or digit stands beside it."""
        before, after = f"(?<!{WORD})", f"(?!{WORD})"
        if self.is_number:
            before, after = rf"{before}(?<!\d[.,])", f"{after}(?!{NUMBER_GOES_ON})"
        return re.compile(f"{before}{re.escape(self.text)}{after}")

    @property
    def is_number(self) -> bool:
        """Whether it has digits only, so that a count may read the same."""
        return self.text.isdecimal()

    def is_sure_in(self, name: str) -> bool:
        """Whether a value of a column, key or array of that name can only mean the person.

        Digits in the name of a product or among those of its number may mean anything.

        >>> Wanted("17219").is_sure_in("row_text"), Wanted("17219").is_sure_in("limit of title")
        (True, False)
        >>> Wanted("visitor17").is_sure_in("title")
        True
        """
        return not (self.is_number and name.removeprefix(LIMIT) in ABOUT_THINGS | OF_THINGS)

    def is_in_text(self, text: str) -> bool:
        """Whether a text holds the identifier as a word.

        >>> wanted = Wanted("u1")
        >>> [wanted.is_in_text(one) for one in ("u1", "of u1.", "user_u1.csv", "u10", "xu1")]
        [True, True, True, False, False]
        """
        return self.text in text and self.word.search(text) is not None

    def is_value(self, name: str, value: str) -> bool:
        """Whether a value of a column, key or array of that name gives the person away.

        >>> wanted = Wanted("u1")
        >>> wanted.is_value("user_id", "u1"), wanted.is_value("user_id", "u1-2")
        (True, False)
        >>> wanted.is_value("item_id", "u1"), wanted.is_value("order_id", "u1-2026")
        (False, True)
        """
        if self.in_bytes:
            return self.is_in_bytes(value.encode("utf-8", "surrogatepass"))
        if name.startswith(LIMIT):
            return self._is_limit(name.removeprefix(LIMIT), value)
        if name in OF_PEOPLE:
            return value == self.text
        if name in OF_THINGS:
            return any(one != self.text and self.is_in_text(one) for one in value.split("|"))
        return self.is_in_text(value)

    def _is_limit(self, name: str, value: str) -> bool:
        """Whether a smallest or largest value gives the person away, which may be cut."""
        if len(value) < LIMIT_CHARACTERS:
            return self.is_value(name, value)
        if name in OF_PEOPLE:
            return value == self.text or value[:LIMIT_CHARACTERS] == self.text[:LIMIT_CHARACTERS]
        return self.is_value(name, LAST_WORD.sub("", value))

    def is_in_bytes(self, content: bytes) -> bool:
        """Whether bytes hold the identifier in UTF-8, UTF-16 or UTF-32, as a word.

        >>> Wanted("u1").is_in_bytes("¤u1;".encode("utf-16-le")), Wanted("u1").is_in_bytes(b"u10")
        (True, False)
        """
        return any(self._is_encoded(content, encoding) for encoding in ENCODINGS)

    def _is_encoded(self, content: bytes, encoding: str) -> bool:
        asked = self.text.encode(encoding, "surrogatepass")
        width = WIDTHS[encoding]
        place = content.find(asked)
        while place >= 0:
            end = place + len(asked)
            # At the edges of a file a unit may lack bytes.
            before = content[max(place - width, 0) : place].rjust(width, b"\0")
            around = (before, content[end : end + width].ljust(width, b"\0"))
            if not any(is_word(unit, encoding) for unit in around):
                return True
            place = content.find(asked, place + 1)
        return False

    @property
    def stands_out(self) -> bool:
        """Whether it is long enough not to stand in compressed bytes by chance."""
        return len(self.text.encode("utf-8", "surrogatepass")) >= TOLD_FROM_CHANCE


def is_word(unit: bytes, encoding: str) -> bool:
    """Whether a unit of an encoding is a letter or digit."""
    try:
        return bool(re.fullmatch(WORD, unit.decode(encoding)))
    except UnicodeDecodeError:
        return False
