"""A shot that comes back is told from one that stays, and from pictures that have little in common."""

import numpy as np
from numpy.typing import NDArray

from services.repeated_shots import repeated_shot, shots_of

HEIGHT_PX, WIDTH_PX = 120, 200


def scene(seed: int) -> NDArray[np.float64]:
    """A picture of large patches, as different from another seed's as two scenes are."""
    patches = np.random.default_rng(seed).uniform(40, 200, (3, 6, 10))
    return patches.repeat(20, axis=1).repeat(20, axis=2)


def pictures(seeds: list[int], noise: float = 8.0) -> NDArray[np.uint8]:
    rng = np.random.default_rng(99)
    made = np.stack([scene(seed) + rng.normal(0, noise, (3, HEIGHT_PX, WIDTH_PX)) for seed in seeds])
    return made.clip(0, 255).astype(np.uint8)


def test_pictures_of_one_scene_are_one_shot_although_they_differ_a_little():
    assert shots_of(pictures([1, 1, 2, 1, 3, 2])).tolist() == [0, 0, 1, 0, 2, 1]


def test_a_brighter_picture_is_of_the_same_shot():
    images = pictures([1, 1])
    images[1] = (images[1] * 0.6 + 60).astype(np.uint8)
    assert shots_of(images).tolist() == [0, 0]


def test_another_caption_below_leaves_the_shot_the_same():
    images = pictures([1, 1])
    images[1, :, 102:] = 255
    assert shots_of(images).tolist() == [0, 0]


def test_black_pictures_are_no_shot():
    black = np.zeros((3, 3, HEIGHT_PX, WIDTH_PX), np.uint8)
    assert shots_of(black).tolist() == [-1, -1, -1]


def test_a_newsreader_who_comes_back_is_one_repeated_shot():
    shots = np.array([0, 0, 0, 1, 2, 3, 4, 0, 0, 0], np.int32)
    labels = np.array([0, 0, 0, 1, 1, 1, 1, 0, 0, 0], np.int32)
    found = repeated_shot(shots, labels, 0)
    assert found is not None
    assert (found.n_pairs, found.share, found.n_stretches) == (6, 1.0, 2)
    assert repeated_shot(shots, labels, 1) is None


def test_one_long_shot_with_a_cut_away_does_not_come_back():
    shots = np.array([0, 0, 0, 1, 0, 0, 0], np.int32)
    assert repeated_shot(shots, np.zeros(7, np.int32), 0) is None


def test_a_cluster_of_two_shots_that_come_back_is_not_one_shot():
    shots = np.array([0, 0, 0, 1, 1, 1, 2, 2, 2, 2, 0, 0, 0, 1, 1, 1], np.int32)
    labels = np.where(shots == 2, 1, 0).astype(np.int32)
    assert repeated_shot(shots, labels, 0) is None


def test_a_cluster_of_three_pairs_is_too_small_to_be_told():
    shots = np.array([0, 1, 2, 3, 4, 0, 0], np.int32)
    assert repeated_shot(shots, np.where(shots == 0, 0, 1).astype(np.int32), 0) is None


def test_no_pictures_have_no_shots():
    assert shots_of(np.zeros((0, 3, HEIGHT_PX, WIDTH_PX), np.uint8)).tolist() == []
