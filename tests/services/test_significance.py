"""Chance per cell: what is the same stands far above it, what has nothing in common does not."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.chance import broadcast
from services import recipe
from services.compare import compare
from services.context import Context
from services.errors import Cancelled
from services.recipe import Comparing
from services.records import Significance
from services.significance import benjamini_hochberg, significance
from services.tagged import Tagged

QUICK = recipe.Testing(n_draws=400, n_bootstrap=100)


def held(one: Tagged, other: Tagged, ctx: Context, **comparing: str) -> Significance:
    chosen = Comparing(**comparing)  # pyright: ignore[reportArgumentType]
    comparison = compare(one.themes, other.themes, chosen, ctx)
    return significance(comparison, one, other, chosen, QUICK, ctx)


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Tagged]:
    ctx = Context(tmp_path_factory.mktemp("stage"), remember=lambda name, compute: compute())
    rng = np.random.default_rng(0)
    return {
        "news": broadcast(("flood", "panda", "bakery", "court"), 0, rng, ctx, "blocks"),
        "same": broadcast(("flood", "panda", "opera", "coal"), 1, rng, ctx, "blocks"),
        "other": broadcast(("chess", "tea", "housing", "opera"), 1, rng, ctx, "blocks"),
    }


@pytest.mark.models
def test_a_video_beside_itself_stands_far_above_chance_on_the_diagonal(videos, ctx):
    found = held(videos["news"], videos["news"], ctx)
    assert found.is_above.tolist() == np.eye(4, dtype=bool).tolist()
    assert np.diag(found.z).min() > 2.5
    assert (1 - np.diag(found.null_mean)).min() > 0.25  # it is as alike as can be
    assert found.null == "blocks"


@pytest.mark.models
def test_shared_themes_are_found_across_languages_and_others_are_not(videos, ctx):
    found = held(videos["news"], videos["same"], ctx)
    assert np.argwhere(found.is_above).tolist() == [[0, 0], [1, 1]]


@pytest.mark.models
def test_videos_with_nothing_in_common_share_nothing(videos, ctx):
    assert not held(videos["news"], videos["other"], ctx).is_above.any()


@pytest.mark.models
def test_an_interval_holds_its_value(videos, ctx):
    found = held(videos["news"], videos["same"], ctx)
    seen = found.null_mean + found.z * found.null_sd
    assert (found.low < seen).all()
    assert (seen < found.high).all()


@pytest.mark.models
def test_further_draws_of_a_model_widen_the_interval(videos, ctx):
    one = videos["news"]
    strange = tuple(("chess clock", "tea garden", "rye loaf", "lava flow") for _ in range(3))
    themes = dataclasses.replace(
        one.themes,
        themes=tuple(
            dataclasses.replace(t, draws=(tuple(tag.text for tag in t.tags), *strange))
            for t in one.themes.themes
        ),
    )
    drawn = dataclasses.replace(one, themes=themes)
    narrow, wide = held(one, videos["same"], ctx), held(drawn, videos["same"], ctx)
    assert (wide.high - wide.low)[0, 0] > 1.3 * (narrow.high - narrow.low)[0, 0]


@pytest.mark.models
def test_tags_of_a_model_are_dealt_anew(videos, ctx):
    one, other = (
        dataclasses.replace(videos[name], tagging=dataclasses.replace(videos[name].tagging, backend="llama2"))
        for name in ("news", "same")
    )
    found = held(one, other, ctx)
    assert found.null == "pool"
    assert found.is_above[0, 0]
    assert not found.is_above[2:].any()


@pytest.mark.models
def test_the_same_seed_gives_the_same_numbers(videos, ctx):
    one, again = (held(videos["news"], videos["other"], ctx) for _ in range(2))
    np.testing.assert_array_equal(one.p, again.p)
    np.testing.assert_array_equal(one.low, again.low)


@pytest.mark.models
def test_a_cluster_without_tags_has_no_numbers_and_is_not_above_chance(videos, ctx):
    one = videos["news"]
    bare = dataclasses.replace(one.themes.themes[0], tags=())
    themes = dataclasses.replace(one.themes, themes=(bare, *one.themes.themes[1:]))
    found = held(dataclasses.replace(one, themes=themes), videos["same"], ctx)
    assert np.isnan(found.p[0]).all()
    assert np.isnan(found.q[0]).all()
    assert not found.is_above[0].any()


@pytest.mark.models
def test_one_cluster_alone_can_say_nothing(videos, ctx):
    one = videos["news"]
    single = dataclasses.replace(
        one,
        clusters=dataclasses.replace(one.clusters, k=1, labels=np.zeros_like(one.clusters.labels)),
        themes=dataclasses.replace(one.themes, themes=one.themes.themes[:1]),
    )
    pooled = dataclasses.replace(single, tagging=dataclasses.replace(one.tagging, backend="llama2"))
    assert not held(pooled, videos["same"], ctx).is_above.any()


@pytest.mark.models
def test_stop_is_heard_between_draws(videos, ctx):
    def stop(done: int, total: int, note: str) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        held(videos["news"], videos["same"], dataclasses.replace(ctx, progress=stop))


def test_q_of_known_p():
    p = np.array([[0.01, 0.02], [0.03, np.nan]])
    np.testing.assert_allclose(benjamini_hochberg(p), [[0.03, 0.03], [0.03, np.nan]])


@given(st.lists(st.floats(0.0005, 1), min_size=1, max_size=30))
def test_q_is_never_below_p_and_keeps_its_order(values: list[float]):
    p = np.array(values)
    q = benjamini_hochberg(p)
    assert (q >= p - 1e-12).all()
    assert (q <= 1).all()
    assert (np.diff(q[np.argsort(p)]) >= -1e-12).all()


def test_draws_out_of_range_are_refused():
    with pytest.raises(ValueError, match="n_draws is 5"):
        recipe.Testing(n_draws=5)
