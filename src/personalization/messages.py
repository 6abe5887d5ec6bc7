"""Errors that a user can mend are told in words at the terminal, without a stack trace."""

from __future__ import annotations

import errno
import re
import sys
from collections.abc import Iterator
from types import TracebackType
from typing import Final

import yaml
from kedro.config import MissingConfigException
from kedro.io import DatasetError
from kedro.validation.exceptions import ParameterValidationError
from omegaconf.errors import OmegaConfBaseException

from personalization.contracts.errors import PersonalizationError

# How Python speaks of a parameter group whose keys are not those of its dataclass.
FAILED_GROUP: Final = re.compile(r"Failed to instantiate \w+ for parameter '[^']*': ")
UNKNOWN_KEY: Final = re.compile(r"\w+\.__init__\(\) got an unexpected keyword argument '(\w+)'")
MISSING_KEYS: Final = re.compile(r"\w+\.__init__\(\) missing \d+ required [\w-]+ arguments?: (.+)")

NO_GROUP: Final = re.compile(r"value is None but type is not Optional|Expected dict for .*")
UNWRITABLE: Final = (errno.EROFS, errno.EACCES, errno.EPERM)

FOR_USERS = (
    PersonalizationError,
    ParameterValidationError,
    MissingConfigException,
    yaml.YAMLError,
    OmegaConfBaseException,
)
# Kedro's own words, of errors that have no class of their own.
UNKNOWN_PIPELINE: Final = re.compile(r"Failed to find the pipeline named '([^']*)'")
NO_SPACE: Final = "No space left on device"  # also of errors that Spark passes on as text
NO_INPUT: Final = "Pipeline input(s)"
PARAMETER: Final = re.compile(r"'params:([\w.]+)'")
# What Spark and Delta say of a table's file that is damaged or gone, and which one it is.
DAMAGED: Final = re.compile(
    r"\[(?:FAILED_READ_FILE|DELTA_(?:VERSIONS_NOT_CONTIGUOUS|TRUNCATED_TRANSACTION_LOG"
    r"|STATE_RECOVER_ERROR|LOG_FILE_NOT_FOUND|FILE_NOT_FOUND))"
)
TABLE_FILE: Final = re.compile(
    r"(?:file:|\w+://)\S*/(?!_delta_log/)([^/\s]+)/(?:_delta_log/)?([^/\s]+)"
)
TWICE_IN_CONF: Final = "Duplicate keys found in"
BAD_ENTRY: Final = ("An exception occurred when parsing config for dataset", "Catalog entry '")


def causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it was raised from, the outermost first."""
    current: BaseException | None = error
    while current is not None:
        yield current
        current = current.__cause__


def without_jargon(text: str) -> str:
    """An error about a parameter or catalog key, without the words of Python's own errors.

    >>> without_jargon("Lists.__init__() got an unexpected keyword argument 'lenght'")
    "there is no key 'lenght'"
    >>> without_jargon("Lists.__init__() missing 1 required positional argument: 'length'")
    "the key 'length' is missing"
    >>> without_jargon("Parameter 'evaluation.ks': value is None but type is not Optional")
    "Parameter 'evaluation.ks': a group of keys belongs here"
    """
    text = NO_GROUP.sub("a group of keys belongs here", text)
    text = UNKNOWN_KEY.sub(r"there is no key '\1'", FAILED_GROUP.sub("", text))
    return MISSING_KEYS.sub(r"the key \1 is missing", text)


def words_for_users(error: BaseException) -> str | None:
    """What to tell the person at the terminal; None where only a stack trace helps.

    >>> words_for_users(PersonalizationError("orders.csv: no column Quantity"))
    'Error: orders.csv: no column Quantity'
    >>> words_for_users(ZeroDivisionError("a bug")) is None
    True
    """
    for one in causes(error):
        if isinstance(one, FOR_USERS):
            return f"Error: {without_jargon(str(one))}"
    if any(NO_SPACE in str(one) for one in causes(error)):
        return (
            "Error: the disk is full (No space left on device). What was published before stays as "
            "it was: free some space, or move the tables with --params=data_root=…, and run again."
        )
    for one in causes(error):
        if isinstance(one, OSError) and one.filename and one.errno in UNWRITABLE:
            return (
                f"Error: {one.filename}: {one.strerror}. Tables and files are written below "
                "data_root: choose a folder that may be written with --params=data_root=…"
            )
    damage = words_for_damage(" ".join(str(one) for one in causes(error)))
    if damage is not None:
        return damage
    told = str(error)
    is_bad_entry = isinstance(error, DatasetError) and told.startswith(BAD_ENTRY)
    if is_bad_entry or told.startswith(TWICE_IN_CONF):
        return f"Error: {told}"
    return words_for_what_is_missing(told)


def words_for_damage(told: str) -> str | None:
    """What to tell of a table that cannot be read; None where the error is of another kind.

    >>> words_for_damage("[FAILED_READ_FILE.NO_HINT] … file file:///d/prm_items/part-0.parquet.")
    "Error: the table prm_items is damaged (part-0.parquet). 'kedro repair' brings it back to its \
last good version."
    >>> words_for_damage("[DIVIDE_BY_ZERO] …") is None
    True
    """
    if not DAMAGED.search(told):
        return None
    found = TABLE_FILE.search(told)
    if found is None:
        which = "a table is damaged"
    else:
        which = f"the table {found[1]} is damaged ({found[2].rstrip('.')})"
    return f"Error: {which}. 'kedro repair' brings it back to its last good version."


def words_for_what_is_missing(told: str) -> str | None:
    """What to tell of a pipeline or a group of parameters that Kedro does not find.

    >>> words_for_what_is_missing("Failed to find the pipeline named 'trianing'")
    "Error: there is no pipeline 'trianing'; 'kedro registry list' names them all."
    """
    unknown = UNKNOWN_PIPELINE.match(told)
    if unknown is not None:
        return f"Error: there is no pipeline '{unknown[1]}'; 'kedro registry list' names them all."
    lacking = sorted(PARAMETER.findall(told)) if NO_INPUT in told else []
    if not lacking:
        return None
    groups = f"conf has no group of parameters {', '.join(lacking)}"
    return f"Error: {groups}: is it misspelt, or does something else stand in its place?"


def tell_plainly(
    kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    """A ``sys.excepthook``: words where there are words for users, else Python's own."""
    words = words_for_users(error)
    if words is None:
        sys.__excepthook__(kind, error, trace)
        return
    sys.stderr.write(f"{words}\n")
