"""The API document in the repository is the one this code makes, so a change of the contract shows in a diff."""

from pathlib import Path

from shuke import app
from shuke.kit import openapi

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.json"


def test_the_committed_document_is_the_one_that_is_served():
    assert COMMITTED.read_text() == openapi.text(app.document()), (
        "the API changed: run `python -m shuke.app openapi > docs/openapi.json` and read the diff"
    )
