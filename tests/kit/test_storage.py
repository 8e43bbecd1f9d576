"""Objects in a folder and in S3: one contract, run against both, and keys that cannot leave their place."""

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from shuke.kit.settings import Settings, SettingsInvalid
from shuke.kit.storage import KeyInvalid, ObjectMissing, ObjectStore, key_of, open_store


class FakeS3(ThreadingHTTPServer):
    """As much of the S3 protocol as the store speaks, over real HTTP."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.objects: dict[str, tuple[bytes, str]] = {}
        self.unsigned = 0


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def s3(self) -> FakeS3:
        assert isinstance(self.server, FakeS3)
        return self.server

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.s3.objects[self.path] = (content, self.headers["Content-Type"])
        self._answer(200)

    def do_GET(self) -> None:
        found = self.s3.objects.get(self.path)
        self._answer(200, *found) if found else self._answer(404)

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_POST(self) -> None:
        assert self.path == "/pictures?delete"
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        keys = re.findall("<Key>(.*?)</Key>", asked)
        for key in keys:
            self.s3.objects.pop(f"/pictures/{key}", None)
        deleted = "".join(f"<Deleted><Key>{key}</Key></Deleted>" for key in keys)
        self._answer(200, f"<DeleteResult>{deleted}</DeleteResult>".encode())

    def _answer(self, status: int, content: bytes = b"", content_type: str = "application/xml") -> None:
        self.s3.unsigned += "AWS4-HMAC-SHA256 Credential=ana/" not in self.headers.get("Authorization", "")
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("ETag", '"1"')
        self.send_header("Last-Modified", "Wed, 01 Jul 2026 08:00:00 GMT")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def s3() -> Iterator[FakeS3]:
    with FakeS3() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    if request.param == "folder":
        return open_store(Settings(data=tmp_path))
    return _in_s3(request.getfixturevalue("s3"), tmp_path, monkeypatch)


def _in_s3(server: FakeS3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ObjectStore:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "ana")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a secret")
    endpoint = f"http://127.0.0.1:{server.server_port}"
    return open_store(Settings(data=tmp_path, storage_url=f"s3://pictures/shuke?endpoint={endpoint}"))


async def test_what_was_put_can_be_got_until_it_is_deleted(store: ObjectStore):
    key = key_of(b"a picture", ".webp")
    await store.put(key, b"a picture", "image/webp")
    assert await store.exists(key)
    assert await store.get(key) == b"a picture"

    await store.delete(key)

    assert not await store.exists(key)
    with pytest.raises(ObjectMissing):
        await store.get(key)


async def test_putting_again_replaces_and_deleting_again_is_no_mistake(store: ObjectStore):
    await store.put("avatars/ana.webp", b"old", "image/webp")
    await store.put("avatars/ana.webp", b"new", "image/webp")
    assert await store.get("avatars/ana.webp") == b"new"

    await store.delete("avatars/ana.webp")
    await store.delete("avatars/ana.webp")

    assert not await store.exists("avatars/ana.webp")


async def test_s3_gets_the_prefix_the_type_and_a_signature(s3: FakeS3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    store = _in_s3(s3, tmp_path, monkeypatch)

    await store.put("avatars/ana.webp", b"a picture", "image/webp")

    assert s3.objects == {"/pictures/shuke/avatars/ana.webp": (b"a picture", "image/webp")}
    assert s3.unsigned == 0


@pytest.mark.parametrize(
    "key",
    [
        "",
        "/etc/passwd",
        "../secret",
        "a/../../secret",
        "a/./b",
        "a//b",
        "a/",
        ".hidden",
        "a/.hidden",
        "a\\b",
        "a b",
        "a\0b",
        "a%2e%2e/b",
        "a\n",
        "图",
        "a" * 201,
    ],
)
async def test_a_key_that_could_leave_its_place_is_refused(tmp_path: Path, key: str):
    store = open_store(Settings(data=tmp_path))

    for call in (store.get, store.exists, store.delete):
        with pytest.raises(KeyInvalid):
            await call(key)
    with pytest.raises(KeyInvalid):
        await store.put(key, b"x", "image/webp")

    assert list((tmp_path / "objects").rglob("*")) == []


def test_the_same_content_has_one_key_and_other_content_another():
    key = key_of(b"a picture", ".thumb.webp")

    assert key == key_of(b"a picture", ".thumb.webp")
    assert key != key_of(b"another", ".thumb.webp")
    assert key[2] == "/"
    assert key[3:5] == key[:2]
    assert key.endswith(".thumb.webp")


@pytest.mark.parametrize("url", ["ftp://bucket", "s3://", "s3://bucket?regoin=eu-west-1", "bucket"])
def test_a_storage_url_that_is_not_understood_is_refused_at_start(tmp_path: Path, url: str):
    with pytest.raises(SettingsInvalid):
        open_store(Settings(data=tmp_path, storage_url=url))
