from dataclasses import replace

import numpy as np
import pytest

from personalization.simulation.visits import draw_view_counts, draw_view_moments, mean_views


def test_a_visitor_is_known_only_after_the_sign_up(shop):
    frame = shop.scene.visits.frame
    signed_up = shop.users.signed_up[frame["user"]]
    assert (signed_up <= frame["start"])[frame["known"]].all()
    assert (signed_up > frame["start"]).any()


def test_the_anonymous_share_is_that_of_visits_after_the_sign_up(shop, options):
    frame = shop.scene.visits.frame
    could_sign_in = shop.users.signed_up[frame["user"]] <= frame["start"]
    share = 1 - frame["known"][could_sign_in].mean()
    assert abs(share - options.visits.anonymous_share) < 0.03


def test_without_anonymous_traffic_no_signed_up_user_is_unknown(options):
    from personalization.simulation.chance import open_streams
    from personalization.simulation.shop import open_scene

    rules = replace(options.visits, anonymous_share=0.0)
    users, scene = open_scene(open_streams(1), options.shop, rules, options.behaviour)
    frame = scene.visits.frame
    assert (frame["known"] == (users.signed_up[frame["user"]] <= frame["start"])).all()


def test_visits_are_as_long_as_their_mean_says(options):
    counts = draw_view_counts(np.random.default_rng(1), options.visits, 100_000)
    assert counts.min() == 1
    assert counts.mean() == pytest.approx(mean_views(options.visits), rel=0.03)
    assert counts.median() == 3


def test_seconds_between_views_are_log_normal(shop, options):
    views = draw_view_moments(np.random.default_rng(1), shop.scene.visits.frame, options.visits)
    gaps = views.groupby("visit")["ts"].diff().dropna()
    logs = np.log(gaps - 0.5)  # seconds are rounded up
    assert gaps.min() >= 1
    assert logs.mean() == pytest.approx(options.visits.gap_log_mean, rel=0.1)
    assert logs.std() == pytest.approx(options.visits.gap_log_sd, rel=0.1)


def test_the_first_view_opens_the_visit(shop, options):
    frame = shop.scene.visits.frame
    views = draw_view_moments(np.random.default_rng(1), frame, options.visits)
    first = views[views["turn"] == 0]
    assert first["ts"].tolist() == frame["start"].tolist()
