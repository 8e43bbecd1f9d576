"""`shuke up`: everything in one, which starts, stops, survives kills and keeps to itself."""

import httpx
import psutil

from tests.cli.installations import an_installation, interrupt, is_gone, wait_for

BACK_WITHIN_S = 15
"""Five seconds on a machine of its own; tests share theirs."""


def test_up_serves_refuses_a_second_start_and_leaves_no_process_behind():
    with an_installation() as shop, an_installation() as other:
        process = shop.up()
        other.up()
        family = psutil.Process(process.pid).children(recursive=True)

        twice = shop.run("up")
        other_data = shop.run("up", "--data", str(shop.data / "other"))
        taken_s = interrupt(process)

        assert "Shuke 熟客 is open" in shop.said() and shop.origin in shop.said()
        assert twice.exit_code == other_data.exit_code == 2
        assert "runs on" in twice.stderr and str(process.pid) in twice.stderr
        assert f"Port {shop.port}" in other_data.stderr and "--port" in other_data.stderr
        assert process.returncode == 0
        assert taken_s < 10
        assert len(family) >= 5
        wait_for(lambda: all(map(is_gone, family)), 2)
        assert other.is_healthy()


def test_what_is_killed_comes_back_and_a_killed_parent_takes_all_with_it():
    with an_installation() as shop:
        shop.up()
        for kind in ("api", "worker", "cashier", "bin/postgres -D"):
            victim = shop.family()[kind][-1]
            victim.kill()
            wait_for(lambda victim=victim: is_gone(victim), 5)
            wait_for(lambda kind=kind: bool(shop.family().get(kind)) and shop.is_healthy(), BACK_WITHIN_S)
        cashier = f"http://127.0.0.1:{shop.port + 1}/health"
        wait_for(lambda: _answers(cashier), BACK_WITHIN_S)
        family = psutil.Process(shop.processes[-1].pid).children(recursive=True)

        shop.processes[-1].kill()
        shop.processes[-1].wait()
        shop.up()

        assert all(map(is_gone, family))
        assert shop.run("verify").exit_code == 0
        assert interrupt(shop.processes[-1]) < 10


def test_a_production_start_without_a_secret_is_one_line_with_the_mend():
    with an_installation() as shop:
        refused = shop.run("up", SHUKE_PROFILE="production")
        misspelled = shop.run("up", SHUKE_PORT="80")

    assert (refused.exit_code, misspelled.exit_code) == (2, 2)
    assert "SHUKE_SECRET" in refused.stderr and "Traceback" not in refused.stderr
    assert "1024" in misspelled.stderr
    assert refused.stderr.strip().count("\n") == 0


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.TransportError:
        return False
