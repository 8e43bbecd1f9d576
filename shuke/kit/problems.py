"""Refusals and faults as `application/problem+json` (RFC 9457), the one shape of every error this server answers.

A malformed request (400) has the wrong shape: no JSON, a wrong type, a missing field. An invalid one (422) has the right
shape, and a value out of its range: a constraint, a format, an enumeration. `fields` says where and why.
"""

import re
from http import HTTPStatus
from typing import Any

import asyncpg
import msgspec
from asyncpg import exceptions as pg

from shuke.kit import logs
from shuke.kit.db import Overtaken
from shuke.kit.errors import Invalid, NotFound, NotSignedIn, Refusal, Throttled, Unavailable

CONTENT_TYPE = "application/problem+json"

log = logs.named("web")


class Problem(msgspec.Struct, frozen=True):
    """An error: `code` is the contract, `detail` a sentence for developers, `fields` what it is about."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    fields: dict[str, Any]


class Faulty(Refusal):
    """The request has faults; `fields` names each with its reason."""

    faults: dict[str, str]

    @property
    def fields(self) -> dict[str, Any]:
        """Where, and what is wrong there."""
        return self.faults


class Malformed(Faulty, code="web.malformed"):
    """The request does not have the shape that the API document tells."""

    status = 400


class Unfit(Faulty, Invalid, code="web.invalid"):
    """The request is well formed, and a value in it is out of its range."""

    status = 422


class TokenInvalid(NotSignedIn, code="web.token_invalid"):
    """The bearer token is not valid, or no longer: sign in again."""


class RouteUnknown(NotFound, code="web.route_unknown"):
    """There is nothing at this address."""


class MethodNotAllowed(Refusal, code="web.method_not_allowed"):
    """This address does not know the method."""

    status = 405
    allow: str


class BodyTooLarge(Refusal, code="web.body_too_large"):
    """The body is larger than this call takes."""

    status = 413


class MediaTypeUnsupported(Refusal, code="web.media_type_unsupported"):
    """This call takes another kind of content."""

    status = 415
    accepted: str


class TooManyRequests(Throttled, code="web.too_many_requests"):
    """Too many requests in a short time: wait, then go on."""

    retry_after_s: int


class Busy(Unavailable, code="web.busy"):
    """The database is busy or away; nothing was done, try again in a moment."""


class Internal(Refusal, code="web.internal"):
    """Something went wrong on our side; it was recorded under the request id."""

    status = 500
    request_id: str


AWAY = (
    TimeoutError,
    ConnectionError,
    asyncpg.InterfaceError,
    Overtaken,
    # The driver's own word where a server says farewell before it is asked, and then hangs up.
    asyncpg.InternalClientError,
    pg.PostgresConnectionError,
    pg.InsufficientResourcesError,
    pg.OperatorInterventionError,
    pg.TransactionRollbackError,
    pg.ReadOnlySQLTransactionError,
)
"""What a handler raises when the database cannot be reached, or could not do its work now."""


def refusal_of(error: Exception) -> Refusal:
    """Say why a request was not served; faults of ours are recorded with their trace."""
    match error:
        case Refusal():
            return error
        case asyncpg.DataError():
            # The edge lets no such value through that it knows of, so this is worth a look, and still the caller's value.
            log.error("value_refused_by_database", error=error)
            return Unfit(faults={})
        case asyncpg.InterfaceError() if not _is_away(error):
            pass
        case _ if isinstance(error, AWAY):
            log.warning("database_away", error=error)
            return Busy()
        case _:
            pass
    log.error("request_failed", error=error)
    return Internal(request_id=logs.request_id.get())


def problem_of(refusal: Refusal) -> Problem:
    """The document of a refusal."""
    return Problem(
        type=f"/problems/{refusal.code}",
        title=HTTPStatus(refusal.status).phrase,
        status=refusal.status,
        code=refusal.code,
        detail=refusal.sentence,
        fields=refusal.fields,
    )


def encode(refusal: Refusal) -> bytes:
    """The body of the answer to a refused request."""
    return msgspec.json.encode(problem_of(refusal), enc_hook=str)


def headers_of(refusal: Refusal) -> list[tuple[bytes, bytes]]:
    """The headers that a refusal brings: when to come back, how to sign in, which methods there are."""
    found = [(b"content-type", CONTENT_TYPE.encode())]
    if (seconds := getattr(refusal, "retry_after_s", None)) is not None:
        found.append((b"retry-after", str(seconds).encode()))
    if refusal.status == HTTPStatus.UNAUTHORIZED:
        found.append((b"www-authenticate", b"Bearer"))
    if isinstance(refusal, MethodNotAllowed):
        found.append((b"allow", refusal.allow.encode()))
    return found


def fault_of(error: Exception, whole: str) -> Faulty:
    """Tell a malformed value from an unfit one; `whole` names it where msgspec has no path to a part of it.

    msgspec's words for a wrong shape say what was got instead, or speak of fields; for an unfit value they never do. A test
    holds every one of them.
    """
    if not isinstance(error, msgspec.ValidationError):
        return Malformed(faults={whole: str(error)})
    reason, _, at = str(error).partition(" - at `")
    path = at.rstrip("`").removeprefix("$").lstrip(".")
    if missing := _MISSING.search(reason):
        path = f"{path}.{missing[1]}".lstrip(".")
    is_unfit = (
        reason.startswith("Invalid ") or "out of range" in reason or (reason.startswith("Expected ") and ", got " not in reason)
    )
    return (Unfit if is_unfit else Malformed)(faults={path or whole: reason})


_MISSING = re.compile(r"missing required field `(.+)`")


def _is_away(error: asyncpg.InterfaceError) -> bool:
    # asyncpg has one class for misuse and for a connection that is gone.
    return "closed" in str(error) or "closing" in str(error)
