"""The form of a shop's files: what a reader must know before it knows what columns mean."""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from typing import Literal

from personalization.contracts.errors import ConfigurationError
from personalization.contracts.values import require


@dataclass(frozen=True)
class FileFormat:
    r"""The form of the files of one source.

    Attributes:
        kind: ``csv`` (any separator), ``json_lines``, ``parquet`` or ``excel``; ``.gz`` is seen by
            its name.
        separator: one character; ``"\\t"`` for TSV.
        quote: one character around fields that hold the separator.
        header: whether the first line names the columns; without it columns go by position.
        encoding: a name that Python knows.
        row_characters: longer rows are rejected; bounds the memory that a broken file can take.
        lines_per_record: 1 unless quoted fields may hold line breaks, then the most lines of one.
        final_newline: ``required`` rejects a last line without a line break, which may have been
            cut in the middle of a number; ``optional`` takes it as it is. A JSON object that is
            whole is taken either way.
        sheet: of a workbook, by its name; None: the first.
        decimal_mark: of numbers that are written as text; where it is a comma, dots stand between
            thousands. Numbers of JSON, Parquet and workbooks that are no text are read as such.
    """

    kind: Literal["csv", "json_lines", "parquet", "excel"] = "csv"
    separator: str = ","
    quote: str = '"'
    header: bool = True
    encoding: str = "utf-8"
    row_characters: int = 100_000
    lines_per_record: int = 1
    final_newline: Literal["required", "optional"] = "required"
    sheet: str | None = None
    decimal_mark: Literal[".", ","] = "."

    def __post_init__(self) -> None:
        for key in ("separator", "quote"):
            mark = getattr(self, key)
            require(
                len(mark) == 1 and mark not in "\r\n\0",
                f"format.{key}: '{mark}' is not one character (a tab is \"\\t\", double quotes).",
            )
        require(
            self.separator != self.quote, f"format.quote: '{self.quote}' is the separator as well."
        )
        require(self.row_characters > 0, "format.row_characters must be positive.")
        require(self.lines_per_record > 0, "format.lines_per_record must be positive.")
        try:
            " ".encode(self.encoding)
            codecs.getincrementaldecoder(self.encoding)("replace").decode(b" ", final=True)
        except (LookupError, ValueError) as error:
            raise ConfigurationError(
                f"format.encoding: '{self.encoding}' is no text encoding that Python knows."
            ) from error
