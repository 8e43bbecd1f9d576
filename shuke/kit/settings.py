"""Settings: read once from the environment, passed on from there. Secrets come from nowhere else."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

DEFAULT_SECRET = "shuke-demo-secret-never-in-production"


class Profile(StrEnum):
    """What an installation is for. `demo` and `test` have a fixed sign-in code and the sandbox cashier."""

    DEMO = "demo"
    TEST = "test"
    PRODUCTION = "production"


class SettingsInvalid(Exception):
    """The environment does not make a safe installation; the message is the mend."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """One installation. Every other port and socket derives from `port`, so several run side by side."""

    data: Path
    port: int = 8000
    profile: Profile = Profile.PRODUCTION
    database_url: str | None = None
    secret: str = DEFAULT_SECRET
    previous_secrets: tuple[str, ...] = ()
    host: str = "127.0.0.1"
    public_url: str = ""
    cors_origins: tuple[str, ...] = ()
    trusted_proxies: tuple[str, ...] = ()
    storage_url: str = ""
    commission_ceiling_bps: int = 3000
    tech_fee_bps: int = 60
    release_after_days: int = 1
    return_window_days: int = 7
    pay_timeout_s: int = 1800
    attribution_window_days: int = 7
    codes_per_network: int = 30
    sms_url: str = ""
    sms_secret: str = ""
    wechat_url: str = "https://api.weixin.qq.com"
    wechat_apps: str = ""
    log_level: str = "info"

    @property
    def is_sandbox(self) -> bool:
        """Demo and test: the sandbox channel is mounted and the sign-in code is fixed."""
        return self.profile is not Profile.PRODUCTION

    @property
    def cashier_port(self) -> int:
        """The sandbox cashier listens next door."""
        return self.port + 1

    @property
    def origin(self) -> str:
        """Where people reach this installation, without a trailing slash."""
        return self.public_url.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def cashier_origin(self) -> str:
        """Where payers reach the sandbox cashier."""
        return f"http://{self.host}:{self.cashier_port}"


def load(**overrides: Any) -> Settings:
    """Read `SHUKE_*` from the environment; `overrides` (command-line options) win. Raises SettingsInvalid."""
    raw: dict[str, Any] = {"data": os.environ.get("SHUKE_DATA") or str(_default_data())}
    for field in msgspec.structs.fields(Settings):
        value = os.environ.get(f"SHUKE_{field.name.upper()}")
        if value is not None and value != "":
            raw[field.name] = value.split(",") if field.type == tuple[str, ...] else value
    raw.update({name: value for name, value in overrides.items() if value is not None})
    raw["data"] = str(Path(raw["data"]).expanduser().absolute())
    try:
        settings = msgspec.convert(raw, Settings, strict=False, dec_hook=lambda kind, value: kind(value))
    except msgspec.ValidationError as error:
        raise SettingsInvalid(f"A SHUKE_ setting does not fit: {error}") from None
    return _checked(settings)


def _default_data() -> Path:
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "shuke"


def _checked(settings: Settings) -> Settings:
    if not 1024 <= settings.port <= 32700:
        raise SettingsInvalid("SHUKE_PORT must be between 1024 and 32700: the ports next to it are used too.")
    if settings.profile is Profile.PRODUCTION and (settings.secret == DEFAULT_SECRET or len(settings.secret) < 32):
        raise SettingsInvalid(
            "The production profile needs a secret of its own: export SHUKE_SECRET=$(openssl rand -hex 32) and keep it "
            "safe (it encrypts phones and addresses). To look around first, use --profile demo."
        )
    return settings


class _Installation:
    settings: Settings | None = None


def use(settings: Settings) -> None:
    """Make these the settings of this process; called once, by whoever starts it."""
    _Installation.settings = settings


def current() -> Settings:
    """The settings of this process."""
    assert _Installation.settings is not None, "settings.use() comes first"
    return _Installation.settings
