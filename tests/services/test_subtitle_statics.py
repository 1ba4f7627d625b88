"""What stands for long is left out, and the quick look at places and characters overlooks nothing."""

from hypothesis import given
from hypothesis import strategies as st

from services.records import quiet
from services.subtitle_lines import Line, Reading, Showing, are_letters_alike, showings_of
from services.subtitle_statics import without_static

texts = st.lists(st.text("焦点访谈新闻直播间今日说法", min_size=1, max_size=8), min_size=1, max_size=25)
places_px = st.sampled_from([100.0, 110.0, 150.0, 400.0])


def showing(text: str, left_px: float, number: int) -> Showing:
    line = Line(text, 0.9, left_px, 300, left_px + 20 * len(text), 330)
    return showings_of([Reading(number * 2.0, (line,)), Reading(number * 2.0 + 0.5, (line,))], 0.5)[0]


def are_one(first: Showing, second: Showing) -> bool:
    """At one place and alike, as it is told pair by pair."""
    near_px = 1.5 * first.height_px
    edges_px = (first.left_px - second.left_px, first.right_px - second.right_px)
    return min(map(abs, edges_px)) <= near_px and are_letters_alike(first.letters, second.letters)


@given(st.data(), texts)
def test_the_same_lines_are_left_out_as_by_a_look_at_every_pair(data: st.DataObject, drawn: list[str]):
    showings = [showing(text, data.draw(places_px), number) for number, text in enumerate(drawn)]
    duration_s = 2.0 * len(showings)
    groups: list[list[Showing]] = []
    for one in showings:
        same = next((group for group in groups if are_one(group[0], one)), None)
        if same is None:
            groups.append([one])
        else:
            same.append(one)
    static = [g for g in groups if len(g) * 1.0 > max(min(15.0, 0.6 * duration_s), 0.1 * duration_s)]
    logos = {one.letters for group in static for one in group}
    expected = [
        one
        for group in groups
        if group not in static
        for one in group
        if len(one.letters) >= 2 and one.letters not in logos
    ]
    assert without_static(showings, duration_s, quiet) == expected


def test_a_logo_is_left_out_also_where_it_stands_alone():
    logo = [showing("焦点访谈", 100, number) for number in range(10)]
    other = showing("今天的新闻", 400, 11)
    assert without_static([*logo, other], 12.0, quiet) == [other]
