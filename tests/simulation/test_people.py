import numpy as np

from personalization.simulation.accounts import draw_pools, plain_letters, write_accounts
from personalization.simulation.people import draw_people
from tests.simulation.options_of import world_of


def everybody(world):
    return draw_people(world, np.arange(world.n_people))


def test_accounts_strangers_and_bots_follow_one_another(world):
    people = everybody(world)
    assert people.has_account.sum() == 600
    assert people.is_bot.sum() == 2
    assert not people.has_account[600:].any()
    assert people.is_bot[1200:].all()


def test_strangers_come_less_often_and_half_of_the_accounts_are_new(world):
    people = everybody(world)
    a, b = people.visits_per_day[:600], people.visits_per_day[600:1200]
    assert 5 < a.mean() / b.mean() < 30
    new = (people.first_day[:600] > 0).mean()
    assert 0.42 < new < 0.58
    assert (people.last_day <= world.period.n_days).all()
    assert (people.last_day >= np.maximum(people.first_day, 0)).all()


def test_people_of_a_segment_like_alike(world):
    from personalization.simulation.chance import Chance

    people = everybody(world)
    segment = Chance(world.seed).below("segment", 6, people.number)
    centres = np.array([people.tastes[segment == one].mean(axis=0) for one in range(6)])
    between = (centres[segment] ** 2).mean() / (people.tastes**2).mean()
    assert 0.05 < between < 0.25  # segment_share is .1
    assert abs(people.tastes.mean()) < 0.1


def test_a_person_is_the_same_alone(world):
    alone, all_ = draw_people(world, np.array([17])), everybody(world)
    for name in ("tastes", "price_sensitivity", "visits_per_day", "first_day", "device"):
        assert (getattr(alone, name)[0] == getattr(all_, name)[17]).all(), name


def test_replicas_are_about_what_people_do_not_who_they_are(world):
    from dataclasses import replace

    from personalization.simulation.chance import Chance

    other = replace(world, chance=Chance(world.seed, replica=1))
    assert (everybody(other).tastes == everybody(world).tastes).all()


def test_accounts_are_written_with_names_of_their_country(world):
    number = np.arange(600)
    columns = {
        name: column.to_pylist()
        for name, column in write_accounts(
            world, draw_pools(world.seed, world.countries), number
        ).items()
    }
    assert columns["user_id"][:2] == ["u0000000", "u0000001"]
    assert len(set(columns["email"])) == 600
    assert all(email.endswith("@example.com") for email in columns["email"])
    first, last = columns["name"][0].split(" ")[0], columns["name"][0].split(" ")[-1]
    assert columns["email"][0].startswith(plain_letters(first))
    assert plain_letters(last) in columns["email"][0]
    assert set(columns["country"]) == {"GB", "DE", "FR", "NL"}
    assert len(set(columns["name"])) > 550
    assert not any("\n" in address for address in columns["address"])


def test_a_shop_without_strangers_or_bots_has_neither():
    changes = {
        "shop": {
            "size": "own",
            "sizes": {
                "own": {
                    "days": 40,
                    "n_users": 30,
                    "n_strangers": 0,
                    "n_products": 60,
                    "visits_per_user": 3,
                }
            },
        },
        "strengths": {"people": {"bot_share": 0.0}},
    }
    assert everybody(world_of("base", **changes)).has_account.all()
