"""WeChat login: a protocol, the real exchange of codes, and a simulator for demo and test."""

from typing import Protocol

import msgspec

from shuke.kit import logs, outside, settings
from shuke.society.identity.types import WeChatAppUnknown, WeChatCodeWrong, WeChatSilent

TIMEOUT_S = 4
log = logs.named("identity")


class WeChatIdentity(msgspec.Struct, frozen=True):
    """Who WeChat says it is: an id for this app, and one for all apps of the same owner if there is one."""

    openid: str
    unionid: str | None = None


class WeChatLogin(Protocol):
    """Exchanges the code that an app got for who it is."""

    async def exchange(self, app_id: str, code: str) -> WeChatIdentity:
        """Spend the code. Raises WeChatCodeWrong, WeChatAppUnknown, WeChatSilent."""
        ...


class _Reply(msgspec.Struct, frozen=True):
    openid: str = ""
    unionid: str | None = None
    errcode: int = 0


class Code2Session:
    """`GET /sns/jscode2session` of WeChat's server API for mini-programs."""

    # 40029 is a wrong code, 40163 one that was used, 40226 a blocked user.
    _WRONG = frozenset({40029, 40163, 40226})

    def __init__(self, url: str, secrets: dict[str, str]) -> None:
        self._url = f"{url.rstrip('/')}/sns/jscode2session"
        self._secrets = secrets

    async def exchange(self, app_id: str, code: str) -> WeChatIdentity:
        """Spend the code at WeChat; never tried again, because a code works once."""
        if (secret := self._secrets.get(app_id)) is None:
            raise WeChatAppUnknown(app_id=app_id)
        query = {"appid": app_id, "secret": secret, "js_code": code, "grant_type": "authorization_code"}
        try:
            answer = await outside.call("GET", self._url, query=query, timeout_s=TIMEOUT_S)
            reply = msgspec.json.decode(answer.content, type=_Reply)
        except (outside.Unreachable, msgspec.DecodeError) as error:
            # Without its message, which holds the address and so the app's secret.
            log.warning("wechat_silent", app_id=app_id, kind=type(error).__name__)
            raise WeChatSilent() from None
        if reply.errcode in self._WRONG:
            raise WeChatCodeWrong(app_id=app_id)
        if reply.errcode or not reply.openid:
            log.warning("wechat_silent", app_id=app_id, kind=f"errcode {reply.errcode}")
            raise WeChatSilent()
        return WeChatIdentity(reply.openid, reply.unionid or None)


class Simulator:
    """WeChat for demo and test: the code says who it is, `sim:<openid>` or `sim:<openid>:<unionid>`."""

    async def exchange(self, app_id: str, code: str) -> WeChatIdentity:
        """Read the code."""
        match code.split(":"):
            case ["sim", openid] if openid:
                return WeChatIdentity(openid)
            case ["sim", openid, unionid] if openid and unionid:
                return WeChatIdentity(openid, unionid)
            case _:
                raise WeChatCodeWrong(app_id=app_id)


def login() -> WeChatLogin:
    """The WeChat login of this installation."""
    used = settings.current()
    if used.is_sandbox:
        return Simulator()
    return Code2Session(used.wechat_url, apps(used.wechat_apps))


def apps(text: str) -> dict[str, str]:
    """App ids and their secrets from `SHUKE_WECHAT_APPS`: `{"wx0123456789abcdef": "secret"}`."""
    try:
        return msgspec.json.decode(text or "{}", type=dict[str, str])
    except msgspec.DecodeError:
        raise settings.SettingsInvalid('SHUKE_WECHAT_APPS is a JSON object: {"<app id>": "<app secret>"}.') from None
