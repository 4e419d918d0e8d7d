"""The encoding of section 3."""

from . import curve
from .curve import ORDER


class Malformed(Exception):
    """Bytes that are not an encoding of section 3."""


class Reader:
    """Reads values from bytes, each in its one encoding."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, count):
        if len(self.data) - self.at < count:
            raise Malformed("it is cut short")
        self.at += count
        return self.data[self.at - count:self.at]

    def done(self):
        if self.at != len(self.data):
            raise Malformed(f"{len(self.data) - self.at} bytes are left over")

    def number(self, size):
        return int.from_bytes(self.take(size), "little")

    def u8(self):
        return self.number(1)

    def u16(self):
        return self.number(2)

    def u32(self):
        return self.number(4)

    def u64(self):
        return self.number(8)

    def tag(self, count):
        """The tag of an enumeration with tags 0 to count − 1."""
        tag = self.u8()
        if tag >= count:
            raise Malformed(f"there is no tag {tag}")
        return tag

    def bool(self):
        return bool(self.tag(2))

    def bytes(self):
        return self.take(self.u32())

    def string(self):
        try:
            return self.bytes().decode("utf-8")
        except UnicodeDecodeError:
            raise Malformed("a string is not UTF-8") from None

    def list(self, item):
        count = self.u32()
        # Every item of version 1 has at least one byte, so that a large count cannot make a long loop.
        if count > len(self.data) - self.at:
            raise Malformed("a list is cut short")
        return [item() for _ in range(count)]

    def option(self, item):
        return item() if self.tag(2) else None

    def digest(self):
        return self.take(32)

    rawpoint = digest

    def scalar(self):
        number = self.number(32)
        if number >= ORDER:
            raise Malformed("a scalar is not below the group order")
        return number

    def point(self):
        """The 32 bytes of a point that decodes. The identity is one."""
        data = self.take(32)
        if curve.decode(data) is None:
            raise Malformed("a point is not canonical")
        return data


def enc_list(items):
    """enc of a list whose items are encoded already."""
    return len(items).to_bytes(4, "little") + b"".join(items)


def enc_string(text):
    """enc of a string."""
    data = text.encode()
    return len(data).to_bytes(4, "little") + data
