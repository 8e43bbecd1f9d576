import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from shuke.kit import fetching
from shuke.kit.fetching import FetchFailed, fetch, is_public
from tests.web_server import WebServer, serving


@pytest_asyncio.fixture
async def outside() -> AsyncIterator[WebServer]:
    """The world outside."""
    async with serving() as there:
        yield there


async def get(url: str, *, at_most: int = 1000, timeout_s: float = 5, is_public_only: bool = False) -> bytes:
    return await fetch(url, at_most=at_most, timeout_s=timeout_s, is_public_only=is_public_only)


async def refusal(url: str, **how: float | bool) -> tuple[str, bool]:
    """Why nothing was fetched, and whether that is final."""
    with pytest.raises(FetchFailed) as failed:
        await get(url, **how)  # type: ignore[arg-type]
    assert "127.0.0.1" not in str(failed.value)
    return failed.value.reason, failed.value.is_final


async def test_what_is_there_is_fetched_as_it_is(outside: WebServer):
    outside.pages["/a?b=%2F"] = b"\x1f\x8bwhatever"

    assert await get(outside.url("/a?b=%2F")) == b"\x1f\x8bwhatever"
    assert outside.headers[0]["accept-encoding"] == "identity"
    assert "cookie" not in outside.headers[0]


async def test_what_cannot_be_sent_as_it_is_written_is_quoted(outside: WebServer):
    outside.pages["/%E8%8C%B6%20x-injected:%201"] = b"tea"

    assert await get(outside.url("/茶 \r\nx-injected: 1")) == b"tea"
    assert "x-injected" not in outside.headers[0]


async def test_three_redirects_are_followed_and_no_more(outside: WebServer):
    for step in range(5):
        outside.pages[f"/{step}"] = (302, f"/{step + 1}".encode()) if step % 2 else (301, outside.url(f"/{step + 1}").encode())
    outside.pages["/5"] = b"here"

    assert await get(outside.url("/2")) == b"here"
    assert await refusal(outside.url("/1")) == ("too_many_redirects", True)
    assert outside.asked == ["/2", "/3", "/4", "/5", "/1", "/2", "/3", "/4"]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "file:///etc/passwd",
        "ftp://x/y",
        "/a.png",
        "http://",
        "http://a:b@x/",
        "http://[::1",
        "x" * 50,
        "http://x/" + "y" * 2000,
    ],
)
async def test_what_is_no_address_of_the_web_is_refused(outside: WebServer, url: str):
    outside.pages["/away"] = (302, url.encode())

    assert await refusal(url) == ("address_invalid", True)
    # In a redirect these are relative to where it comes from.
    if not url.startswith(("/", "x")) and url != "http://":
        assert await refusal(outside.url("/away")) == ("address_invalid", True)


@pytest.mark.parametrize(
    ("status", "is_final"),
    [(404, True), (403, True), (410, True), (408, False), (429, False), (500, False), (503, False), (204, False)],
)
async def test_an_error_is_final_when_the_other_side_says_so(outside: WebServer, status: int, is_final: bool):
    outside.pages["/a"] = (status, b"")

    assert await refusal(outside.url("/a")) == (f"status_{status}", is_final)


async def test_what_is_too_large_is_left_where_it_is(outside: WebServer):
    sent = 0

    async def endless(writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 X\r\nconnection: close\r\n\r\n")
        while sent < 50_000_000:
            writer.write(b"x" * 10_000)
            await writer.drain()
            sent += 10_000

    async def boastful(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 X\r\ncontent-length: 1001\r\n\r\n")
        await asyncio.sleep(5)

    outside.pages |= {"/endless": endless, "/boastful": boastful, "/just": b"x" * 1000}

    assert await refusal(outside.url("/endless")) == ("too_large", True)
    assert sent < 50_000_000
    async with asyncio.timeout(2):
        assert await refusal(outside.url("/boastful")) == ("too_large", True)
    assert len(await get(outside.url("/just"))) == 1000


async def test_who_is_slow_or_away_is_given_up(outside: WebServer):
    async def drop_by_drop(writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 X\r\ncontent-length: 1000\r\n\r\n")
        for _ in range(100):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    outside.pages["/slow"] = drop_by_drop

    async with asyncio.timeout(2):
        assert await refusal(outside.url("/slow"), timeout_s=0.3) == ("unreachable", False)
    assert await refusal("http://127.0.0.1:1/") == ("unreachable", False)


INSIDE = ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "[::ffff:127.0.0.1]", "127.0.0.2"]


@pytest.mark.parametrize("host", INSIDE)
async def test_our_own_network_is_not_reached_by_any_spelling(outside: WebServer, host: str):
    outside.pages["/secret"] = b"secret"

    reason, _ = await refusal(outside.url("/secret", host), is_public_only=True)

    # Some resolvers know no other spelling of numbers than the usual one.
    assert reason == "not_public" or (reason == "unreachable" and host[0] in "02")
    assert outside.asked == []
    assert await get(outside.url("/secret")) == b"secret"


async def test_a_redirect_does_not_lead_inside(outside: WebServer, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fetching, "is_public", lambda address: address == "127.0.0.2")
    outside.pages |= {"/away": (302, outside.url("/secret").encode()), "/secret": b"secret", "/open": b"open"}

    assert await get(outside.url("/open", "127.0.0.2"), is_public_only=True) == b"open"
    assert await refusal(outside.url("/away", "127.0.0.2"), is_public_only=True) == ("not_public", True)

    assert outside.asked == ["/open", "/away"]


@pytest.mark.parametrize(
    ("address", "is_it"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        ("64:ff9b::808:808", True),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.100.100.200", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("::127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
    ],
)
def test_what_the_public_internet_is(address: str, is_it: bool):
    assert is_public(address) is is_it
