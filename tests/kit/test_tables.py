import gzip
from pathlib import Path

import pytest

from shuke.kit import tables
from shuke.kit.tables import Fault, Row, TableUnreadable


def rows_of(tmp_path: Path, content: bytes) -> list[Row | Fault]:
    file = tmp_path / "table.csv"
    file.write_bytes(content)
    return list(tables.read(tables.inspect(file)).rows)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_row_knows_the_line_where_it_begins(tmp_path: Path, end: str):
    rows = rows_of(tmp_path, end.join(["a,b", "1,2", f'3,"4{end}5"', "", '6,"""7"""']).encode())

    assert [row.line for row in rows] == [2, 3, 6]
    assert rows[1].fields[1] == f"4{end}5"
    assert rows[2].fields == ["6", '"7"']


def test_a_quote_that_is_not_closed_costs_its_own_row_only(tmp_path: Path):
    rows = rows_of(tmp_path, b'a,b\n1,2\n3,"4\n5,6\n7,"8\n9,"10"\n11,12\n')

    assert [row.line for row in rows if isinstance(row, Fault)] == [3, 5]
    assert [row.fields for row in rows if isinstance(row, Row)] == [["1", "2"], ["5", "6"], ["9", "10"], ["11", "12"]]


def test_a_file_of_quotes_that_are_never_closed_is_given_up(tmp_path: Path):
    with pytest.raises(TableUnreadable) as refused:
        rows_of(tmp_path, b"a,b\n" + b'x,"y\nz,z\n' * 150)

    assert "never closed" in refused.value.sentence


def test_a_packed_file_is_counted_like_a_plain_one(tmp_path: Path):
    file = tmp_path / "table.csv.gz"
    file.write_bytes(gzip.compress("名,价\n茶,1\n".encode() * 1000))

    source = tables.inspect(file)

    assert (source.encoding, source.is_packed, source.lines) == ("utf-8", True, 2000)


def test_a_file_that_is_not_there_says_so(tmp_path: Path):
    with pytest.raises(TableUnreadable) as refused:
        tables.inspect(tmp_path / "none.csv")

    assert "cannot be opened" in refused.value.sentence
