import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from tests.crvae import small


def test_settings_and_records_import_without_torch_or_scikit_learn():
    code = "import sys, crvae.config, crvae.records; print({'torch', 'sklearn'} & set(sys.modules))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "set()"


def test_pixels_must_be_bytes():
    dataset = small.drawn()
    with pytest.raises(ValueError, match="images are float32"):
        replace(dataset, images=dataset.images.astype(np.float32))


def test_rows_must_be_as_many_everywhere():
    dataset = small.drawn()
    with pytest.raises(ValueError, match="rows differ: 8 images, 8 rows of word vectors, 7 lengths"):
        replace(dataset, lengths=dataset.lengths[:7])


def test_a_row_cannot_be_longer_than_its_word_vectors():
    dataset = small.drawn(n_words=5)
    with pytest.raises(ValueError, match="lengths run from 0 to 6, expected 0 to 5"):
        replace(dataset, lengths=np.array([6, *dataset.lengths[1:]]))
