"""The cashier's routes: the payer's page, the payer's decision, and the signed calls of the shop system."""

import logging
import re
from datetime import date
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qsl

import msgspec
from litestar import Litestar, MediaType, Request, Response, get, post
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.response import Redirect, Stream
from msgspec import Meta, Struct

from shuke.money.cashier import notices, page, payments, refunds
from shuke.money.cashier.delivery import Courier
from shuke.money.cashier.notices import Backlog
from shuke.money.cashier.problems import (
    CallNotAuthentic,
    Malformed,
    NotAuthentic,
    NotFound,
    Overloaded,
    Problem,
    RequestExpired,
)
from shuke.money.cashier.store import Busy, Store
from shuke.money.cashier.texts import Language, choose
from shuke.money.cashier.wire import (
    Behaviour,
    DecisionAsk,
    Defaults,
    Keys,
    Outcome,
    Payment,
    PayRequest,
    PublicId,
    Refund,
    RefundAsk,
    Times,
    Unauthentic,
    check_call,
    now,
    read_request,
)

MAX_BODY_BYTES = 64 * 1024
ORIGIN = re.compile(r"https?://[^/?#]+")
PROBLEM_RESULTS: dict[str, page.Result] = {
    "cashier.request_expired": "expired",
    "cashier.already_decided": "decided",
    "cashier.payment_closed": "closed",
    "cashier.malformed": "invalid",
}
ASSET_TYPES = {"page.css": "text/css", "page.js": "text/javascript", "mark.svg": "image/svg+xml"}
ASSETS = {name: (page.ASSETS / name).read_bytes() for name in ASSET_TYPES}

Asked = TypeVar("Asked")
HttpRequest = Request[Any, Any, State]

log = logging.getLogger("shuke.cashier")


class Cashier(Struct, frozen=True):
    """What every route works with."""

    keys: Keys
    store: Store
    courier: Courier


class PayForm(Struct, frozen=True, kw_only=True):
    """The page's form: the decision and the test bench."""

    request: str
    outcome: Outcome
    delay_s: Annotated[float, Meta(ge=0, le=86_400)] = 0
    copies: Annotated[int, Meta(ge=1, le=20)] = 1
    drop_first: Times = 0
    forge_first: Times = 0
    late: bool = False

    @property
    def behaviour(self) -> Behaviour:
        """The test bench as the protocol's word."""
        return Behaviour(
            delay_ms=round(self.delay_s * 1000),
            copies=self.copies,
            drop_first=self.drop_first,
            forge_first=self.forge_first,
            late=self.late,
        )


def create_app(cashier: Cashier) -> Litestar:
    """The ASGI application over an open store."""
    return Litestar(
        [
            *(show_payment_page, submit_payment_page, create_decision, read_payment, create_closure),
            *(create_refund, read_refund, read_statement, read_behaviour, replace_behaviour, read_health, read_asset),
        ],
        dependencies={"cashier": Provide(lambda: cashier, sync_to_thread=False)},
        exception_handlers={Exception: _answer_problem},
        request_max_body_size=MAX_BODY_BYTES,
        openapi_config=None,
        logging_config=None,
    )


@get("/pay")
async def show_payment_page(request: HttpRequest, cashier: Cashier) -> Response[str]:
    """The page on which the payer of a signed link decides; a decided payment shows its result."""
    token = request.query_params.get("request", "")
    asked = _authentic_request(request, cashier, token)
    known = payments.payment_of(cashier.store.reading, asked.payment_id)
    if known.state != "open":
        return _html(page.outcome(_language(request), known.state, asked), asked)
    if now() >= asked.expires_at:
        raise RequestExpired
    return _html(page.checkout(_language(request), token, asked, notices.read_defaults(cashier.store.reading)), asked)


@post("/pay")
async def submit_payment_page(request: HttpRequest, cashier: Cashier) -> Redirect:
    """Decide through the page's form, then lead the payer back to the shop."""
    fields = dict(parse_qsl((await request.body()).decode("utf-8", "replace"), max_num_fields=20))
    asked = _authentic_request(request, cashier, fields.get("request", ""))
    try:
        form = msgspec.convert(fields, PayForm, strict=False)
    except msgspec.ValidationError as error:
        raise Malformed(str(error)) from None
    await _decide(cashier, asked, form.outcome, form.behaviour)
    return Redirect(asked.return_url, status_code=303)


@post("/payments/{payment_id:str}/decisions", status_code=202)
async def create_decision(payment_id: str, request: HttpRequest, cashier: Cashier) -> Payment:
    """Decide a payment by its signed request; the first decision stands."""
    ask = _decoded(await request.body(), DecisionAsk)
    asked = _authentic_request(request, cashier, ask.request)
    if asked.payment_id != payment_id:
        raise NotAuthentic("The payment request is for another payment.")
    return await _decide(cashier, asked, ask.outcome, ask.behaviour)


@get("/payments/{payment_id:str}")
async def read_payment(payment_id: str, request: HttpRequest, cashier: Cashier) -> Payment:
    """How a payment stands, for a shop that missed the notice."""
    await _signed_body(request, cashier)
    return payments.payment_of(cashier.store.reading, payment_id)


@post("/payments/{payment_id:str}/closure", status_code=200)
async def create_closure(payment_id: str, request: HttpRequest, cashier: Cashier) -> Payment:
    """Close an undecided payment so that it cannot be paid later; a decided one answers what it is."""
    await _signed_body(request, cashier)
    named = _converted(payment_id)
    return await cashier.store.write(lambda db: payments.close(db, named, now()))


@post("/refunds", status_code=202)
async def create_refund(request: HttpRequest, cashier: Cashier) -> Refund:
    """Give back part or all of a captured payment, once per refund id; the notice follows."""
    ask = _decoded(await _signed_body(request, cashier), RefundAsk)
    refund = await cashier.store.write(lambda db: refunds.refund(db, ask, now()))
    cashier.courier.wake()
    return refund


@get("/refunds/{refund_id:str}")
async def read_refund(refund_id: str, request: HttpRequest, cashier: Cashier) -> Refund:
    """How a refund stands."""
    await _signed_body(request, cashier)
    refund = refunds.refund_of(cashier.store.reading, refund_id)
    if refund is None:
        raise NotFound("There is no refund of this id.")
    return refund


@get("/statement")
async def read_statement(request: HttpRequest, cashier: Cashier) -> Stream:
    """Captures and refunds of one UTC day (`?date=2025-06-01`) as CSV."""
    await _signed_body(request, cashier)
    try:
        day = date.fromisoformat(request.query_params.get("date", ""))
    except ValueError:
        raise Malformed("Name a day as ?date=YYYY-MM-DD.") from None
    return Stream(refunds.statement(cashier.store.snapshot(), day), media_type="text/csv")


@get("/behaviour")
async def read_behaviour(request: HttpRequest, cashier: Cashier) -> Defaults:
    """How the sandbox behaves unless a decision says otherwise."""
    await _signed_body(request, cashier)
    return notices.read_defaults(cashier.store.reading)


@post("/behaviour", status_code=200)
async def replace_behaviour(request: HttpRequest, cashier: Cashier) -> Defaults:
    """Replace how the sandbox behaves from now on; `{}` is a cashier that always works."""
    defaults = _decoded(await _signed_body(request, cashier), Defaults)
    return await cashier.store.write(lambda db: notices.set_defaults(db, defaults))


@get("/health")
async def read_health(cashier: Cashier) -> Backlog:
    """Alive, and what it still has to deliver."""
    return notices.backlog(cashier.store.reading)


@get("/assets/{name:str}")
async def read_asset(name: str) -> Response[bytes]:
    """The page's own style, script and mark."""
    if name not in ASSETS:
        raise NotFound
    return Response(ASSETS[name], media_type=ASSET_TYPES[name], headers={"cache-control": "max-age=300"})


async def _decide(cashier: Cashier, asked: PayRequest, outcome: Outcome, behaviour: Behaviour | None) -> Payment:
    decided = await cashier.store.write(lambda db: payments.decide(db, asked, outcome, behaviour, now()))
    cashier.courier.wake()
    return decided


def _authentic_request(request: HttpRequest, cashier: Cashier, token: str) -> PayRequest:
    """Read the token, and leave what it says with the HTTP request: a refusal then still shows the way back to the shop."""
    try:
        asked = read_request(cashier.keys.merchant, token)
    except Unauthentic as error:
        raise NotAuthentic(str(error)) from None
    request.state.pay_request = asked
    return asked


async def _signed_body(request: HttpRequest, cashier: Cashier) -> bytes:
    body = await request.body()
    query = request.scope["query_string"].decode("latin-1")
    path = f"{request.scope['path']}?{query}" if query else request.scope["path"]
    try:
        check_call(cashier.keys.merchant, request.headers.get("authorization", ""), request.method, path, body)
    except Unauthentic as error:
        raise CallNotAuthentic(str(error)) from None
    return body


def _decoded(body: bytes, kind: type[Asked]) -> Asked:
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.DecodeError as error:
        raise Malformed(str(error)) from None


def _converted(payment_id: str) -> str:
    try:
        return msgspec.convert(payment_id, PublicId)
    except msgspec.ValidationError as error:
        raise Malformed(str(error)) from None


def _language(request: HttpRequest) -> Language:
    return choose(request.query_params.get("lang"), request.headers.get("accept-language", ""))


def _html(content: str, asked: PayRequest | None, status: int = 200) -> Response[str]:
    """A page that loads nothing from elsewhere; its form may lead nowhere but to the shop."""
    shop = "" if asked is None else ORIGIN.findall(asked.return_url)[0]
    policy = f"default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self' {shop}"
    headers = {
        "content-security-policy": f"{policy}; base-uri 'none'; frame-ancestors 'none'",
        "cache-control": "no-store",
        "vary": "accept-language",
    }
    return Response(content, status_code=status, media_type=MediaType.HTML, headers=headers)


def _answer_problem(request: HttpRequest, error: Exception) -> Response[Any]:
    """A refusal as problem+json, or as a page to a person who follows a link."""
    status, code, detail = _told(error)
    if request.scope["path"] == "/pay" and "text/html" in request.headers.get("accept", ""):
        asked: PayRequest | None = request.state.get("pay_request")
        result = PROBLEM_RESULTS.get(code, "refused")
        return _html(page.outcome(_language(request), result, asked), asked, status)
    problem = {"type": f"urn:shuke:{code}", "status": status, "code": code, "detail": detail}
    return Response(msgspec.json.encode(problem), status_code=status, media_type="application/problem+json")


def _told(error: Exception) -> tuple[int, str, str]:
    match error:
        case Problem():
            return error.status, error.code, error.detail
        case Busy():
            return Overloaded.status, Overloaded.code, Overloaded().detail
        case HTTPException():
            return error.status_code, f"cashier.http_{error.status_code}", error.detail
        case _:
            log.error("The cashier failed.", exc_info=error)
            return 500, "cashier.failed", "The cashier failed; its log says why."
