"""What the cashier refuses, as RFC 9457 problems: a status, a stable code and one sentence."""

from typing import ClassVar


class Problem(Exception):
    """A refusal; its docstring is the sentence, unless it is raised with a better one."""

    status: ClassVar[int] = 400
    code: ClassVar[str] = "cashier.problem"

    @property
    def detail(self) -> str:
        """The sentence for a developer."""
        return str(self) or (self.__doc__ or "")


class NotAuthentic(Problem):
    """The payment request is not signed by the shop system."""

    status = 403
    code = "cashier.not_authentic"


class CallNotAuthentic(Problem):
    """The call is not signed by the shop system."""

    status = 401
    code = "cashier.call_not_authentic"


class NotFound(Problem):
    """There is nothing here by this name."""

    status = 404
    code = "cashier.not_found"


class Malformed(Problem):
    """The body does not fit the protocol."""

    status = 422
    code = "cashier.malformed"


class RequestExpired(Problem):
    """The payment request has expired."""

    status = 410
    code = "cashier.request_expired"


class AlreadyDecided(Problem):
    """This payment was decided otherwise; the first decision stands."""

    status = 409
    code = "cashier.already_decided"


class PaymentClosed(Problem):
    """The shop closed this payment before it was decided."""

    status = 409
    code = "cashier.payment_closed"


class NotRefundable(Problem):
    """The payment was not captured in this currency, or less than this amount is left to refund."""

    status = 409
    code = "cashier.not_refundable"


class RefundDiffers(Problem):
    """A refund of this id exists with another content."""

    status = 409
    code = "cashier.refund_differs"


class Overloaded(Problem):
    """Too much waits for the disk; try again in a moment."""

    status = 503
    code = "cashier.overloaded"
