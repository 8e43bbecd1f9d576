"""`shuke up`: everything in one, which starts, stops, survives kills and keeps to itself."""

from collections.abc import Iterator

import httpx
import psutil
import pytest

from tests.cli.installations import Installation, an_installation, interrupt, is_gone, wait_for

BACK_WITHIN_S = 20
"""Five seconds on a machine of its own; tests share theirs."""


@pytest.fixture(scope="module")
def neighbour() -> Iterator[Installation]:
    """A running installation that nobody touches."""
    with an_installation() as installation:
        installation.up()
        yield installation


@pytest.fixture(scope="module")
def lasting_shop() -> Iterator[Installation]:
    with an_installation() as installation:
        yield installation


@pytest.fixture
def shop(lasting_shop: Installation) -> Installation:
    """An installation that runs when the test begins."""
    if not lasting_shop.processes or lasting_shop.processes[-1].poll() is not None:
        lasting_shop.up("--workers", "2")
    return lasting_shop


def test_two_installations_run_side_by_side_and_a_second_start_is_refused(shop: Installation, neighbour: Installation):
    twice = shop.run("up")
    on_its_port = shop.run("up", "--data", str(shop.data / "other"))

    assert shop.is_healthy() and neighbour.is_healthy()
    assert "Shuke 熟客 is open" in shop.said() and shop.origin in shop.said()
    assert (twice.exit_code, on_its_port.exit_code) == (2, 2)
    assert f"process {shop.processes[-1].pid}" in twice.stderr
    assert f"Port {shop.port}" in on_its_port.stderr and "--port" in on_its_port.stderr


@pytest.mark.parametrize(("kind", "which"), [("api", 0), ("api", 1), ("worker", 0), ("cashier", 0), ("bin/postgres -D", 0)])
def test_a_part_that_is_killed_comes_back(shop: Installation, kind: str, which: int):
    victim = shop.family()[kind][which]

    victim.kill()
    wait_for(lambda: is_gone(victim), 5)

    cashier = f"http://127.0.0.1:{shop.port + 1}/health"
    wait_for(lambda: bool(shop.family().get(kind)) and shop.is_healthy() and _answers(cashier), BACK_WITHIN_S)


def test_a_killed_parent_takes_all_with_it_and_the_next_start_works(shop: Installation):
    family = psutil.Process(shop.processes[-1].pid).children(recursive=True)

    shop.processes[-1].kill()
    shop.processes[-1].wait()
    shop.up()

    assert len(family) >= 5 and all(map(is_gone, family))
    assert shop.run("verify").exit_code == 0


def test_ctrl_c_stops_all_within_ten_seconds_and_nobody_else(shop: Installation, neighbour: Installation):
    family = psutil.Process(shop.processes[-1].pid).children(recursive=True)

    taken_s = interrupt(shop.processes[-1])

    assert shop.processes[-1].returncode == 0
    assert taken_s < 10
    wait_for(lambda: all(map(is_gone, family)), 2)
    assert neighbour.is_healthy()


def test_a_production_start_without_a_secret_is_one_line_with_the_mend(lasting_shop: Installation):
    data = str(lasting_shop.data / "new")

    refused = lasting_shop.run("up", "--profile", "production", "--data", data)
    misspelled = lasting_shop.run("up", "--port", "80")

    assert (refused.exit_code, misspelled.exit_code) == (2, 2)
    assert "SHUKE_SECRET" in refused.stderr and "1024" in misspelled.stderr
    assert refused.stderr.strip().count("\n") == 0


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.TransportError:
        return False
