"""Encrypted fields: AES-256-CBC under the caller's secret, base64 on the wire."""

import base64
import binascii

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.padding import PKCS7

KEY_LENGTH = 32
BLOCK = 16


class Undecryptable(ValueError):
    """The text is not a ciphertext of this secret."""


def _cipher(secret: str) -> Cipher[modes.CBC]:
    """Key: the secret's 32 characters; start value: its first 16. Both as the interface prescribes."""
    key = secret.encode()
    if len(key) < KEY_LENGTH:
        raise Undecryptable("secret is shorter than 32 characters")
    return Cipher(algorithms.AES(key[:KEY_LENGTH]), modes.CBC(key[:BLOCK]))


def encrypt(plain: str, secret: str) -> str:
    """One line of base64 that only the holder of `secret` reads."""
    padder = PKCS7(BLOCK * 8).padder()
    padded = padder.update(plain.encode()) + padder.finalize()
    encryptor = _cipher(secret).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def decrypt(text: str, secret: str) -> str:
    """The clear text of one field; line breaks of old base64 encoders are ignored.

    Raises Undecryptable. A wrong start value can still give well-padded text: its reader checks the shape.
    """
    try:
        blob = base64.b64decode(text.replace("\r", "").replace("\n", ""), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Undecryptable("not base64") from error
    if not blob or len(blob) % BLOCK:
        raise Undecryptable("not whole blocks")
    return _unpadded(blob, secret)


def _unpadded(blob: bytes, secret: str) -> str:
    decryptor = _cipher(secret).decryptor()
    padded = decryptor.update(blob) + decryptor.finalize()
    unpadder = PKCS7(BLOCK * 8).unpadder()
    try:
        return (unpadder.update(padded) + unpadder.finalize()).decode()
    except ValueError as error:  # wrong padding, or clear text that is not UTF-8
        raise Undecryptable("wrong secret or padding") from error
