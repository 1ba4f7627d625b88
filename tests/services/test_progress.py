"""Parts of a step fill one bar."""

from services.progress import WHOLE, stretch


def test_a_part_fills_its_stretch_of_the_bar():
    told: list[tuple[int, int, str]] = []
    part = stretch(lambda done, total, note: told.append((done, total, note)), 0.5, 0.9)
    for done in (0, 1, 2, 3):
        part(done, 2, "x")
    part(7, 0, "y")
    assert [done for done, _, _ in told] == [500, 700, 900, 900, 500]
    assert {total for _, total, _ in told} == {WHOLE}
