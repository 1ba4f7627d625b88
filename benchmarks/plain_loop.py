"""The CRVAE in a plain PyTorch loop, as one writes it down from the paper (§3.3): the yardstick."""

from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

from crvae.batch import Batch
from crvae.config import ModelConfig
from crvae.device_data import measure_scale
from crvae.model import Crvae
from crvae.records import EmbeddedDataset

BATCH_SIZE, RATE, CLIP, TEXT_WEIGHT = 16, 1e-4, 0.01, 3.0


def plain_epochs(dataset: EmbeddedDataset, config: ModelConfig, device: torch.device) -> Iterator[float]:
    """Losses of the epochs, each trained when it is asked for; float32, AdamW and DataLoader as they come."""
    torch.manual_seed(0)
    model = Crvae(config)
    measure_scale(model, dataset)
    model.to(device).train()
    standardized = _standardized(model.cpu(), dataset)
    model.to(device)
    loader = DataLoader(standardized, batch_size=BATCH_SIZE, shuffle=True)
    optimizer = torch.optim.AdamW(model.parameters(), lr=RATE)
    while True:
        total = 0.0
        for images, word_vectors, lengths in loader:
            batch = Batch(images.to(device), word_vectors.to(device), lengths)
            optimizer.zero_grad()
            output = model(batch)
            mask = batch.mask().unsqueeze(2)
            image = nn.functional.mse_loss(output.images, batch.images)
            squared = (output.word_vectors - batch.word_vectors) ** 2 * mask
            text = squared.sum() / mask.sum() / config.word_vector_size
            loss = image + TEXT_WEIGHT * text
            loss.backward()
            nn.utils.clip_grad_value_(model.parameters(), CLIP)
            optimizer.step()
            total += loss.item()
        yield total / len(loader)


def _standardized(model: Crvae, dataset: EmbeddedDataset) -> TensorDataset:
    lengths = torch.from_numpy(dataset.lengths)
    batch = model.standardize(
        torch.from_numpy(dataset.images), torch.from_numpy(dataset.word_vectors).float(), lengths
    )
    images: Tensor = batch.images.contiguous()
    return TensorDataset(images, batch.word_vectors, lengths)
