"""The adapters for the outside world, against a real HTTP server."""

import asyncio
import traceback
from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import pytest
import pytest_asyncio
from standardwebhooks import Webhook
from standardwebhooks.webhooks import WebhookVerificationError

from shuke.kit import settings
from shuke.kit.ids import new_id
from shuke.society.identity import WeChatAppUnknown, WeChatCodeWrong, WeChatSilent
from shuke.society.identity.sms import NotDelivered, WebhookSms
from shuke.society.identity.wechat import Code2Session, Simulator, WeChatIdentity, apps

Reply = tuple[int, str]
SECRET = "c2VjcmV0IG9mIHRoZSBnYXRld2F5"


class Outside:
    """A server that records what it is asked and answers what it is told."""

    def __init__(self) -> None:
        self.reply: Reply = (200, "{}")
        self.asked: list[tuple[str, dict[str, str], bytes]] = []
        self.url = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request, one answer."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        line, *rest = head.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (each.partition(":") for each in rest)}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
        self.asked.append((line.split(" ")[1], headers, body))
        status, text = self.reply
        raw = text.encode()
        writer.write(b"HTTP/1.1 %d X\r\ncontent-length: %d\r\nconnection: close\r\n\r\n" % (status, len(raw)) + raw)
        await writer.drain()
        writer.close()


@pytest_asyncio.fixture
async def outside() -> AsyncIterator[Outside]:
    """The server, on a free port of this machine."""
    there = Outside()
    server = await asyncio.start_server(there.serve, "127.0.0.1", 0)
    there.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield there
    server.close()
    await server.wait_closed()


async def test_a_code_is_exchanged_at_wechat(outside: Outside):
    outside.reply = (200, '{"openid": "o1", "unionid": "u1", "session_key": "k"}')

    found = await Code2Session(outside.url, {"wx1": "s&cret"}).exchange("wx1", "c/1")

    assert found == WeChatIdentity("o1", "u1")
    split = urlsplit(outside.asked[0][0])
    assert split.path == "/sns/jscode2session"
    assert parse_qs(split.query) == {
        "appid": ["wx1"],
        "secret": ["s&cret"],
        "js_code": ["c/1"],
        "grant_type": ["authorization_code"],
    }


@pytest.mark.parametrize(
    ("reply", "refusal"),
    [
        ((200, '{"errcode": 40029, "errmsg": "invalid code"}'), WeChatCodeWrong),
        ((200, '{"errcode": 40163, "errmsg": "code been used"}'), WeChatCodeWrong),
        ((200, '{"errcode": -1, "errmsg": "system error"}'), WeChatSilent),
        ((200, "{}"), WeChatSilent),
        ((502, "<html>"), WeChatSilent),
    ],
)
async def test_what_wechat_refuses_is_told_apart_from_its_silence(outside: Outside, reply: Reply, refusal: type[Exception]):
    outside.reply = reply

    with pytest.raises(refusal):
        await Code2Session(outside.url, {"wx1": "secret"}).exchange("wx1", "c")
    assert len(outside.asked) == 1


async def test_no_server_is_silence_and_an_unknown_app_asks_nobody():
    login = Code2Session("http://127.0.0.1:9", {"wx1": "the-secret"})

    with pytest.raises(WeChatSilent) as silent:
        await login.exchange("wx1", "c")
    with pytest.raises(WeChatAppUnknown):
        await login.exchange("wx2", "c")
    assert "the-secret" not in "".join(traceback.format_exception(silent.value))


@pytest.mark.parametrize("code", ["", "sim", "sim:", "sim::", "sim:a:", "sim::u", "sim:a:b:c", "real"])
async def test_the_simulator_refuses_what_is_not_its_own(code: str):
    with pytest.raises(WeChatCodeWrong):
        await Simulator().exchange("wx1", code)


def test_apps_come_from_the_environment_as_json():
    assert apps("") == {}
    assert apps('{"wx1": "s"}') == {"wx1": "s"}
    with pytest.raises(settings.SettingsInvalid):
        apps("wx1=s")


async def test_a_message_is_posted_signed(outside: Outside):
    id = new_id(1)

    await WebhookSms(outside.url, SECRET).send(id, "+8613812345678", "123456")

    _, headers, body = outside.asked[0]
    sent = Webhook(SECRET).verify(body, headers)
    assert sent == {"phone": "+8613812345678", "code": "123456", "minutes": 5, "template": "sign_in_code"}
    assert headers["webhook-id"] == str(id)
    with pytest.raises(WebhookVerificationError):
        Webhook("YW5vdGhlcg==").verify(body, headers)


@pytest.mark.parametrize("status", [302, 400, 500])
async def test_a_message_the_gateway_does_not_take_is_tried_again_by_its_job(outside: Outside, status: int):
    outside.reply = (status, "")

    with pytest.raises(NotDelivered):
        await WebhookSms(outside.url, SECRET).send(new_id(1), "+8613812345678", "123456")
