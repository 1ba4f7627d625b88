"""What a model says of each frame that is in a pair (paper §3.4.2, first step)."""

from services import backends
from services.context import Context
from services.recipe import Describing
from services.records import AlignedPairs, Descriptions, Frames


def describe_frames(
    frames: Frames, pairs: AlignedPairs, describing: Describing, ctx: Context
) -> Descriptions:
    """A description of each frame that is in a pair, by frame.

    Raises AnalysisError when the backend is unknown, or is not there.
    """
    indices = sorted({int(frame) for frame in pairs.frame_index})
    backend = backends.find("descriptions", describing.backend)
    if backend.name == "labels":
        from services.describe_labels import describe_labels

        return Descriptions(describe_labels(frames, indices, ctx), "labels")
    from services.describe_blip import describe_sentences

    return Descriptions(describe_sentences(frames, indices, backend, describing.prompt, ctx), "sentence")
