"""The short version of `make soak`: the same kills, fewer of them."""

import asyncio

import pytest

from bench.installation import installed
from bench.kills import TARGETS, rehearse
from bench.market import open_market

KILLS = 20


@pytest.mark.slow
def test_killing_any_part_at_any_moment_loses_no_order_and_leaves_none_half_done():
    with installed(workers=2) as installation:
        market = open_market(installation.settings.port, shops=2, products=40, buyers=10)
        # Only the installation itself holds its database now: its parent's end ends everything.
        installation.server.stop()

        kills = asyncio.run(rehearse(installation, market, kills=KILLS))

    assert len(kills) == KILLS and {kill.target for kill in kills} == set(TARGETS)
    assert kills[-1].orders > KILLS
    assert max(kill.paid_s for kill in kills) < 20
