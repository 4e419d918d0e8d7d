"""The record as a folder: its files, checkpoints and trees (sections 12.2, 12.3 and 12.6)."""

import os
import re

from . import merkle
from .notes import BadNote, Checkpoint
from .report import Refused

MOST_BYTES = 65535


class Unreadable(Exception):
    """The folder cannot be read, so that nothing can be said about the record."""


def list_files(folder):
    """Every file below the folder, by its path in it. Links, empty folders and special files are refused."""
    files = set()

    def visit(path, inside):
        with os.scandir(path) as listing:
            items = sorted(listing, key=lambda item: item.name)
        if not items and inside:
            raise Refused("1.1", "a folder is empty", inside)
        for item in items:
            name = f"{inside}/{item.name}" if inside else item.name
            if item.is_symlink():
                raise Refused("1.1", "a link is no file of a record", name)
            if item.is_dir():
                visit(item.path, name)
            elif item.is_file():
                files.add(name)
            else:
                raise Refused("1.1", "this is neither a file nor a folder", name)

    try:
        visit(folder, "")
    except OSError as error:
        raise Unreadable(str(error)) from None
    return files


class Log:
    """One log of a record: its checkpoint, its entries and the hashes that are published for them."""

    def __init__(self, folder, prefix):
        self.folder, self.prefix = folder, prefix
        self.path = f"{prefix}/checkpoint"
        # A checkpoint has at most 16,384 bytes. One more tells that there are more.
        try:
            self.checkpoint = Checkpoint(self.read("checkpoint", 16385))
        except BadNote as error:
            raise Refused("1.2", str(error), self.path) from None
        self.entries = []

    def read(self, name, most=-1):
        try:
            with open(os.path.join(self.folder, self.prefix, name), "rb") as file:
                return file.read(most)
        except OSError as error:
            raise Unreadable(str(error)) from None

    def paths(self, files):
        """The files that this log has (section 12.3). A size beyond what is there would make an endless list."""
        size = self.checkpoint.size
        if size > 256 * (len(files) + 1):
            raise Refused("1.1", "the checkpoint has more entries than the files could hold", self.path)
        self.tiles = merkle.tile_paths(size)
        return {self.path} | {f"{self.prefix}/{name}" for name in self.tiles}

    def load(self, report):
        """Read the entries; compare root and tiles."""
        for name, (level, _, width) in self.tiles.items():
            if level is None:
                self._load_bundle(name, width)
        tree, self.roots = merkle.Tree(), [merkle.Tree().root()]
        for entry in self.entries:
            tree.append(entry)
            self.roots.append(tree.root())
        if tree.root() != self.checkpoint.root:
            raise Refused("1.3", "the entries have another root than the checkpoint", self.path)
        report.passed("1.3", len(self.entries))
        leaves = [merkle.leaf(entry) for entry in self.entries]
        levels = {}
        for name, (level, first, width) in self.tiles.items():
            if level is None:
                continue
            if level not in levels:
                levels[level] = merkle.tile_hashes(leaves, level)
            if self.read(name) != b"".join(levels[level][first:first + width]):
                raise Refused("1.4", "the tile holds other hashes than the entries have", f"{self.prefix}/{name}")
            report.passed("1.4")

    def _load_bundle(self, name, width):
        data, at = self.read(name), 0
        for _ in range(width):
            length = int.from_bytes(data[at:at + 2], "big")
            if len(data) - at < 2 + length:
                raise Refused("1.5", "the entry bundle is cut short", f"{self.prefix}/{name}")
            self.entries.append(data[at + 2:at + 2 + length])
            at += 2 + length
        if at != len(data):
            raise Refused("1.5", "the entry bundle has bytes left over", f"{self.prefix}/{name}")


def open_record(folder, report):
    """Read both logs. Returns them and the election id that the record's folder names (section 12.6)."""
    if not os.path.isdir(folder):
        raise Unreadable(f"{folder} is no folder")
    files = list_files(folder)
    names = {name.split("/")[1] for name in files if name.startswith("elections/")}
    for needed in ("board/checkpoint", *(f"elections/{name}/checkpoint" for name in names)):
        if needed not in files:
            raise Refused("1.1", "this file is missing", needed)
    if len(names) != 1 or not re.fullmatch("[0-9a-f]{64}", min(names)):
        raise Refused("1.1", "there is not exactly one election", "elections")
    name = min(names)
    board, election = Log(folder, "board"), Log(folder, f"elections/{name}")
    expected = board.paths(files) | election.paths(files)
    for path in sorted(expected - files):
        raise Refused("1.1", "this file is missing", path)
    for path in sorted(files - expected):
        raise Refused("1.1", "this file does not belong to a record", path)
    report.passed("1.1", len(files))
    board.load(report)
    election.load(report)
    return board, election, bytes.fromhex(name)
