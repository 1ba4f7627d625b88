"""The words of the command line: what is understood, and one sentence for what is not."""

import pytest

from services.cli_parser import UsageError, parse

PAIR = ("--left", "a.mp4", "--right", "b.mp4", "--out", "out")


def test_a_run_without_options_takes_the_defaults():
    options = parse(["run", *PAIR])
    assert (options.preset, options.epochs, options.interval, options.scheduler) == (
        "quick",
        None,
        None,
        None,
    )
    assert (options.k_left, options.k_right) == (None, None)
    assert (options.cluster_method, options.encoder) == ("kmeans", "model")


def test_every_option_of_a_run_is_understood():
    options = parse(
        [
            *("run", *PAIR, "--left-captions", "a.srt", "--right-captions", "b.vtt"),
            *("--left-language", "en-GB", "--right-language", "zh-Hant", "--topic", "Moon 月球"),
            *("--preset", "paper", "--epochs", "7", "--k-left", "3", "--k-right", "auto"),
            *(
                "--interval",
                "2.5",
                "--backend",
                "tags=keywords",
                "phrases=use",
                "--backend",
                "descriptions=labels",
            ),
            *("--scheduler", "tls://host:8786", "--cluster-method", "ward", "--encoder", "features"),
        ]
    )
    assert (options.left_captions, options.right_language, options.topic) == ("a.srt", "zh-Hant", "Moon 月球")
    assert (options.epochs, options.k_left, options.k_right, options.interval) == (7, 3, None, 2.5)
    assert (options.cluster_method, options.encoder) == ("ward", "features")
    assert options.backend == [("tags", "keywords"), ("phrases", "use"), ("descriptions", "labels")]


def test_both_sides_of_a_project_can_be_built():
    options = parse(["build", "Moon", "both", "comparison"])
    assert (options.project, options.side, options.stage) == ("Moon", "both", "comparison")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ([], "required: COMMAND"),
        (["paint"], "invalid choice: 'paint'"),
        (["run", "--out", "out"], "Two videos are needed"),
        (["run", "--left", "a.mp4", "--out", "out"], "Two videos are needed"),
        (["run", "--sample"], "required: --out"),
        (["run", "--sample", "--left", "a.mp4", "--out", "o"], "cannot be combined with --left"),
        (
            ["run", "--sample", "--left-language", "en", "--out", "o"],
            "cannot be combined with --left-language",
        ),
        (["run", *PAIR, "--k-left", "0"], "'0' is not a whole number from 1 to 10000, or 'auto'"),
        (["run", *PAIR, "--k-right", "many"], "'many' is not a whole number"),
        (["run", *PAIR, "--k-left", "²"], "'²' is not a whole number"),
        (["run", *PAIR, "--epochs", "100001"], "'100001' is not a whole number from 1 to 100000"),
        (["run", *PAIR, "--topic", "x" * 201], "has 201 characters, and at most 200 are kept"),
        (["run", *PAIR, "--epochs", "-1"], "'-1' is not a whole number|expected one argument"),
        (["run", *PAIR, "--interval", "nan"], "'nan' is not a number of seconds"),
        (["run", *PAIR, "--interval", "0"], "from 0.04 to 600"),
        (["run", *PAIR, "--backend", "tags"], "'tags' is not ROLE=NAME"),
        (["run", *PAIR, "--backend", "music=loud"], "one of the roles"),
        (["run", *PAIR, "--cluster-method", "dbscan"], "invalid choice: 'dbscan'"),
        (["run", *PAIR, "--encoder", "sound"], "invalid choice: 'sound'"),
        (["run", *PAIR, "--cluster-method", "hdbscan", "--k-left", "1"], "at least 2 pairs"),
        (["run", *PAIR, "--preset", "huge"], "invalid choice: 'huge'"),
        (["run", *PAIR, "--epo", "3"], "Unrecognized arguments: --epo 3"),
        (["build", "Moon", "middle", "pairs"], "invalid choice: 'middle'"),
        (["build", "Moon", "left", "dance"], "invalid choice: 'dance'"),
        (["export", "Moon"], "required: --out"),
        (["status"], "required: PROJECT"),
    ],
)
def test_a_mistake_is_told_in_one_sentence_with_the_way_to_the_help(words: list[str], says: str):
    with pytest.raises(UsageError, match=says) as raised:
        parse(words)
    text = str(raised.value)
    assert "\n" not in text
    assert text[0].isupper() or text[0] == "-"


def test_help_is_no_mistake(capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit) as ended:
        parse(["run", "--help"])
    assert ended.value.code == 0
    assert "--left-captions" in capsys.readouterr().out
