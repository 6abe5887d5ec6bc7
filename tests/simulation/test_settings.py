from dataclasses import fields

import pytest

from personalization.contracts.errors import ConfigurationError
from personalization.simulation.settings import DirtOptions, ShopOptions, Size
from personalization.simulation.strengths import Strengths
from tests.simulation.options_of import options_of, read_groups

TINY = {"days": 84, "n_users": 150, "n_strangers": 0, "n_products": 80, "visits_per_user": 30}


def sized(**changes):
    return {"shop": {"size": "mine", "sizes": {"mine": {**TINY, **changes}}}}


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (sized(n_users=9), r"shop\.sizes\.mine\.n_users is 9; it must be a whole number from 10"),
        (sized(n_products=0), r"n_products is 0"),
        (sized(n_users=True), r"shop\.sizes\.mine\.n_users: 'True' is not a whole number"),
        (sized(days=13), r"days is 13"),
        (sized(days=28), r"shop\.test_days is 28; the shop has 28 days only"),
        (sized(visits_per_user=-1.0), r"visits_per_user is -1\.0"),
        ({"shop": {"size": "gigantic"}}, r"shop\.size is 'gigantic'; there are tiny, default"),
        ({"shop": {"seed": -1}}, r"shop\.seed is -1"),
        ({"shop": {"seed": None}}, r"shop\.seed is None"),
        ({"shop": {"enabled": "yes"}}, r"shop\.enabled is 'yes'"),
        ({"shop": {"end_date": "soon"}}, r"shop\.end_date is 'soon'"),
        ({"strengths": {"lists": {"length": 21}}}, r"strengths\.lists\.length is 21"),
        ({"strengths": {"people": {"new_share": 1.01}}}, r"strengths\.people\.new_share is 1\.01"),
        ({"strengths": {"visits": {"focus_share": float("nan")}}}, "focus_share is nan"),
        ({"strengths": {"habits": {"repeat_share": 1.0}}}, r"repeat_share is 1\.0"),
        ({"strengths": {"taste": {"n_dimensions": "8"}}}, r"taste\.n_dimensions"),
        ({"strengths": {"taste": {"strenght": 1}}}, r"strengths\.taste\.strenght: no such key"),
        (
            {"strengths": {"people": {"n_segments": 151}}, **sized()},
            r"n_segments is 151; there are more segments than users \(150\)",
        ),
        (
            {"strengths": {"people": {"country_weights": {"XX": 1}}}},
            r"people\.country_weights is .*XX",
        ),
        ({"strengths": {"people": {"device_weights": {"tv": -1}}}}, r"device_weights is .*tv': -1"),
        ({"strengths": {"assortment": {"discounts": [1.2]}}}, r"assortment\.discounts is \[1\.2\]"),
        ({"strengths": {"assortment": {"stock_out_days": [9, 2]}}}, r"stock_out_days is \[9, 2\]"),
        (
            {"strengths": {"funnel": {"return_days": [2]}}},
            r"funnel\.return_days is \[2\]; it must be",
        ),
        (
            {"strengths": {"funnel": {"return_days": "soon"}}},
            r"return_days: 'soon' is not a list of",
        ),
        ({"strengths": {"searches": {"query_weights": {"voice": 1}}}}, r"query_weights is .*voice"),
        ({"drift": {"campaign": {"discount": 1}}}, r"drift\.campaign\.discount is 1; it must be a"),
        ({"dirt": {"late_share": -0.1}}, r"dirt\.late_share is -0\.1"),
        ({"dirt": {"late_share": 0.7, "duplicate_share": 0.7}}, "one fault at most"),
        ({"dirt": {"wrong_type_share": 0.7, "missing_customer_share": 0.4}}, "is 1.1; a row has"),
        ({"shop": {"end_date": 20260630}}, r"shop\.end_date is 20260630; it must be a date like"),
        ({"shop": {"end_date": "2026-W01-1"}}, "it must be a date like"),
        ({"shop": {"end_date": "0001-01-05"}}, "it must lie in 1996 to 2035"),
        ({"shop": {"end_date": "9999-12-31"}}, "it must lie in 1996 to 2035"),
        ({"shop": {"currency": ""}}, r"shop\.currency is ''; it must be a code like EUR"),
        ({"shop": {"currency": None}}, r"shop\.currency is None"),
        ({"shop": {"currency": 'E,U"R'}}, "must be a code like EUR"),
        ({"shop": {"size": "mine", "sizes": {"mine": {"days": 84}}}}, r"sizes\.mine\.\w+: missing"),
        (sized(n_user=3), r"shop\.sizes\.mine\.n_user: no such key"),
        ({"shop": {"end_date": "2026-6-30"}}, "end_date is '2026-6-30'; write it as 2026-06-30"),
        ({"shop": {"size": []}}, r"shop\.size is \[\]; it must be a name"),
        ({"shop": {"sizes": None}}, r"shop\.sizes is None; it must be one group at least"),
        ({"shop": {"sizes": 5}}, r"shop\.sizes is 5; it must be one group at least"),
        ({"experiment": {"name": ""}}, r"experiment\.name is ''; it must be a name"),
        ({"experiment": {"name": 5}}, r"experiment\.name is 5; it must be a name"),
        (
            {"strengths": {"habits": {"cycle_days": {"Cofee": 3}}}},
            r"habits\.cycle_days is .*it must be numbers from 0 to 3,660 for Cookware",
        ),
        (
            {"strengths": {"assortment": {"median_prices": {"Tea": 0}}}},
            r"assortment\.median_prices is .*numbers from 0\.01 to 1,000,000 for each of Cookware",
        ),
        (
            {
                "drift": {"active": "bot_wave"},
                "strengths": {"people": {"bot_visits_per_day": 0}},
            },
            r"people\.bot_visits_per_day is 0; a bot_wave needs 0\.1 at least",
        ),
        (
            {"drift": {"new_category": {"strength": 2.1}}},
            r"drift\.new_category\.strength is 2\.1; it must be a number from 0 to 2",
        ),
        ({"shop": {"end_date": "2100-01-01"}}, "it must lie in 1996 to 2035"),
        (
            sized(n_products=1_000_000),
            r"n_products is 1000000, for 84 days; days times products must be 60,000,000 at most",
        ),
        ({"drift": {"active": 5}}, r"drift\.active is 5; it must be a name or a list"),
        ({"drift": {"active": ["campaign", None]}}, "it must be a name or a list"),
    ],
)
def test_an_option_that_cannot_be_is_refused_by_its_key(changes, told):
    from personalization.simulation.world import build_world

    with pytest.raises(ConfigurationError, match=told):
        build_world(*options_of("base", **changes))


def test_the_limits_themselves_are_allowed():
    options = options_of("base", strengths={"lists": {"length": 20, "visit_share": 1}})
    assert options.strengths.lists.visit_share == 1


def test_a_group_that_lacks_a_key_is_refused():
    groups = read_groups("base")["strengths"]
    del groups["habits"]["repeat_share"]
    with pytest.raises(ConfigurationError, match=r"strengths\.habits\.repeat_share: missing"):
        Strengths(**groups)


def groups():
    strengths = options_of("base").strengths
    return [
        ShopOptions,
        DirtOptions,
        Size,
        *(type(vars(strengths)[f.name]) for f in fields(strengths)),
    ]


@pytest.mark.parametrize("group", groups())
def test_every_option_is_described(group):
    for field in fields(group):
        assert f"{field.name}: " in group.__doc__


def test_the_first_day_follows_from_the_last_and_the_size():
    shop = options_of("base", shop={"end_date": "2026-06-30", "size": "default"}).shop
    assert shop.start_date == "2025-05-02"


def test_the_test_environment_overrides_only_keys_that_base_has():
    base, tiny = read_groups("base"), read_groups("test")

    def assert_known(upper, lower):
        assert set(upper) <= set(lower)
        for key, value in upper.items():
            if isinstance(value, dict):
                assert_known(value, lower[key])

    assert_known(tiny, base)
