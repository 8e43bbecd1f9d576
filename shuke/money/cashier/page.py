"""The payer's page, rendered on the server from three small templates. Everything it shows of a request is escaped."""

from datetime import UTC
from html import escape
from pathlib import Path
from string import Template
from typing import Literal

from shuke.money.cashier.texts import CATALOGUES, Language
from shuke.money.cashier.wire import Defaults, PayRequest

ASSETS = Path(__file__).parent / "assets"
PAGE = Template((ASSETS / "page.html").read_text("utf-8"))
CHECKOUT = Template((ASSETS / "checkout.html").read_text("utf-8"))
OUTCOME = Template((ASSETS / "outcome.html").read_text("utf-8"))

TICK = "M20 33l8 8 16-18"
CROSS = "M23 23l18 18M41 23L23 41"
CLOCK = "M32 18v16l9 6"

# ISO 4217 minor units, where they are not two.
MINOR_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3}
SIGNS = {"CNY": "¥", "JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "TWD": "NT$", "KRW": "₩"}
LONG_PRICE = 9

Result = Literal["paid", "failed", "closed", "expired", "refused", "decided", "invalid"]


def checkout(language: Language, token: str, request: PayRequest, defaults: Defaults) -> str:
    """The page on which a payer decides."""
    texts = CATALOGUES[language]
    sign, whole, fraction = price(request.amount, request.currency)
    travels = defaults.payment_notices
    values = {
        **texts,
        "lang": language,
        "sign": sign,
        "whole": whole,
        "fraction": fraction,
        "spoken": sign + whole + fraction,
        "length": "long" if len(whole) > LONG_PRICE else "",
        "subject": request.subject,
        "payment_id": request.payment_id,
        "expires_at": request.expires_at.astimezone(UTC).isoformat(),
        "expires_text": f"{request.expires_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
        "return_url": request.return_url,
        "token": token,
        "delay_s": f"{travels.delay_ms / 1000:g}",
        "copies_n": str(travels.copies),
        "drop_n": str(travels.drop_first),
        "forge_n": str(travels.forge_first),
        "late_checked": " checked" if travels.late else "",
    }
    return _page(language, f"{texts['pay']} {values['spoken']}", _filled(CHECKOUT, values))


def outcome(language: Language, result: Result, request: PayRequest | None) -> str:
    """The page that says how a payment stands; with the request, also what it was for and the way back."""
    texts = CATALOGUES[language]
    link = "" if request is None else f'<a href="{escape(request.return_url)}">{escape(texts["back"])}</a>'
    values = {
        "tone": "good" if result == "paid" else "bad",
        "glyph": {"paid": TICK, "expired": CLOCK}.get(result, CROSS),
        "heading": texts[result],
        "note": texts[f"{result}_note"],
        "spoken": "" if request is None else "".join(price(request.amount, request.currency)),
    }
    return _page(language, texts[result], _filled(OUTCOME, values, link=link))


def price(amount: int, currency: str) -> tuple[str, str, str]:
    """Sign, whole units with separators, and the fraction with its point; the currency's code where it has no sign here."""
    digits = MINOR_DIGITS.get(currency, 2)
    whole, fraction = divmod(amount, 10**digits)
    return SIGNS.get(currency, f"{currency} "), f"{whole:,}", f".{fraction:0{digits}d}" if digits else ""


def _page(language: Language, title: str, content: str) -> str:
    return _filled(PAGE, {**CATALOGUES[language], "lang": language, "title": title}, content=content)


def _filled(template: Template, values: dict[str, str], **markup: str) -> str:
    return template.substitute({name: escape(value) for name, value in values.items()}, **markup)
