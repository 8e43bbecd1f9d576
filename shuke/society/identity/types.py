"""The words of identity."""

from datetime import datetime
from typing import Annotated, Any, Literal, NewType
from uuid import UUID

import msgspec

from shuke.kit.actor import PersonId
from shuke.kit.errors import Conflict, Invalid, NotFound, Throttled, Unavailable
from shuke.kit.events import Event, Job

SessionId = NewType("SessionId", UUID)
AddressId = NewType("AddressId", UUID)

# Something to read, and no control characters.
_ONE_LINE = r"^[^\x00-\x1f\x7f]*[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$"
Line = Annotated[str, msgspec.Meta(min_length=1, max_length=40, pattern=_ONE_LINE)]
LongLine = Annotated[str, msgspec.Meta(min_length=1, max_length=200, pattern=_ONE_LINE)]
Text = Annotated[str, msgspec.Meta(max_length=500, pattern=r"^[^\x00]*$")]
Picture = Annotated[str, msgspec.Meta(max_length=500, pattern=r"^((https://|/)[^\x00-\x20\x7f]+)?$")]
PhoneText = Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
Country = Annotated[str, msgspec.Meta(pattern=r"^[A-Z]{2}$")]
Region = Annotated[list[Line], msgspec.Meta(min_length=1, max_length=5)]
Language = Literal["zh-CN", "en"]


class PersonCard(msgspec.Struct, frozen=True):
    """What anybody may see of a person."""

    id: PersonId
    name: str
    avatar: str | None


class Me(msgspec.Struct, frozen=True):
    """A person as they see themselves; `capabilities` by scope: a shop, or the platform."""

    id: PersonId
    name: str
    avatar: str | None
    language: str
    bio: str
    created_at: datetime
    phones: list[str]
    capabilities: dict[str, list[str]]


class MeAsk(msgspec.Struct, frozen=True):
    """Change oneself. What is left out stays; an empty avatar or bio is removed."""

    name: Line | None = None
    avatar: Picture | None = None
    language: Language | None = None
    bio: Text | None = None


class PersonView(msgspec.Struct, frozen=True):
    """A person as an operator sees them: no number is shown whole."""

    id: PersonId
    name: str
    avatar: str | None
    language: str
    bio: str
    created_at: datetime
    merged_into: PersonId | None
    erased_at: datetime | None
    phones: list[str]
    roles: list["RoleGiven"]


class MergeAsk(msgspec.Struct, frozen=True):
    """The person who becomes part of another."""

    other_id: UUID


class WeChatProof(msgspec.Struct, frozen=True):
    """A code that WeChat gave the app."""

    app_id: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    code: Annotated[str, msgspec.Meta(min_length=1, max_length=512)]


class LoginProof(msgspec.Struct, frozen=True):
    """A login and the proof that it is yours: `phone` with the `code` that was sent to it, or `wechat`."""

    phone: PhoneText | None = None
    code: Annotated[str, msgspec.Meta(max_length=10)] | None = None
    wechat: WeChatProof | None = None


class SignInAsk(LoginProof, frozen=True):
    """Sign in; `name` is for a new person, `device` is what the list of sessions calls this one."""

    name: Line | None = None
    device: Line | None = None


class LoginAsk(LoginProof, frozen=True):
    """Add a login. If it is another person's, `own` proves one of yours as well, and that person is merged into you."""

    own: LoginProof | None = None


class CodeAsk(msgspec.Struct, frozen=True):
    """Where to send a sign-in code."""

    phone: PhoneText


class SignedIn(msgspec.Struct, frozen=True):
    """A token, shown this once, and whose it is."""

    token: str
    person: PersonCard
    is_new: bool


class VisitorToken(msgspec.Struct, frozen=True):
    """A token for somebody without a name, shown this once."""

    token: str
    id: UUID


class Session(msgspec.Struct, frozen=True):
    """A place where a person is signed in."""

    id: SessionId
    device: str | None
    created_at: datetime
    seen_at: datetime
    is_current: bool


class AddressAsk(msgspec.Struct, frozen=True):
    """Where to send things. `region` goes from the largest part to the smallest: province, city, district."""

    recipient: Line
    phone: PhoneText
    region: Region
    street: LongLine
    country: Country = "CN"
    is_default: bool = False


class AddressRevision(msgspec.Struct, frozen=True):
    """Change an address; what is left out stays. `is_default` can only be set: another one takes it away."""

    recipient: Line | None = None
    phone: PhoneText | None = None
    region: Region | None = None
    street: LongLine | None = None
    country: Country | None = None
    is_default: Literal[True] | None = None


class Address(msgspec.Struct, frozen=True):
    """A plain address, for freezing in an order."""

    recipient: str
    phone: str
    region: list[str]
    street: str
    country: str


class AddressCard(msgspec.Struct, frozen=True):
    """An address as its owner sees it: the phone is masked."""

    id: AddressId
    recipient: str
    phone: str
    region: list[str]
    street: str
    country: str
    is_default: bool


class Consent(msgspec.Struct, frozen=True):
    """What a person agreed to; without `given_at` they declined."""

    id: UUID
    purpose: str
    scope_id: UUID | None
    version: int
    given_at: datetime | None
    withdrawn_at: datetime | None


class ConsentAsk(msgspec.Struct, frozen=True):
    """Agree to a purpose, for all or for one scope (a shop)."""

    scope_id: UUID | None = None


class RoleAsk(msgspec.Struct, frozen=True):
    """A role on the platform."""

    role: Annotated[str, msgspec.Meta(pattern=r"^[a-z][a-z0-9_.]{0,40}$")]


class RoleGiven(msgspec.Struct, frozen=True):
    """A role that a person holds."""

    scope: UUID
    role: str
    given_by: UUID | None
    given_at: datetime


class Export(msgspec.Struct, frozen=True):
    """Everything kept about a person: by module, and the same for each other id they acted under."""

    person_id: PersonId
    exported_at: datetime
    modules: dict[str, Any]
    selves: dict[str, dict[str, Any]]


class PersonJoined(Event, frozen=True):
    """A new person."""

    person_id: PersonId


class PersonErased(Event, frozen=True):
    """A person is no longer known by name, phone or address."""

    person_id: PersonId


class PersonsMerged(Event, frozen=True):
    """`other` acts as `into` from now on."""

    into: PersonId
    other: PersonId


class SendCode(Job, frozen=True):
    """Send a code; phone and code are sealed under the job's own id."""

    id: UUID
    sealed: bytes
    expires_at: datetime


class Reseal(Job, frozen=True):
    """Renew what is sealed under a former secret."""


class Forget(Job, frozen=True):
    """Delete what has no more use: old codes, ended sessions, visitors who never came back."""


class PhoneInvalid(Invalid):
    """This is not a phone number: 11 digits in mainland China, `+` and the country code elsewhere."""

    phone: str


class ProofMissing(Invalid):
    """Send either `phone` and `code`, or `wechat`."""


class CodeWrong(Invalid):
    """The code is wrong, was used, has expired or was tried five times; ask for a new one."""


class TooManyCodes(Throttled):
    """At most five codes an hour go to one phone, and a limited number to one network."""

    at_most: int


class CodesNotPossible(Conflict):
    """This installation has no SMS gateway: its operator sets SHUKE_SMS_URL and SHUKE_SMS_SECRET."""


class WeChatCodeWrong(Invalid):
    """WeChat does not know this code: it was used, has expired, or is another app's."""

    app_id: str


class WeChatAppUnknown(Invalid):
    """This installation does not know the app: its operator adds it to SHUKE_WECHAT_APPS."""

    app_id: str


class WeChatSilent(Unavailable):
    """WeChat did not answer; try again."""


class LoginTaken(Conflict):
    """The login is another person's. To become one person, send it again with a fresh code
    and `own`, a proof of one of yours."""

    kind: str


class ProofNotYours(Conflict):
    """The proof is good, but the login is not one of yours."""


class MergeNotPossible(Conflict):
    """Two different persons are needed, neither of them merged or erased."""


class PersonUnknown(NotFound):
    """There is no such person."""


class SessionUnknown(NotFound):
    """There is no such session, or it has ended, or it is not yours."""


class AddressUnknown(NotFound):
    """There is no such address, or it is not yours."""


class TooManyAddresses(Conflict):
    """One person keeps at most this many addresses; remove one first."""

    at_most: int


class RoleUnknown(Invalid):
    """There is no such role on the platform."""

    role: str


class RoleNotHeld(NotFound):
    """The person does not hold this role."""


class PurposeUnknown(NotFound):
    """There is no such purpose to agree to."""


class ScopeUnknown(NotFound):
    """There is nothing with this id that a consent can be limited to."""

    scope_id: UUID


class ErasureNotPossible(Conflict):
    """The person is erased already, or was merged into another."""
