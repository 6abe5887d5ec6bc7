"""What can be set on a generated shop: its size, period and dirt."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final

from personalization.contracts.entries import build_part
from personalization.contracts.errors import ConfigurationError
from personalization.contracts.values import require
from personalization.simulation.limits import ByName, Name, Range, Share, check_ranges

ISO_DAY: Final = "%Y-%m-%d"
EARLIEST, LATEST = 1996, 2035  # years: what a shop's files may tell, see contracts.timestamps
MOST_CELLS: Final = 60_000_000  # days times products: a world of so many takes about 5 GB
CURRENCY: Final = re.compile("[A-Z]{3}")
SHORTEST_DAYS: Final = 14  # room for products that launch and leave
OF_EVENTS: Final = ("duplicate_share", "late_share", "clock_error_share")
OF_LINES: Final = ("missing_customer_share", "wrong_type_share")


def read_date(key: str, text: object) -> date:
    """The day that an ISO text names.

    >>> read_date("data_generation.shop.end_date", "2026-01-31")
    datetime.date(2026, 1, 31)
    """
    try:
        found = datetime.strptime(str(text), ISO_DAY).replace(tzinfo=UTC).date()
    except ValueError as error:
        raise ConfigurationError(f"{key} is {text!r}; it must be a date like 2026-01-31") from error
    require(found.isoformat() == str(text), f"{key} is {text!r}; write it as {found.isoformat()}")
    if not EARLIEST <= found.year <= LATEST:
        raise ConfigurationError(f"{key} is {text!r}; it must lie in {EARLIEST} to {LATEST}")
    return found


@dataclass(frozen=True)
class Size:
    """How large a shop is.

    Attributes:
        days: covered, the last one included.
        n_users: people with an account.
        n_strangers: people without one who look in.
        n_products: products ever on sale.
        visits_per_user: mean visits of a person with an account who stays the whole period.
    """

    days: Annotated[int, Range(SHORTEST_DAYS, 3660)]
    n_users: Annotated[int, Range(10, 100_000_000)]
    n_strangers: Annotated[int, Range(0, 100_000_000)]
    n_products: Annotated[int, Range(40, 1_000_000)]
    visits_per_user: Annotated[float, Range(0.1, 10_000)]

    def __post_init__(self) -> None:
        """Refuse numbers out of range."""
        check_ranges("shop.sizes.<size>", self)
        require(
            self.days * self.n_products <= MOST_CELLS,
            f"data_generation.shop.sizes.<size>.n_products is {self.n_products}, for {self.days} "
            f"days; days times products must be {MOST_CELLS:,} at most",
        )


@dataclass(frozen=True)
class ShopOptions:
    """Which shop is generated.

    Attributes:
        enabled: false leaves every raw file as it is.
        seed: the same seed gives the same shop.
        end_date: last day, ISO, UTC, included.
        size: name of one of the ``sizes``.
        currency: ISO 4217 code of all prices.
        test_days: the last ones, the models' test; the truth is about what is bought in them.
        sizes: what each name stands for.
    """

    enabled: bool
    seed: Annotated[int, Range(0, 2**32 - 1)]
    end_date: str
    size: Name
    currency: str
    test_days: Annotated[int, Range(1, 365)]
    sizes: Annotated[Mapping[str, Mapping[str, float]], ByName()]

    def __post_init__(self) -> None:
        """Refuse an unknown size and values out of range."""
        check_ranges("shop", self)
        if not isinstance(self.enabled, bool):
            raise ConfigurationError(
                f"data_generation.shop.enabled is {self.enabled!r}; it must be true or false"
            )
        read_date("data_generation.shop.end_date", self.end_date)
        if not CURRENCY.fullmatch(str(self.currency)):
            raise ConfigurationError(
                f"data_generation.shop.currency is {self.currency!r}; it must be a code like EUR"
            )
        if self.size not in self.sizes:
            raise ConfigurationError(
                f"data_generation.shop.size is {self.size!r}; there are {', '.join(self.sizes)}"
            )
        if self.test_days >= self.extent.days:
            raise ConfigurationError(
                f"data_generation.shop.test_days is {self.test_days}; "
                f"the shop has {self.extent.days} days only"
            )

    @property
    def extent(self) -> Size:
        """The numbers behind the size."""
        key = f"data_generation.shop.sizes.{self.size}"
        try:
            return build_part(Size, self.sizes[self.size], f"{key}.")
        except ConfigurationError as error:  # a size does not know its name
            told = error.message.replace("data_generation.shop.sizes.<size>", key)
            raise ConfigurationError(told) from error

    @property
    def start_date(self) -> str:
        """First day, ISO."""
        last = read_date("data_generation.shop.end_date", self.end_date)
        return str(last - timedelta(days=self.extent.days - 1))


@dataclass(frozen=True)
class DirtOptions:
    """What is wrong with the files as received; 0 switches a fault off.

    Attributes:
        duplicate_share: of the event rows are delivered twice.
        late_share: of the event rows come with a later day's file.
        late_days: days that they are late, at most.
        wrong_type_share: of the order lines have a price that is no number.
        clock_error_share: of the event rows have a moment that is none, or an impossible one.
        missing_customer_share: of the order lines whose customer was known have lost it.
        redelivered_share: of the days' files come a second time under another name.
        changed_share: of the days' files come a second time with a price changed; stops a run.
        renamed_share: of the days' files have a column of another name; stops a run.
    """

    duplicate_share: Share
    late_share: Share
    late_days: Annotated[int, Range(1, 30)]
    wrong_type_share: Share
    clock_error_share: Share
    missing_customer_share: Share
    redelivered_share: Share
    changed_share: Share
    renamed_share: Share

    def __post_init__(self) -> None:
        """Refuse values out of range."""
        check_ranges("dirt", self)
        for kinds in (OF_EVENTS, OF_LINES):
            total = sum(getattr(self, name) for name in kinds)
            if total > 1:
                told = " + ".join(f"data_generation.dirt.{name}" for name in kinds)
                raise ConfigurationError(f"{told} is {total:g}; a row has one fault at most")
