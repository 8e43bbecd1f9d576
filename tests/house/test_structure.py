"""The house plan, held by tests: front doors, the size of rooms, and words that say nothing."""

import ast
from pathlib import Path

import grimp
import pytest

from shuke import modules

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "shuke").rglob("*.py"))
NAMELESS = {"service", "services", "manager", "helper", "helpers", "utils", "util", "common", "base", "core", "misc"}
OUTSIDE = {"shuke.app", "shuke.cli", "shuke.modules"}


def test_a_module_is_entered_by_its_front_door():
    graph = grimp.build_graph("shuke")
    doors = [module.__name__ for module in modules.load()[1:]]

    broken = [
        f"{importer} reaches into {inner}"
        for door in doors
        for inner in graph.modules
        if inner.startswith(f"{door}.")
        for importer in graph.find_modules_that_directly_import(inner)
        if not f"{importer}.".startswith(f"{door}.") and importer not in OUTSIDE
    ]

    assert not broken


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_is_short_and_has_a_name_that_says_something(source: Path):
    text = source.read_text()

    assert text.count("\n") <= 400
    assert source.stem not in NAMELESS
    long = [
        node.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and (node.end_lineno or 0) - node.lineno >= 70
    ]
    assert not long


@pytest.mark.parametrize("source", [path for path in SOURCES if path.name == "sql.py"], ids=lambda path: path.parent.name)
def test_a_statement_is_lower_case_and_names_its_columns(source: Path):
    text = source.read_text()

    assert "select *" not in text
    assert "SELECT " not in text
    assert "offset $" not in text


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_only_http_files_know_the_web_framework(source: Path):
    place = source.relative_to(ROOT / "shuke").as_posix()
    is_web = source.stem.endswith("http") or place in WEB or place.startswith("money/cashier/")

    assert is_web or "from litestar" not in source.read_text()


WEB = {"app.py", "kit/web.py", "kit/openapi.py", "kit/limits.py", "kit/problems.py", "kit/docs.py"}
