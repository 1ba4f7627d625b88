"""The command that project.json and the report tell can be given to the command line again."""

import shlex
from pathlib import Path

import pytest

from services.cli_parser import parse
from services.cluster_choice import with_encoder, with_method, with_size
from services.project_file import command_line
from services.recipe import SIDES, Project
from tests.filled import filled_workspace


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return filled_workspace(tmp_path)[1]


def test_the_command_says_what_is_clustered_and_how(project: Project):
    assert "--k-left 3 --k-right 4 --cluster-method kmeans --encoder model" in command_line(project)


def test_the_command_line_understands_the_command_again(project: Project):
    for side in SIDES:
        project = with_size(with_method(with_encoder(project, side, "pixels"), side, "hdbscan"), side, 5)
    options = parse(shlex.split(command_line(project))[3:])
    assert (options.k_left, options.k_right) == (5, 5)
    assert (options.cluster_method, options.encoder) == ("hdbscan", "pixels")
