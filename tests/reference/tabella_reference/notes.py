"""Checkpoints (section 12.2)."""

import base64
import binascii
import hashlib

from .hashes import ed25519

# Unicode White_Space (PropList.txt), which no function of the standard library tells.
WHITE_SPACE = {chr(c) for c in [*range(0x09, 0x0E), 0x20, 0x85, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029,
                                0x202F, 0x205F, 0x3000]}
# what breaks or reorders lines unseen
LAYOUT = frozenset(map(chr, [0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A)]))
LOG, WITNESS = 1, 4


class BadNote(Exception):
    """A note that is not one, or whose signatures do not verify."""


def is_control(character):
    """Unicode category Cc."""
    return character < " " or "\x7f" <= character <= "\x9f"


def is_name(name, most=255):
    """A name or an origin."""
    return 1 <= len(name.encode()) <= most and not any(
        c in WHITE_SPACE or is_control(c) or c in LAYOUT or c == "+" for c in name)


def decode_base64(text):
    """RFC 4648, section 4, in its one spelling."""
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadNote("base64 is malformed") from None
    if base64.b64encode(data).decode() != text:
        raise BadNote("base64 is not canonical")
    return data


def key_id(name, algorithm, key):
    """Section 12.2."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([algorithm]) + key).digest()[:4]


class Checkpoint:
    """A note with the three lines of a checkpoint, parsed and not verified yet."""

    def __init__(self, data):
        if len(data) > 16384:
            raise BadNote("the note has more than 16,384 bytes")
        if any(byte < 0x20 and byte != 0x0A for byte in data):
            raise BadNote("the note has control characters")
        try:
            lines = data.decode("utf-8").split("\n")
        except UnicodeDecodeError:
            raise BadNote("the note is not UTF-8") from None
        if len(lines) < 6 or lines[3] or lines[-1] or not 1 <= len(lines) - 5 <= 16:
            raise BadNote("the note is not three lines, an empty one and 1 to 16 signatures")
        self.origin, size, root = lines[:3]
        self.text = "\n".join(lines[:3]) + "\n"
        if not is_name(self.origin):
            raise BadNote("the origin is no name")
        if not (size.isascii() and size.isdigit()) or len(size) > 19 or str(int(size)) != size or int(size) >= 2**63:
            raise BadNote("the size is not a number in its one spelling")
        self.size = int(size)
        self.root = decode_base64(root)
        if len(self.root) != 32:
            raise BadNote("the root has not 32 bytes")
        self.signatures = [self._signature(line) for line in lines[4:-1]]

    @staticmethod
    def _signature(line):
        parts = line.split(" ")
        if len(parts) != 3 or parts[0] != "\u2014" or not is_name(parts[1]):
            raise BadNote("a signature line is malformed")
        data = decode_base64(parts[2])
        if len(data) < 5:
            raise BadNote("a signature is cut short")
        return parts[1], data[:4], data[4:]

    def verify(self, operator, origin, witnesses):
        """Strict verification of a record. Returns the names of the witnesses that signed, in their order."""
        if self.origin != origin:
            raise BadNote(f"its origin is {self.origin} and should be {origin}")
        name, number, signature = self.signatures[0]
        if name != origin or number != key_id(origin, LOG, operator) or len(signature) != 64:
            raise BadNote("its first signature is not that of the log")
        if not ed25519(operator, signature, self.text.encode()):
            raise BadNote("the log's signature does not verify")
        signed_by = []
        for name, number, signature in self.signatures[1:]:
            known = [key for witness, key in witnesses if witness == name and key_id(name, WITNESS, key) == number]
            if not known:
                raise BadNote(f"{name} is no known witness")
            if name in signed_by:
                raise BadNote(f"{name} signs twice")
            time = int.from_bytes(signature[:8], "big")
            message = f"cosignature/v1\ntime {time}\n{self.text}".encode()
            if len(signature) != 72 or time >= 2**63 or not ed25519(known[0], signature[8:], message):
                raise BadNote(f"the cosignature of {name} does not verify")
            signed_by.append(name)
        return signed_by

    def verify_live(self, key, origin):
        """As live clients verify it: signature lines of other names and key IDs are ignored."""
        if self.origin != origin:
            raise BadNote(f"its origin is {self.origin} and should be {origin}")
        own = [data for name, number, data in self.signatures if (name, number) == (origin, key_id(origin, LOG, key))]
        if len(own) != 1 or len(own[0]) != 64 or not ed25519(key, own[0], self.text.encode()):
            raise BadNote("the log's signature is missing, stands twice or does not verify")


def read_vkey(text):
    """(name, algorithm, key) of a vkey in its one spelling."""
    fields = text.split("+", 2)
    if len(fields) != 3:
        raise BadNote("a vkey has three fields")
    name, number, data = fields
    data = decode_base64(data)
    if not is_name(name) or len(data) != 33 or data[0] not in (LOG, WITNESS):
        raise BadNote("the name or the key is malformed")
    if key_id(name, data[0], data[1:]).hex() != number:
        raise BadNote("the key ID is another")
    return name, data[0], data[1:]
