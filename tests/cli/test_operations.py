"""What an owner does with an installation: prove, back up, restore, and ask what is wrong."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.installations import Installation, an_installation

TABLES = """
    select string_agg(format('%s.%s', table_schema, table_name), ' ' order by table_schema, table_name)
    from information_schema.tables
    where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema', 'public')"""
# The number of the transaction that wrote an event belongs to the server that ran it.
ROWS = (
    "select count(*) || ' ' || coalesce(md5(string_agg(t, e'\\n' order by t)), '') from (select {row}::text t from {table} r) _"
)
WITHOUT_XID = "(to_jsonb(r) - 'xid')"
PICTURE = b"not really a picture"


@pytest.fixture(scope="module")
def shop() -> Iterator[Installation]:
    """An installation with an operator, their events and jobs, and a stored object."""
    with an_installation() as installation:
        assert installation.run("migrate").exit_code == 0
        assert installation.run("operator", "13800138000").exit_code == 0
        name = hashlib.sha256(PICTURE).hexdigest()
        file = installation.data / "objects" / name[:2] / f"{name}.webp"
        file.parent.mkdir(parents=True)
        file.write_bytes(PICTURE)
        yield installation


def test_a_restored_installation_has_every_row_and_object_and_nothing_else(shop: Installation, tmp_path: Path):
    file = tmp_path / "all.shuke"
    saved = shop.run("backup", file)

    with an_installation() as fresh:
        restored = fresh.run("restore", file)
        again = fresh.run("restore", file)
        verdict = json.loads(fresh.run("verify", "--json").stdout)

        assert (saved.exit_code, restored.exit_code, again.exit_code) == (0, 0, 2), saved.stderr + restored.stderr
        assert "--force" in again.stderr
        assert _contents(fresh) == _contents(shop)
        assert _objects(fresh) == _objects(shop)
        assert verdict["is_valid"] and len(verdict["proofs"]) > 3 and verdict["completed"] == []
    assert file.stat().st_mode & 0o077 == 0


def test_a_backup_that_is_cut_altered_or_anothers_changes_nothing(shop: Installation, tmp_path: Path):
    whole = tmp_path / "all.shuke"
    assert shop.run("backup", whole).exit_code == 0
    content = bytearray(whole.read_bytes())
    cut, altered = tmp_path / "cut", tmp_path / "altered"
    cut.write_bytes(content[: len(content) - 12_000])
    content[content.index(PICTURE) - 512 * 40] ^= 0xFF
    altered.write_bytes(content)
    before = _contents(shop)

    refusals = [
        shop.run("restore", "--force", cut),
        shop.run("restore", "--force", altered),
        shop.run("restore", "--force", __file__),
        shop.run("restore", "--force", whole, SHUKE_SECRET="another secret than the one of the backup"),
    ]

    assert [refusal.exit_code for refusal in refusals] == [2, 2, 2, 2], [refusal.stderr for refusal in refusals]
    assert not any("Traceback" in refusal.stderr for refusal in refusals)
    assert "SHUKE_SECRET" in refusals[-1].stderr
    assert _contents(shop) == before


def test_the_doctor_finds_what_is_broken_and_names_the_mend(shop: Installation):
    well = shop.run("doctor")
    shop.ask("update kit.jobs set dead_at = now(), error = 'boom'")
    shop.ask(
        "insert into kit.jobs (kind, payload, run_at, timeline, dead_at, created_at) "
        "values ('kit.gone', '{}', now(), 'live', now(), now())"
    )

    ill = shop.run("doctor")
    revived = shop.run("revive")
    mended = shop.run("doctor")

    assert (well.exit_code, ill.exit_code, mended.exit_code) == (0, 1, 0), well.stdout + mended.stdout
    assert "gave up" in ill.stdout and "shuke revive" in ill.stdout
    assert "due again" in revived.stdout


def _contents(installation: Installation) -> dict[str, object]:
    tables = str(installation.ask(TABLES)).split()
    assert len(tables) > 10
    row = {"kit.events": WITHOUT_XID}
    parts = [f"'{table}', ({ROWS.format(table=table, row=row.get(table, 'r'))})" for table in tables]
    return json.loads(str(installation.ask(f"select json_build_object({', '.join(parts[:45])})::text"))) | (
        json.loads(str(installation.ask(f"select json_build_object({', '.join(parts[45:])})::text")))
    )


def _objects(installation: Installation) -> dict[str, bytes]:
    folder = installation.data / "objects"
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_product_file_is_previewed_brought_and_brought_again(shop: Installation, tmp_path: Path):
    file = tmp_path / "products.csv"
    file.write_text(
        "Handle,Title,Variant SKU,Variant Price,Variant Inventory Qty\n"
        "tea,Pine smoke tea,T1,12.50,5\n"
        "cup,Cup,C1,not a price,5\n"
    )

    preview = shop.run("import", "products", file, "--dry-run")
    brought = shop.run("import", "products", file)
    again = shop.run("import", "products", file)
    missing = shop.run("import", "products", tmp_path / "nowhere.csv")

    assert [each.exit_code for each in (preview, brought, again, missing)] == [0, 0, 0, 2], preview.stderr + brought.stderr
    assert "Nothing is written" in preview.stdout and "1 created" in brought.stdout
    assert "0 created" in again.stdout and "1 as they were" in again.stdout
    assert "Variant Price" in brought.stdout and "nowhere.csv" in missing.stderr
