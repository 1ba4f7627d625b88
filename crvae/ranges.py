"""Bounds of settings: the one rule for every way in, from the page to an opened bundle."""

EPOCHS_MAX = 100_000
SEED_MAX = 2**31 - 1  # what NumPy, scikit-learn and llama.cpp all take


def require_within(record: object, low: float, high: float, *names: str) -> None:
    """Raises ValueError, with name and value, for a field outside [low, high]; nan is outside."""
    for name in names:
        value: float = getattr(record, name)
        if not low <= value <= high:
            raise ValueError(f"{name} is {value!r}, expected {low} to {high}")
