"""Proofs of Merkle trees: RFC 9162, sections 2.1.3 and 2.1.4, and contradiction paths (section 12.1)."""

import hashlib

from .merkle import node

EMPTY = hashlib.sha256(b"").digest()


def split(count):
    """The largest power of two below a count of at least 2."""
    return 1 << (count - 1).bit_length() - 1


def root(leaves):
    """The root by its definition."""
    if not leaves:
        return EMPTY
    if len(leaves) == 1:
        return leaves[0]
    k = split(len(leaves))
    return node(root(leaves[:k]), root(leaves[k:]))


def inclusion_path(index, leaves):
    """RFC 9162, section 2.1.3.1."""
    if len(leaves) == 1:
        return []
    k = split(len(leaves))
    if index < k:
        return inclusion_path(index, leaves[:k]) + [root(leaves[k:])]
    return inclusion_path(index - k, leaves[k:]) + [root(leaves[:k])]


def consistency_path(old, leaves):
    """RFC 9162, section 2.1.4.1; empty for equal sizes and for an old size of 0."""
    return [] if old in (0, len(leaves)) else _subproof(old, leaves, True)


def _subproof(old, leaves, whole):
    if old == len(leaves):
        return [] if whole else [root(leaves)]
    k = split(len(leaves))
    if old <= k:
        return _subproof(old, leaves[:k], whole) + [root(leaves[k:])]
    return _subproof(old - k, leaves[k:], False) + [root(leaves[:k])]


def contradiction_path(old, leaves):
    """Section 12.1: the last complete subtree of the old tree stands first in any case."""
    path = consistency_path(old, leaves)
    if 0 < old < len(leaves) and old & (old - 1) == 0:
        path.insert(0, root(leaves[:old]))
    return path


def includes(leaf, index, size, path, expected):
    """RFC 9162, section 2.1.3.2."""
    if index >= size:
        return False
    fn, sn, r = index, size - 1, leaf
    for p in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            r = node(p, r)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            r = node(r, p)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and r == expected


def climb(old, new, path):
    """Steps 3 to 7 of RFC 9162, section 2.1.4.2: (fr, sr), or None where the path has not the right length."""
    if not path:
        return None
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = path[0]
    for c in path[1:]:
        if sn == 0:
            return None
        if fn & 1 or fn == sn:
            fr, sr = node(c, fr), node(c, sr)
            while not fn & 1 and fn:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, c)
        fn, sn = fn >> 1, sn >> 1
    return (fr, sr) if sn == 0 else None


def consistent(old, old_root, new, new_root, path):
    """RFC 9162, section 2.1.4.2, and section 12.1 for the sizes that need no path."""
    if old > new:
        return False
    if old in (0, new):
        return not path and (old > 0 or old_root == EMPTY) and (old < new or old_root == new_root)
    if old & (old - 1) == 0:
        path = [old_root, *path]
    return climb(old, new, path) == (old_root, new_root)


def contradicts(old, old_root, new, new_root, path):
    """Section 12.1: whether the tree of `new` entries does not begin with this one of `old` entries."""
    if old > new:
        return False
    if old in (0, new):
        return not path and old_root != (new_root if old == new else EMPTY)
    roots = climb(old, new, path)
    return roots is not None and roots[1] == new_root and roots[0] != old_root
