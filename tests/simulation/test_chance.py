import numpy as np
import pytest
from scipy import stats

from personalization.simulation.chance import HEIGHT, Chance, Ladder, mix

PEOPLE = np.arange(400)[:, None]
COUNTS = np.arange(500)


@pytest.fixture(scope="module")
def numbers():
    return Chance(1).uniforms("x", PEOPLE, COUNTS)


def test_numbers_are_uniform(numbers):
    assert stats.kstest(numbers.ravel(), "uniform").pvalue > 0.001
    assert 0 < numbers.min() < numbers.max() < 1


@pytest.mark.parametrize(("rows", "columns"), [(1, 0), (0, 1)])
def test_neighbours_know_nothing_of_one_another(numbers, rows, columns):
    here = numbers[: len(numbers) - rows, : numbers.shape[1] - columns].ravel()
    there = numbers[rows:, columns:].ravel()
    squares = np.histogram2d(here, there, 20)[0].ravel()
    assert stats.chisquare(squares).pvalue > 0.001


def test_purposes_seeds_and_replicas_give_other_numbers(numbers):
    for other in (
        Chance(1).uniforms("y", PEOPLE, COUNTS),
        Chance(2).uniforms("x", PEOPLE, COUNTS),
        Chance(1, replica=1).uniforms("x", PEOPLE, COUNTS),
    ):
        assert abs(np.corrcoef(numbers.ravel(), other.ravel())[0, 1]) < 0.01


def test_a_number_is_the_same_whatever_is_drawn_beside_it(numbers):
    assert Chance(1).uniforms("x", 17, 4)[0] == numbers[17, 4]
    np.testing.assert_array_equal(Chance(1).uniforms("x", PEOPLE[::-1], COUNTS)[::-1], numbers)


def test_the_finaliser_is_that_of_splitmix64():
    """The first outputs of SplitMix64 for the seed 0, as its authors' program prints them."""
    golden = 0x9E3779B97F4A7C15
    states = np.array([(golden * n) % 2**64 for n in (1, 2, 3)], dtype=np.uint64)
    assert [hex(word) for word in mix(states).tolist()] == [
        "0xe220a8397b1dcdaf",
        "0x6e789e6aa1b965f4",
        "0x6c45d188009454f",
    ]


def test_normal_numbers_and_choices_have_their_distribution():
    normals = Chance(3).normals("n", PEOPLE, COUNTS).ravel()
    assert stats.kstest(normals, "norm").pvalue > 0.001
    shares = np.array([0.5, 0.2, 0.3])
    chosen = Chance(3).choices("c", shares, np.arange(30_000))
    assert stats.chisquare(np.bincount(chosen), shares * 30_000).pvalue > 0.001
    assert np.bincount(Chance(3).below("b", 4, np.arange(40_000))).min() > 9_600


@pytest.fixture(scope="module")
def ladder():
    return Ladder.build(np.array([[1.0, 0.0, 3.0], [5.0, 5.0, 0.0]]))


def test_columns_are_drawn_in_proportion_to_their_weights(ladder):
    rows = np.repeat([0, 1], 20_000)
    picks = ladder.pick(rows, np.random.default_rng(2).random(rows.size))
    shares = [np.bincount(picks[rows == row], minlength=3) / 20_000 for row in (0, 1)]
    np.testing.assert_allclose(shares, [[0.25, 0, 0.75], [0.5, 0.5, 0]], atol=0.02)


def test_the_largest_uniform_number_stays_in_its_row(ladder):
    largest = np.array([np.nextafter(1.0, 0.0)] * 2)
    assert ladder.pick(np.array([0, 1]), largest).tolist() == [2, 1]


def test_draws_between_two_steps_take_only_what_lies_between(ladder):
    rows = np.array([0, 0, 1])
    low, high = ladder.below(rows, np.array([1, 0, 1])), ladder.below(rows, np.array([3, 1, 2]))
    assert low.tolist() == [HEIGHT // 4, 0, HEIGHT // 2]
    for uniform in (0.0, 0.5, 0.999999):
        assert ladder.pick(rows, np.full(3, uniform), low, high).tolist() == [2, 0, 1]


def test_a_row_is_drawn_from_alike_wherever_it_stands():
    weights = np.random.default_rng(3).random((50, 37))
    uniforms = np.random.default_rng(4).random(50)
    together = Ladder.build(weights).pick(np.arange(50), uniforms)
    alone = [Ladder.build(weights[[n]]).pick(np.array([0]), uniforms[[n]])[0] for n in range(50)]
    assert together.tolist() == alone
