from datetime import date

from personalization.pipelines.data_processing.ledger import Entry
from personalization.pipelines.data_processing.repairs import note_repair

DAY = date(2011, 12, 1)


def entry(name, version, received):
    return Entry(
        source="orders",
        name=name,
        sha256="5ba",
        version=version,
        received=received,
        good={DAY: received},
        derived_by="before",
    )


def test_every_day_is_derived_anew_and_files_that_lost_rows_are_read_again():
    whole, lost, gone = entry("whole.csv", 1, 3), entry("lost.csv", 2, 3), entry("gone.csv", 3, 1)
    noted = note_repair([whole, lost, gone], {"orders": {1: 3, 2: 2}})
    assert [one.name for one in noted if one.is_lost] == ["lost.csv", "gone.csv"]
    assert [one.derived_by for one in noted] == [None, None, None]
    assert [one.version for one in noted] == [1, None, None]
    assert noted[1].unsettled == (DAY,)
    assert noted[1].sha256 is None
    assert noted[0].is_settled


def test_a_file_that_brought_nothing_lost_nothing():
    noted = note_repair([entry("empty.csv", 1, 0)], {})
    assert not noted[0].is_lost
    assert noted[0].version == 1
