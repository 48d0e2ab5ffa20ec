"""The world itself is what the other tests take it for."""

from tests.support.world import two_counties


def test_each_county_counts_its_own_people_and_one_stranger() -> None:
    for county in two_counties():
        day = county.project_day
        assert (day.on_site, day.attended, day.contracted, day.trained, day.unmatched) == (3, 2, 2, 2, 1)
        assert (day.key_posts_required, day.key_posts_present) == (6, 1)


def test_a_person_and_a_firm_of_both_counties_are_one_row_each() -> None:
    world = two_counties()
    assert world.wuchang.workers["shared"].person == world.xiantao.workers["shared"].person
    assert world.wuchang.firms["shared"] == world.xiantao.firms["shared"]
    assert not world.xiantao.workers["shared"].presence.is_conflict
