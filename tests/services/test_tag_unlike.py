"""Tags that say the same are one."""

import pytest

from services.tag_unlike import unlike

pytestmark = pytest.mark.models


def test_another_case_and_another_word_for_the_same_are_left_out():
    lists = (("moon landing", "MOON LANDING", "lunar landing", "vaccination"), ("vaccinations", "bird nests"))
    assert unlike(lists, 10, "use") == ("moon landing", "vaccination", "bird nests")


def test_contrasts_stay_apart():
    tags = ("North Korea", "South Korea", "budget cuts", "budget increase", "发射台", "发射塔")
    assert unlike([tags], 10, "use") == tags


def test_no_more_come_back_than_are_wanted():
    assert unlike([("rocket", "vaccine", "violin")], 2, "use") == ("rocket", "vaccine")
    assert unlike([("rocket",)], 0, "use") == ()
    assert unlike([(), ()], 5, "use") == ()
