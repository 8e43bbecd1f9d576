"""One cashier for all tests of a process, and a shop of its own for each; what kills a cashier starts another."""

from collections.abc import Generator
from pathlib import Path

import pytest

from tests.cashier.till import Shop, Till, listening_shop, running_till


@pytest.fixture(scope="session")
def lasting_till(tmp_path_factory: pytest.TempPathFactory) -> Generator[Till]:
    with running_till(tmp_path_factory.mktemp("cashier")) as till:
        yield till


@pytest.fixture
def till(lasting_till: Till) -> Generator[Till]:
    """The running cashier, which behaves again when the test is over."""
    yield lasting_till
    lasting_till.call("POST", "/behaviour", {})


@pytest.fixture
def mortal_till(tmp_path: Path) -> Generator[Till]:
    """A cashier that the test may kill."""
    with running_till(tmp_path) as till:
        yield till


@pytest.fixture
def shop() -> Generator[Shop]:
    with listening_shop() as shop:
        yield shop
