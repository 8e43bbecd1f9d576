"""Every statement is prepared against the real schema, names only its own schema, and names a home."""

import re

import pytest

from shuke import modules
from shuke.kit.db import Db, Query
from shuke.kit.rows import columns

MODULES = modules.load()
modules.routes()
EVERY = [query for query in Query.every if query.module.startswith("shuke.")]
SCHEMAS = {module.__name__.rpartition(".")[2] for module in MODULES}


def schema_of(query: Query[object]) -> str:
    """The schema that the module of this statement owns."""
    owner = max((m.__name__ for m in MODULES if query.module.startswith(m.__name__)), key=len, default="shuke.kit")
    return owner.rpartition(".")[2]


def name_of(query: Query[object]) -> str:
    """A readable test id."""
    return f"{query.module}:{' '.join(query.sql.split())[:50]}"


@pytest.mark.parametrize("query", EVERY, ids=name_of)
async def test_a_statement_fits_its_row(shared_connection: Db, query: Query[object]):
    prepared = await shared_connection.prepare(query.sql)
    expected = columns(query.row)
    found = prepared.get_attributes()

    if query.row is type(None):
        return
    assert len(found) == len(expected), [each.name for each in found]
    for column, attribute in zip(expected, found, strict=True):
        assert column.name in ("", attribute.name), f"{attribute.name} stands where {column.name} is expected"
        assert attribute.type.name in column.pg_types, f"{attribute.name} is {attribute.type.name}, not {column.pg_types}"


@pytest.mark.parametrize("query", EVERY, ids=name_of)
def test_a_statement_names_only_its_own_schema(query: Query[object]):
    own = schema_of(query)
    others = "|".join(SCHEMAS - {own})

    foreign = re.findall(rf"(?:from|join|into|update|using|table)\s+({others})\.", query.sql)

    assert not foreign


async def homes(db: Db) -> dict[str, str]:
    """Where each table lives, as its comment says."""
    rows = await db.fetch(
        """
        select n.nspname || '.' || c.relname as name, coalesce(obj_description(c.oid), '') as said
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p') and not c.relispartition and n.nspname = any($1::text[])""",
        list(SCHEMAS),
    )
    return {row["name"]: row["said"] for row in rows}


async def test_every_table_says_its_home(shared_connection: Db):
    silent = [name for name, said in (await homes(shared_connection)).items() if not KINDS.match(said)]

    assert not silent


KINDS = re.compile(r"^(home|by key|reference|local)\b.*:? ")
HOME = re.compile(r"\bhome\b\s*(=\s*(any\s*\()?\s*\(?\s*[\$a-z]|,\s*\w+)|\bhome\b.*\bunnest\b|into \S+ \(home\b", re.S)


async def test_a_sharded_table_has_a_home_in_its_key(shared_connection: Db):
    sharded = [name for name, said in (await homes(shared_connection)).items() if said.startswith("home")]
    keys = await shared_connection.fetch(
        """
        select n.nspname || '.' || c.relname as name, i.indexrelid::regclass::text as index,
               (select a.attname from pg_attribute a where a.attrelid = i.indexrelid and a.attnum = 1) as first,
               array(select a.attname from pg_attribute a where a.attrelid = i.indexrelid) as columns
        from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
        where i.indisunique and n.nspname || '.' || c.relname = any($1::text[])""",
        sharded,
    )

    homeless = [row["index"] for row in keys if "home" not in row["columns"]]

    assert not homeless, "uniqueness on a sharded table can only hold inside a home"


async def test_a_statement_on_a_sharded_table_names_its_home(shared_connection: Db):
    sharded = [name for name, said in (await homes(shared_connection)).items() if said.startswith("home")]
    pattern = re.compile(rf"\b({'|'.join(map(re.escape, sharded))})\b") if sharded else re.compile(r"(?!)")

    homeless = [
        name_of(query) for query in EVERY if not query.fan_out and pattern.search(query.sql) and not HOME.search(query.sql)
    ]

    assert not homeless


async def test_foreign_keys_stay_inside_a_home_and_point_down(shared_connection: Db):
    keys = await shared_connection.fetch(
        """
        select k.conname as name, fn.nspname as source, tn.nspname as target, fc.relname as table,
               array(select a.attname from pg_attribute a
                     where a.attrelid = k.conrelid and a.attnum = any(k.conkey)) as columns,
               coalesce(obj_description(fc.oid), '') as said
        from pg_constraint k
        join pg_class fc on fc.oid = k.conrelid join pg_namespace fn on fn.oid = fc.relnamespace
        join pg_class tc on tc.oid = k.confrelid join pg_namespace tn on tn.oid = tc.relnamespace
        where k.contype = 'f' and fn.nspname = any($1::text[])""",
        list(SCHEMAS),
    )
    order = [module.__name__.rpartition(".")[2] for module in MODULES]

    assert not [row["name"] for row in keys if order.index(row["target"]) > order.index(row["source"])]
    assert not [row["name"] for row in keys if row["said"].startswith("home") and "home" not in row["columns"]]
