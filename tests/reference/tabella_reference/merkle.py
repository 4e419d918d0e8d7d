"""Merkle trees and tiles (sections 12.1 and 12.3)."""

import hashlib


def leaf(entry):
    """Section 12.1."""
    return hashlib.sha256(b"\0" + entry).digest()


def node(left, right):
    """Section 12.1."""
    return hashlib.sha256(b"\1" + left + right).digest()


class Tree:
    """A growing tree: the roots of its complete subtrees, the largest first."""

    def __init__(self):
        self.size, self.subtrees = 0, []

    def append(self, entry):
        root, self.size = leaf(entry), self.size + 1
        # As many subtrees end here as the new size has zero bits at its end.
        for _ in range((self.size & -self.size).bit_length() - 1):
            root = node(self.subtrees.pop(), root)
        self.subtrees.append(root)

    def root(self):
        """Section 12.1."""
        if not self.subtrees:
            return hashlib.sha256(b"").digest()
        root = self.subtrees[-1]
        for subtree in reversed(self.subtrees[:-1]):
            root = node(subtree, root)
        return root


def tile_hashes(leaves, level):
    """The hashes of a level: item i is the root of the 2^(8·level) entries from i·2^(8·level) on."""
    hashes = leaves
    for _ in range(8 * level):
        hashes = [node(hashes[i], hashes[i + 1]) for i in range(0, len(hashes) - 1, 2)]
    return hashes


def tile_number(number):
    """A tile's number in groups of three digits."""
    groups = [f"{number % 1000:03}"]
    while number >= 1000:
        number //= 1000
        groups.insert(0, f"x{number % 1000:03}")
    return "/".join(groups)


def tile_names(prefix, count):
    """Names of the tiles of `count` items, with first item and width of each."""
    names = [(f"{prefix}/{tile_number(n)}", 256 * n, 256) for n in range(count // 256)]
    if count % 256:
        names.append((f"{prefix}/{tile_number(count // 256)}.p/{count % 256}", count // 256 * 256, count % 256))
    return names


def tile_paths(size):
    """Every tile of a log of `size` entries, by path: (level, or None for entries; first item; width)."""
    paths = {}
    for level in range(8):
        for name, first, width in tile_names(f"tile/{level}", size >> 8 * level):
            paths[name] = (level, first, width)
    for name, first, width in tile_names("tile/entries", size):
        paths[name] = (None, first, width)
    return paths
