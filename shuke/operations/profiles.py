"""An installation's profile, kept in its data folder: what began as play money stays play money, and so for real money."""

from pathlib import Path
from typing import Any

from shuke.kit import settings as kit
from shuke.kit.settings import Profile, Settings
from shuke.operations.refusal import Cannot


def load(profile: Profile | None, **options: Any) -> Settings:
    """The settings; the profile is what the installation began with unless told. Raises SettingsInvalid, Cannot."""
    data = kit.load(profile=Profile.DEMO, **options).data
    kept = _kept(data)
    settings = kit.load(profile=profile or kept, **options)
    if kept and (kept is Profile.PRODUCTION) != (settings.profile is Profile.PRODUCTION):
        raise Cannot(
            f"{data} began with the profile {kept} and keeps it: {_why(kept)} "
            f"Choose another folder with --data for {settings.profile}."
        )
    return settings


def keep(settings: Settings) -> None:
    """Remember the profile of an installation that begins."""
    if _kept(settings.data) is None:
        settings.data.mkdir(parents=True, exist_ok=True)
        (settings.data / "profile").write_text(settings.profile)


def _kept(data: Path) -> Profile | None:
    try:
        return Profile((data / "profile").read_text().strip())
    except (OSError, ValueError):
        return None


def _why(kept: Profile) -> str:
    if kept is Profile.PRODUCTION:
        return "everybody could sign in there as anybody with the code 000000."
    return "its money was never real, and its secret is known to everybody."
