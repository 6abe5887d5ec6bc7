import numpy as np

from personalization.simulation.chance import open_streams, pick_by_weight, scale_to_rate


def test_streams_of_one_seed_differ_between_parts_and_agree_between_runs():
    first, second = open_streams(3), open_streams(3)
    draws = {part: stream.random() for part, stream in first.items()}
    assert len(set(draws.values())) == len(draws)
    assert draws == {part: stream.random() for part, stream in second.items()}


def test_columns_are_drawn_in_proportion_to_their_weights():
    weights = np.array([[1.0, 0.0, 3.0], [5.0, 5.0, 0.0]])
    rows = np.repeat([0, 1], 20_000)
    picks = pick_by_weight(weights, rows, np.random.default_rng(2).random(rows.size))
    shares = [np.bincount(picks[rows == row], minlength=3) / 20_000 for row in (0, 1)]
    np.testing.assert_allclose(shares, [[0.25, 0, 0.75], [0.5, 0.5, 0]], atol=0.02)


def test_the_largest_uniform_number_stays_in_its_row():
    largest = np.array([np.nextafter(1.0, 0.0)] * 2)
    assert pick_by_weight(np.ones((2, 3)), np.array([0, 1]), largest).tolist() == [2, 2]


def test_probabilities_are_cut_at_one():
    assert scale_to_rate(np.array([0.0, 4.0]), 0.8).tolist() == [0.0, 1.0]


def test_no_weights_give_no_probabilities():
    assert scale_to_rate(np.array([]), 0.5).size == 0
