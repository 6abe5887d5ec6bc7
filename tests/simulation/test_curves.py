import numpy as np
import pytest
from scipy.special import expit

from personalization.simulation.curves import CELLS, Curve


@pytest.mark.parametrize("roots", [0, 1, 2])
def test_a_curve_follows_its_function(roots):
    curve = Curve.build(np.exp, -1.0, 3.0, roots)
    points = np.random.default_rng(1).uniform(-1, 3, 10_000)
    widest = 4.0 * (1 - (1 - 1 / CELLS) ** 2**roots)
    off = np.abs(curve(points) - np.exp(points)).max()
    assert off <= widest**2 / 8 * np.exp(3.0)  # the error of a straight line


def test_a_straight_function_is_met_exactly_also_at_its_ends():
    curve = Curve.build(lambda x: 2 * x + 1, 0.0, 1.0, roots=2)
    points = np.array([0.0, 1e-12, 1e-6, 0.5, 1.0])
    np.testing.assert_allclose(curve(points), 2 * points + 1, rtol=1e-12)


def test_beyond_its_domain_a_curve_is_flat():
    curve = Curve.build(expit, -30.0, 30.0)
    np.testing.assert_allclose(curve(np.array([-99.0, 99.0])), expit([-30.0, 30.0]), rtol=1e-6)


def test_arguments_are_left_as_they_are_and_shapes_kept():
    points = np.array([[0.25, 2.0]])
    assert Curve.build(np.sqrt, 0.0, 1.0, roots=1)(points).shape == (1, 2)
    assert points.tolist() == [[0.25, 2.0]]
