"""The report of the last run once a person's rows are blank."""

from copy import deepcopy

import pytest

from personalization.erasure import accounts

TEXT = "o1,u1,2011-12-01"


class Catalog:
    """Datasets in memory; the save of ``refused`` ends the process."""

    def __init__(self, **there):
        self.there = there
        self.refused = None

    def exists(self, name):
        return name in self.there

    def load(self, name):
        return deepcopy(self.there[name])

    def save(self, name, value):
        if name == self.refused:
            raise KeyboardInterrupt
        self.there[name] = value


@pytest.fixture
def catalog(monkeypatch):
    """The report of an earlier release: it says nothing of rows replaced or read again."""
    monkeypatch.setattr(accounts, "find_erased", lambda *_: {("orders", "a.csv", 2)})
    sums = {"received": 2, "merged": 1, "unchanged": 0, "rejected_by": {"erased": 1}}
    orders = {**sums, "warned_by": {"dear": 1}, "files": [{"file": "a.csv", "received": 2}]}
    example = {"file": "a.csv", "row": 2, "text": TEXT}
    report = {
        "totals": {**sums, "rejected": 1, "files": 1},
        "sources": {"orders": orders},
        "examples": {"orders": {"erased": [example]}},
        "currencies": [],
    }
    return Catalog(report_ingestion=report, report_ingestion_text=TEXT)


def test_the_person_s_row_is_in_neither_report(catalog):
    assert accounts.clean_report(catalog, wanted=None)
    assert TEXT not in str(catalog.there)
    text = catalog.there["report_ingestion_text"]
    assert "rejected as erased: 1" in text
    assert text.endswith("kept, with a warning of dear: 1")
    assert not accounts.clean_report(catalog, wanted=None)


@pytest.mark.parametrize("refused", ["report_ingestion", "report_ingestion_text"])
def test_what_ended_between_the_two_is_made_good_by_the_next_call(catalog, refused):
    catalog.refused = refused
    with pytest.raises(KeyboardInterrupt):
        accounts.clean_report(catalog, wanted=None)
    catalog.refused = None
    accounts.clean_report(catalog, wanted=None)
    assert TEXT not in str(catalog.there)
