"""Columns of text: what stands where, and nothing where nothing belongs."""

import numpy as np

from personalization.simulation import texts


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
    told = texts.write_visits("s", np.array([3, 3]), np.array([-1, 12]))
    assert told.to_pylist() == [None, "s0000003-00012"]


def test_each_item_has_its_id_whatever_others_there_are():
    assert texts.write_items(np.array([2, 0, 123456])).to_pylist() == [
        "i00002",
        "i00000",
        "i123456",
    ]
