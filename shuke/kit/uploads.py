"""Uploads: a file that is the whole body, or the one file of a form."""

from io import BytesIO

from multipart import MultipartError, MultipartParser, parse_options_header

from shuke.kit.problems import Malformed
from shuke.kit.shapes import Upload

MAX_PARTS = 20


def read_upload(content: bytes, content_type: str) -> Upload:
    """The file in a body; raises Malformed when there is none, or more than one."""
    kind, options = parse_options_header(content_type)
    if kind.lower() != "multipart/form-data":
        upload = Upload(content, content_type, "")
    else:
        files = _files(content, options.get("boundary", ""))
        if len(files) != 1:
            raise Malformed(faults={"file": f"one file is expected, not {len(files)}"})
        upload = files[0]
    if not upload.content:
        raise Malformed(faults={"file": "it is empty"})
    return upload


def _files(content: bytes, boundary: str) -> list[Upload]:
    # All of it is in memory already: nothing goes to the disk for less than that.
    try:
        parts = MultipartParser(
            BytesIO(content), boundary, part_limit=MAX_PARTS, spool_limit=len(content) + 1, memory_limit=len(content) + 1
        ).parts()
    except MultipartError as error:
        raise Malformed(faults={"body": str(error)}) from None
    return [Upload(part.raw, part.content_type or "application/octet-stream", part.filename) for part in parts if part.filename]
