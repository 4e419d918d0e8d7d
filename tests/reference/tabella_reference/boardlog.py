"""The board log (section 12.5)."""

from . import hashes
from .coding import Malformed, Reader
from .notes import BadNote, is_name
from .report import Refused

BLOCK, GENESIS, ELECTION, ANCHOR, RELEASE = range(5)
PATH_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")


def election_origin(origin, election):
    """Section 12.4."""
    return f"{origin}/elections/{election.hex()}"


class Blocks:
    """The rules of blocks, which both logs share (sections 12.5 and 13.1)."""

    def __init__(self):
        self.height, self.time = 0, 0

    def admit(self, report, height, time, root_before, root):
        report.demand(height == self.height, "1.6", "the block has another height than the number of blocks before",
                      0)
        report.demand(time >= self.time, "1.6", "the block's time is before that of the last", 0)
        report.demand(root_before == root, "1.6", "the block names another root than the log had before it")
        self.height, self.time = height + 1, time


class BoardLog:
    """What stands on the board log, entry by entry."""

    def __init__(self, report):
        self.report = report
        self.blocks = Blocks()
        self.genesis = None
        self.administrators = {}  # by election, who created it
        self.anchors = {}  # by election, (size, root) in order
        self.release = None

    def read(self, entries, roots):
        """Admit the entries; roots[i] is the root of the first i."""
        last = None
        for index, entry in enumerate(entries):
            try:
                tag = self._admit(index, entry, last, roots[index])
            except Malformed as error:
                raise Refused("1.5", str(error), f"board entry {index}") from None
            except Refused as error:
                error.where = error.where or f"board entry {index}"
                raise
            self.report.passed("1.5")
            last = tag
        if self.genesis is None:
            raise Refused("1.2", "the board log has no genesis", "board")

    def _admit(self, index, entry, last, root):
        if len(entry) > 65535:
            raise Malformed("the entry has more than 65,535 bytes")
        reader = Reader(entry)
        tag = reader.tag(5)
        if index < 2 and tag != index:
            raise Refused("1.2" if index else "1.6", "the first entry is no block, or the second no genesis")
        if tag == BLOCK:
            height, time, before = reader.u64(), reader.u64(), reader.digest()
            reader.done()
            if last == BLOCK:
                raise Refused("1.6", "a block follows a block")
            self.blocks.admit(self.report, height, time, before, root)
        elif tag == GENESIS:
            self._genesis(reader, index)
        elif tag == ELECTION:
            self._election(reader)
        elif tag == ANCHOR:
            self._anchor(reader)
        else:
            self._release(reader)
        return tag

    def _genesis(self, reader, index):
        """Section 12.5: genesis."""
        suite, origin, operator = reader.string(), reader.string(), reader.take(32)
        witnesses = reader.list(lambda: (reader.string(), reader.take(32)))
        administrators = reader.list(lambda: reader.take(32))
        reader.done()
        names = [origin, *(name for name, _ in witnesses)]
        keys = [operator, *(key for _, key in witnesses)]
        demand = self.report.demand
        demand(index == 1, "1.2", "there is a second genesis", 0)
        demand(suite == "tabella/v1", "1.2", "the suite is another", 0)
        demand(all(is_name(name) for name in [*names, election_origin(origin, bytes(32))]), "1.2",
               "an origin or a witness's name is no name", 0)
        demand(len(witnesses) <= 15 and len(administrators) <= 1000, "1.2", "too many witnesses or administrators", 0)
        demand(len(set(names)) == len(names) and len(set(keys)) == len(keys), "1.2",
               "a name or a key stands twice in the genesis", 0)
        demand(len(set(administrators)) == len(administrators), "1.2", "an administrator stands twice", 0)
        self.genesis = True
        self.origin, self.operator, self.witnesses, self.listed = origin, operator, witnesses, set(administrators)

    def _election(self, reader):
        """Section 12.5: election."""
        election, administrator, signature = reader.digest(), reader.take(32), reader.take(64)
        reader.done()
        demand = self.report.demand
        demand(administrator in self.listed, "2.4", "who created the election is no administrator of the board", 0)
        demand(election not in self.administrators, "2.4", "the election stands on the board log already", 0)
        demand(hashes.signed(administrator, signature, "election", election, self.origin.encode(), self.operator),
               "2.4", "the signature of the election's creation does not verify")
        self.administrators[election] = administrator
        self.anchors[election] = []

    def _anchor(self, reader):
        """Section 12.5: anchor."""
        election, size, root = reader.digest(), reader.u64(), reader.digest()
        reader.done()
        demand = self.report.demand
        demand(election in self.anchors, "1.7", "the anchored election is not on the board log", 0)
        anchors = self.anchors[election]
        demand(size > (anchors[-1][0] if anchors else 0), "1.7", "the anchor is not larger than the last", 0)
        anchors.append((size, root))

    def _release(self, reader):
        """Section 12.5: release."""
        version = reader.string()
        files = reader.list(lambda: (reader.string(), reader.digest()))
        reader.done()
        demand = self.report.demand
        demand(1 <= len(version) <= 64 and all("!" <= c <= "~" for c in version), "1.10", "the version is malformed", 0)
        demand(1 <= len(files) <= 384, "1.10", "a release has 1 to 384 files", 0)
        paths = [path.encode() for path, _ in files]
        demand(all(a < b for a, b in zip(paths, paths[1:])), "1.10", "paths are not in ascending order", 0)
        demand(all(is_path(path) for path, _ in files), "1.10", "a path is malformed", 0)
        demand((version, files) != self.release, "1.10", "the release is equal to the last")
        self.release = version, files


def is_path(path):
    """A path of a file in a release."""
    names = path.split("/")
    return 1 <= len(path) <= 128 and all(
        name not in ("", ".", "..") and PATH_CHARACTERS.issuperset(name) for name in names)


def check_heads(report, board, log, election_log, election):
    """Both checkpoints and the anchors (section 12.6). Returns the witnesses that cosigned."""
    cosigned = []
    for of, origin, witnesses in ((log, board.origin, board.witnesses),
                                  (election_log, election_origin(board.origin, election), [])):
        try:
            cosigned += of.checkpoint.verify(board.operator, origin, witnesses)
        except BadNote as error:
            raise Refused("1.2", str(error), of.path) from None
        report.passed("1.2")
    anchors = board.anchors.get(election)
    if not anchors:
        raise Refused("1.7", "the board log does not anchor the election", log.path)
    for size, root in anchors:
        if size >= len(election_log.roots) or election_log.roots[size] != root:
            raise Refused("1.7", f"the election log had another root with {size} entries than the anchor says",
                          log.path)
        report.passed("1.7")
    if anchors[-1] != (election_log.checkpoint.size, election_log.checkpoint.root):
        raise Refused("1.7", "the last anchor is not that of the election's checkpoint", log.path)
    return cosigned
