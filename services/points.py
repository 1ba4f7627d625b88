"""What is clustered: the model's latents, or ready-made features in their place (paper §3.1.4, §5.1)."""

from crvae.records import EmbeddedDataset, Latents
from services.recipe import Encoder


def points(latents: Latents, dataset: EmbeddedDataset, encoder: Encoder) -> Latents:
    """One point for each pair, (N, D). Raises AnalysisError when a package of the encoder is missing."""
    if encoder == "model":
        return latents
    if encoder == "pixels":
        from crvae.baselines import encode_pixels

        return encode_pixels(dataset)
    from services.baselines import encode_features, encode_texts

    return encode_features(dataset) if encoder == "features" else encode_texts(dataset)
