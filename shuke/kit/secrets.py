"""Secrets: fields sealed at rest, keyed indexes to find them again, and keys derived for everything else.

Every key comes from the installation's secret by HKDF (RFC 5869), one per purpose, so no two uses share a key. A sealed
field and an index both begin with the four-byte id of the secret they were made under; after a rotation the old ones
open and match for as long as the old secret stays among `previous_secrets`, and `needs_reseal` finds what to renew.
Secrets are used as they are: they must be random (settings refuses short ones in production), not passwords.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterator
from functools import cache, lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shuke.kit.settings import Settings, current

KEY_ID_LENGTH = 4
INDEX_LENGTH = 32
_NONCE_LENGTH = 12
_TAG_LENGTH = 16


class SealBroken(Exception):
    """A sealed field was altered, cut short, or belongs to another row."""


class KeyUnknown(Exception):
    """Sealed under a secret this installation no longer has; the message is the mend."""


class Vault:
    """The keys of one installation: immutable, safe to share between threads, and silent when printed.

    AES-256-GCM with random nonces is safe for about 2^32 seals under one secret (NIST SP 800-38D, 8.3); rotate before.
    """

    __slots__ = ("_ring",)

    def __init__(self, settings: Settings) -> None:
        # Newest first: a dict keeps that order and makes the look-up by key id.
        self._ring = {_key_id(secret): secret for secret in (settings.secret, *settings.previous_secrets)}

    def __repr__(self) -> str:
        return f"Vault({', '.join(key_id.hex() for key_id in self._ring)})"

    @property
    def key_id(self) -> bytes:
        """The current key's id: the first four bytes of everything that needs no renewal."""
        return next(iter(self._ring))

    def seal(self, plain: str, bound_to: bytes) -> bytes:
        """Encrypt a field so that it opens only where `bound_to` (the row's person or order id) is the same.

        Layout: key id, nonce, ciphertext with tag; 32 bytes longer than the text.
        """
        key_id, nonce = self.key_id, secrets.token_bytes(_NONCE_LENGTH)
        return key_id + nonce + _cipher(self._ring[key_id]).encrypt(nonce, plain.encode(), key_id + bound_to)

    def open(self, sealed: bytes, bound_to: bytes) -> str:
        """Decrypt a field. Raises SealBroken when it was altered or moved, KeyUnknown when its secret is gone."""
        if len(sealed) < KEY_ID_LENGTH + _NONCE_LENGTH + _TAG_LENGTH:
            raise SealBroken("A sealed field is too short to be one.")
        key_id, rest = sealed[:KEY_ID_LENGTH], sealed[KEY_ID_LENGTH:]
        secret = self._ring.get(key_id)
        if secret is None:
            raise KeyUnknown(
                f"A field is sealed under key {key_id.hex()}, and the secrets here make {self!r}: put the former "
                "SHUKE_SECRET into SHUKE_PREVIOUS_SECRETS."
            )
        try:
            plain = _cipher(secret).decrypt(rest[:_NONCE_LENGTH], rest[_NONCE_LENGTH:], key_id + bound_to)
        except InvalidTag:
            raise SealBroken("A sealed field was altered, or belongs to another row.") from None
        return plain.decode()

    def index(self, purpose: str, plain: str) -> bytes:
        """Fingerprint a value for look-up and uniqueness, 32 bytes, under the current key. Normalise before."""
        return next(self._fingerprints(purpose, plain))

    def indexes(self, purpose: str, plain: str) -> list[bytes]:
        """Fingerprint a value under every key, newest first: look up by all of them while a rotation is under way."""
        return list(self._fingerprints(purpose, plain))

    def needs_reseal(self, blob: bytes) -> bool:
        """Tell whether a sealed field, or an index, was made under a former key."""
        return blob[:KEY_ID_LENGTH] != self.key_id

    def derive(self, purpose: str) -> bytes:
        """Derive 32 bytes for a purpose of the caller's own ("token", "sandbox-cashier"), from the current secret."""
        return _derived(self._ring[self.key_id], f"purpose:{purpose}")

    def _fingerprints(self, purpose: str, plain: str) -> Iterator[bytes]:
        for key_id, secret in self._ring.items():
            mac = hmac.digest(_derived(secret, f"index:{purpose}"), plain.encode(), "sha256")
            yield key_id + mac[: INDEX_LENGTH - KEY_ID_LENGTH]


def mask_phone(phone: str) -> str:
    """Show enough of a number to recognise one's own: `138****5678`; foreign ones keep their plus and both ends."""
    digits = "".join(filter(str.isdecimal, phone))
    is_international = phone.lstrip().startswith(("+", "00"))
    digits = digits.removeprefix("00") if is_international else digits
    if is_international and digits.startswith("86"):
        digits, is_international = digits[2:], False
    head, tail = (3, 4) if len(digits) >= 11 else (len(digits) // 4, len(digits) // 4)
    return f"{'+' if is_international else ''}{digits[:head]}****{digits[len(digits) - tail :]}"


def token() -> str:
    """A fresh bearer token: 32 random bytes, url-safe. Only its `digest` is stored."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """SHA-256 of a token, to store and look up. Unsalted on purpose: the token is random, a phone number is not."""
    return hashlib.sha256(token.encode()).digest()


@lru_cache(maxsize=256)
def _cipher(secret: str) -> AESGCM:
    return AESGCM(_derived(secret, "field"))


@lru_cache(maxsize=256)
def _key_id(secret: str) -> bytes:
    return _derived(secret, "key-id")[:KEY_ID_LENGTH]


@lru_cache(maxsize=256)
def _derived(secret: str, info: str) -> bytes:
    return HKDF(SHA256(), length=32, salt=b"shuke/1", info=info.encode()).derive(secret.encode())


@cache
def _vault_of(settings: Settings) -> Vault:
    return Vault(settings)


def vault() -> Vault:
    """The vault of this process's settings."""
    return _vault_of(current())
