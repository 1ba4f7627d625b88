"""Pairs with one modality hidden from the encoder, while both are to be reconstructed (paper §2.3)."""

import torch

from crvae.batch import Batch


def hide_one(batch: Batch, share: float, generator: torch.Generator) -> Batch:
    """The batch with picture or words of about `share` of its pairs set to zero; a coin decides which.

    Zero is the mean of the standardised data. A pair whose words are hidden is like one without words, and a
    pair without words keeps its picture.
    share:     probability in [0, 1]
    generator: of the CPU, where lengths are
    """
    n_pairs = len(batch.lengths)
    is_hidden = torch.rand(n_pairs, generator=generator) < share
    is_image = torch.rand(n_pairs, generator=generator) < 0.5
    has_words = batch.lengths > 0
    no_image = is_hidden & is_image & has_words
    no_words = is_hidden & ~is_image
    device = batch.images.device
    return Batch(
        images=batch.images * (~no_image).to(device, non_blocking=True)[:, None, None, None],
        word_vectors=batch.word_vectors * (~no_words).to(device, non_blocking=True)[:, None, None],
        lengths=batch.lengths * ~no_words,
    )
