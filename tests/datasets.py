"""Where the real data sets are: never part of the project, and tests that use them skip without them."""

import os
from pathlib import Path

import pytest

FOLDER = Path(os.environ.get("SHUKE_DATASETS") or Path(__file__).parents[2] / "shared" / "data")


def dataset(name: str) -> Path:
    """The file `name` below the data folder; skips the test when it is not there."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"the data set {name} is not here (SHUKE_DATASETS)")
    return path
