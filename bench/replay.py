"""The database's own limit: pgbench replays the statements of one transaction, captured from the real code.

Every statement that the code sends is captured with its arguments, `begin` and `commit` included, and becomes a line of a
pgbench script (`-M prepared`). Arguments are bound parameters again. The ids that the transaction made are fresh each time:
their first 8 digits are those of a number that no client uses twice. The stock that is reserved is drawn from `spread` rows,
which are made for it, so clients meet on a row as seldom, or as often, as in the load that is compared.
"""

import asyncio
import os
import re
import subprocess
from collections.abc import Sequence
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import msgspec

from bench.installation import Installation
from shuke import modules
from shuke.deals import trade
from shuke.deals.trade import OrderAsk
from shuke.goods import stock
from shuke.kit.db import Db, connect, read
from shuke.kit.ids import new_id
from shuke.society import identity

UUIDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
WRITES = re.compile(r"\b(insert into|update)\b")
FRESH, SKUS = "r", ("s", "t")
RUNS = count()
FIRST_SKU = {"s": 0x50000000, "t": 0x51000000}


class Captured(msgspec.Struct):
    """One statement: its text, its arguments as PostgreSQL reads them, and their types."""

    sql: str
    arguments: list[str | None] = []
    types: list[str] = []


class Replay(msgspec.Struct):
    """A pgbench script and the variables it is called with."""

    script: str
    variables: dict[str, str]
    statements: int


async def capture_order(dsn: str, token: str, ask: dict[str, Any], spread: int) -> Replay:
    """Place one order and answer its replay. `ask` has one line or two, of SKUs at one location."""
    modules.load()
    seen: list[Any] = []
    db = await connect(dsn)
    try:
        before = new_id(1)
        key = str(new_id(1))
        order = msgspec.convert(ask, OrderAsk)
        # The second time, nothing is looked up for the first time: types, caches, plans.
        for turn_key in (str(uuid4()), key):
            seen.clear()
            db.add_query_logger(seen.append)
            actor = await identity.authenticate(db, token)
            assert actor is not None
            await trade.place(db, actor, turn_key, order)
            # The driver calls its loggers a moment later.
            await asyncio.sleep(0)
            db.remove_query_logger(seen.append)
        captured = [await _described(db, each) for each in seen]
        sku_ids = [str(line.sku_id) for line in order.lines]
        await _supply(db, [line.sku_id for line in order.lines], spread)
    finally:
        await db.close()
    fresh = {
        id for each in captured for text in each.arguments if text for id in UUIDS.findall(text) if id[:13] >= str(before)[:13]
    }
    made = {id for id in fresh if UUID(id).bytes[:6] >= before.bytes[:6]}
    return _replay(captured, made, sku_ids, spread)


async def _described(db: Db, logged: Any) -> Captured:
    if not logged.args:
        return Captured(logged.query.rstrip(";").strip())
    prepared = await db.prepare(logged.query)
    types = [f"{each.schema}.{each.name}" for each in prepared.get_parameters()]
    types = [name.removeprefix("pg_catalog.") for name in types]
    return Captured(logged.query, [_text(arg, name) for arg, name in zip(logged.args, types, strict=True)], types)


def _text(value: Any, kind: str) -> str | None:
    if value is None:
        return None
    if kind == "jsonb":
        return msgspec.json.encode(value).decode()
    if kind.endswith("[]") or kind.startswith("_"):
        element = kind.removesuffix("[]").removeprefix("_")
        return "{" + ",".join(_element(_text(each, element)) for each in value) + "}"
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return value.isoformat()
        case bytes():
            return "\\x" + value.hex()
        case _:
            return str(value)


def _element(text: str | None) -> str:
    return "null" if text is None else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


async def _supply(db: Db, sku_ids: Sequence[UUID], spread: int) -> None:
    """Rows of stock for the replay: `spread` beside each SKU, at its home and location."""
    on_hand = await read(db, stock.on_hand(sku_ids))
    for sku_id, name in zip(sku_ids, SKUS, strict=False):
        location_id = next(iter(on_hand[stock.SkuId(sku_id)]))
        others = [stock.SkuId(UUID(_numbered(FIRST_SKU[name] + number, str(sku_id)))) for number in range(spread)]
        await stock.set_available(db, [stock.Supply(other, location_id, 10**9) for other in others])


def _numbered(number: int, id: str) -> str:
    return f"{number:08x}{id[8:]}"


def _replay(captured: Sequence[Captured], fresh: set[str], sku_ids: Sequence[str], spread: int) -> Replay:
    variables: dict[str, str] = {}
    made = dict.fromkeys(fresh, FRESH)
    taken = made | dict(zip(sku_ids, SKUS, strict=False))
    lines = [
        "\\set k :k + 1",
        # 16 runs of 64 clients with a million transactions each; ten decimal digits, eight hexadecimal ones.
        f"\\set {FRESH} 1073741824 + :run * 67108864 + :client_id * 1048576 + :k",
        *(f"\\set {name} {FIRST_SKU[name]} + random(0, {spread - 1})" for name in SKUS),
    ]
    for place, each in enumerate(captured):
        words: dict[int, str] = {}
        swaps = taken if WRITES.search(each.sql) else made
        for number, (text, kind) in enumerate(zip(each.arguments, each.types, strict=True), start=1):
            words[number] = _argument(f"v{place}x{number}", text, kind, swaps, variables)
        sql = re.sub(r"\$(\d+)", lambda found, words=words: words[int(found[1])], each.sql)
        lines.append(re.sub(r"\s+", " ", re.sub(r"--[^\n]*", "", sql)) + ";")
    return Replay("\n".join(lines) + "\n", variables, len(captured))


def _argument(name: str, text: str | None, kind: str, swaps: dict[str, str], variables: dict[str, str]) -> str:
    if text is None:
        return f"null::{kind}"
    variables[name] = text
    words = f":{name}::text"
    for id in dict.fromkeys(UUIDS.findall(text)):
        if id in swaps:
            words = f"replace({words}, '{id}', to_hex(:{swaps[id]}::int) || '{id[8:]}')"
    if number := re.search(r'"number":"(\d{6})(\d{10})"', text):
        words = f"replace({words}, '{number[1]}{number[2]}', '{number[1]}' || :{FRESH}::text)"
    # What stays the same is bound as its own type.
    return f":{name}::{kind}" if words == f":{name}::text" else f"({words})::{kind}"


def run(replay: Replay, installation: Installation, *, clients: int, seconds: int) -> float:
    """Transactions per second from `clients` connections; the first quarter, in which plans are made, does not count."""
    script = installation.settings.data / "replay.sql"
    script.write_text(replay.script)
    script.chmod(0o644)
    server = installation.server
    fixed = {"k": "0", "run": str(next(RUNS)), **replay.variables}
    command = [str(Path(server.bin) / "pgbench"), "-n", "-M", "prepared", "-c", str(clients), "-j", "2", "-P", "1"]
    command += [
        "-T",
        str(seconds),
        "-f",
        str(script),
        *(word for name, text in fixed.items() for word in ("-D", f"{name}={text}")),
    ]
    # Its connections plan as ours do.
    environment = os.environ | server.env | {"PGOPTIONS": "-c plan_cache_mode=force_generic_plan"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "aborted" not in done.stderr, done.stderr[-2000:]
    rates = [float(found) for found in re.findall(r"progress: .*? s, ([\d.]+) tps", done.stderr)]
    assert "number of failed transactions: 0 " in done.stdout, done.stdout
    counted = rates[len(rates) // 4 :]
    return sum(counted) / len(counted)
