"""Columns of text: what stands where, and nothing where nothing belongs."""

import numpy as np

from personalization.simulation import texts

KINDS = ((1, "s"), (1, "o"), (2, "s"))


def test_where_nothing_holds_there_is_nothing():
    nowhere = np.zeros(3, dtype=bool)
    told = texts.only_where(nowhere, texts.write_items, np.full(3, -1))
    assert told.to_pylist() == [None] * 3
    assert texts.only_where(nowhere[:0], texts.write_numbers, np.arange(0)).to_pylist() == []


def test_what_is_left_out_does_not_move_the_others():
    shown = np.array([False, True, False, True])
    told = texts.only_where(shown, texts.write_users, np.array([5, 6, 7, 8]))
    assert told.to_pylist() == [None, "u0000006", None, "u0000008"]


def test_prices_are_rounded_to_cents():
    prices = np.array([0.29, 19.999, 0.014, 123456.78, 1.1 * 3])
    assert texts.write_prices(prices).to_pylist() == ["0.29", "20.00", "0.01", "123456.78", "3.30"]


def test_ids_of_a_visit_need_a_visit():
    told = texts.write_visits(1, "s", np.array([3, 3]), np.array([-1, 12])).to_pylist()
    assert told[0] is None
    assert told[1:] == texts.write_ids(1, "s", np.array([3]), np.array([12])).to_pylist()


def test_ids_are_all_different_and_those_of_another_seed_or_kind_are_others():
    person, number = (part.ravel() for part in np.meshgrid(np.arange(300), np.arange(100)))
    told = [set(texts.write_ids(*of, person, number).to_pylist()) for of in KINDS]
    assert [len(one) for one in told] == [30_000] * len(KINDS)
    letters = [{one[1:] for one in ids} for ids in told]
    assert len(set.union(*letters)) == 30_000 * len(KINDS)


def test_nobody_reads_from_ids_whose_they_are_or_which_came_first():
    person, number = (part.ravel() for part in np.meshgrid(np.arange(300), np.arange(100)))
    order = np.argsort(texts.write_ids(1, "s", person, number).to_pylist())
    beside = person[order][1:] == person[order][:-1]
    assert beside.mean() < 2 / 300  # one in 300 by chance
    assert abs(np.corrcoef(number[order], np.arange(order.size))[0, 1]) < 0.03


def test_each_item_has_its_id_whatever_others_there_are():
    assert texts.write_items(np.array([2, 0, 123456])).to_pylist() == [
        "i00002",
        "i00000",
        "i123456",
    ]
