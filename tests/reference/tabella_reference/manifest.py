"""The manifest and its bounds (section 8)."""

from dataclasses import dataclass, field

from . import hashes, rules
from .coding import Malformed, Reader
from .notes import LAYOUT, WHITE_SPACE, is_control, is_name

MOST_BYTES = 1_000_000
MOST_TOTAL = 2**40
CHOOSE_ONE, CHOOSE, SCORE, CUMULATIVE, FOR_AGAINST, GRADES, RANK = range(7)
VALID, COUNTED, ROLL, FOR_AND_AGAINST = range(4)
LAST_COUNTS, FIRST_COUNTS = range(2)
UNDECIDED, LIST_ORDER = range(2)

# Characters that break or reorder lines unseen; no words may have them.
# Default_Ignorable_Code_Point, as section 8 lists it.
IGNORABLE = frozenset(map(chr, [
    0xAD, 0x34F, 0x61C, 0x115F, 0x1160, 0x17B4, 0x17B5, *range(0x180B, 0x1810), *range(0x200B, 0x2010),
    *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0x3164, *range(0xFE00, 0xFE10), 0xFEFF, 0xFFA0,
    *range(0xFFF0, 0xFFF9), *range(0x1BCA0, 0x1BCA4), *range(0x1D173, 0x1D17B), *range(0xE0000, 0xE1000)]))


class BadManifest(Exception):
    """A manifest that section 8 refuses."""


def demand(condition, sentence):
    if not condition:
        raise BadManifest(sentence)


@dataclass
class Method:
    tag: int
    fields: dict

    def __getattr__(self, name):
        try:
            return self.__dict__["fields"][name]
        except KeyError:
            raise AttributeError(name) from None

    @property
    def largest(self):
        """The largest value of an entry."""
        return {SCORE: self.fields.get("max"), CUMULATIVE: self.fields.get("points")}.get(self.tag, 1)


@dataclass
class Contest:
    title: list
    description: list
    options: list
    grades: list
    method: Method
    blank: list
    shuffle: bool
    seats: int
    quorum: tuple
    requirements: list
    ties: int

    @property
    def columns(self):
        """Section 7.1."""
        return {FOR_AGAINST: 3, GRADES: self.method.fields.get("grades"), RANK: len(self.options)}.get(
            self.method.tag, 1)

    @property
    def cells(self):
        return len(self.options) * self.columns

    @property
    def entries(self):
        return self.cells + (self.blank is not None)


@dataclass
class Style:
    name: list
    contests: list
    claims: rules.StyleClaims = field(default=None)


@dataclass
class Manifest:
    version: int
    board: str
    nonce: bytes
    title: list
    description: list
    administrator: bytes
    registrar: bytes
    trustees: list
    threshold: int
    complaint_window: int
    credentials: int
    total_weight: int
    opens: int
    closes: int
    open_early: bool
    close_early: bool
    recasting: int
    limit: int
    tests: int
    show_turnout: bool
    smallest_group: int
    cosignatures: int
    contests: list
    styles: list
    id: bytes


def decode(data):
    """The manifest of these bytes, with the claims of its styles. Raises Malformed or BadManifest."""
    if len(data) > MOST_BYTES:
        raise Malformed("the manifest has more than 1,000,000 bytes")
    reader = Reader(data)

    def text():
        return reader.list(lambda: (reader.string(), reader.string()))

    def fraction():
        return reader.u32(), reader.u32()

    def method():
        tag = reader.tag(7)
        if tag == CHOOSE:
            fields = {"min": reader.u16(), "max": reader.u16()}
        elif tag == SCORE:
            fields = {"max": reader.u32()}
        elif tag == CUMULATIVE:
            fields = {"points": reader.u32()}
        elif tag == FOR_AGAINST:
            fields = {"max_for": reader.u16()}
        elif tag == GRADES:
            fields = {"grades": reader.u8()}
        else:
            fields = {}
        return Method(tag, fields)

    def requirement():
        return fraction(), reader.tag(4), reader.bool()

    def contest():
        # Arguments of a call are read from left to right, in the order of the fields.
        return Contest(text(), reader.option(text), reader.list(text), reader.list(text), method(),
                       reader.option(text), reader.bool(), reader.u16(), reader.option(fraction),
                       reader.list(requirement), reader.tag(2))

    version, board, nonce, title, description = (
        reader.u16(), reader.string(), reader.take(16), text(), reader.option(text))
    administrator, registrar = reader.take(32), reader.take(32)
    trustees = reader.list(lambda: (reader.string(), reader.digest()))
    threshold, window, credentials, total_weight = reader.u8(), reader.u64(), reader.tag(2), reader.u64()
    opens, closes, open_early, close_early = reader.u64(), reader.u64(), reader.bool(), reader.bool()
    recasting = reader.tag(2)
    limit = reader.u16() if recasting == LAST_COUNTS else 1
    tests, show_turnout, smallest_group, cosignatures = reader.u16(), reader.bool(), reader.u32(), reader.u8()
    contests = reader.list(contest)
    styles = reader.list(lambda: Style(text(), reader.list(reader.u16)))
    reader.done()
    manifest = Manifest(version, board, nonce, title, description, administrator, registrar, trustees, threshold,
                        window, credentials, total_weight, opens, closes, open_early, close_early, recasting, limit,
                        tests, show_turnout, smallest_group, cosignatures, contests, styles,
                        hashes.digest("manifest", data))
    check(manifest)
    return manifest


def check(m):
    """Every bound of section 8 that the manifest alone decides."""
    demand(m.version == 1, "the version is not 1")
    demand(is_name(m.board, 200), "the board is no origin")
    check_text(m.title)
    check_text(m.description)
    n = len(m.trustees)
    demand(1 <= n <= 64, "there are not 1 to 64 trustees")
    for name, _ in m.trustees:
        demand(1 <= len(name.encode()) <= 200 and not any(c in LAYOUT or is_control(c) for c in name),
               "a trustee's name is malformed")
    demand(len({fingerprint for _, fingerprint in m.trustees}) == n, "a fingerprint stands twice")
    demand(1 <= m.threshold <= n, "the threshold is not 1 to n")
    demand(60_000 <= m.complaint_window <= 7_776_000_000, "the complaint window is out of bounds")
    demand(1 <= m.total_weight <= MOST_TOTAL, "the total weight is out of bounds")
    demand(m.opens < m.closes <= 8_640_000_000_000_000, "opens or closes is out of bounds")
    demand(1 <= m.limit <= 1000, "the limit of ballots is out of bounds")
    demand(m.tests <= 1000, "tests is out of bounds")
    demand(1 <= m.smallest_group <= m.total_weight, "the smallest group is out of bounds")
    demand(m.cosignatures <= 15, "cosignatures is out of bounds")
    demand(1 <= len(m.contests) <= 1000, "there are not 1 to 1,000 contests")
    demand(1 <= len(m.styles) <= 1000, "there are not 1 to 1,000 styles")
    for contest in m.contests:
        check_contest(contest, m.total_weight)
    used = set()
    for style in m.styles:
        check_text(style.name)
        demand(style.contests, "a style has no contest")
        demand(all(a < b for a, b in zip(style.contests, style.contests[1:])), "contests of a style do not ascend")
        demand(style.contests[-1] < len(m.contests), "a style has a contest that does not exist")
        used.update(style.contests)
    demand(len(used) == len(m.contests), "a contest is in no style")
    # Entries are counted before any rule is compiled: a ranking of m options has m² of them.
    sizes = [sum(m.contests[c].entries for c in style.contests) for style in m.styles]
    demand(max(sizes) <= 1000, "a style has more than 1,000 entries")
    demand(sum(c.entries for c in m.contests) + sum(sizes) <= 100_000, "there are more than 100,000 entries")
    for style in m.styles:
        style.claims = rules.compile_style([m.contests[c] for c in style.contests])
        check_style(style.claims)


def check_contest(c, total_weight):
    """Sections 7.1 and 8."""
    check_text(c.title)
    check_text(c.description)
    check_text(c.blank)
    for text in c.options + c.grades:
        check_text(text)
    m, method = len(c.options), c.method
    demand(1 <= m <= 1000, "a contest has not 1 to 1,000 options")
    if method.tag == CHOOSE:
        demand(1 <= method.max <= m and method.min <= method.max, "min or max is out of bounds")
    elif method.tag == FOR_AGAINST:
        demand(1 <= method.max_for <= m, "max_for is out of bounds")
    elif method.tag in (SCORE, CUMULATIVE):
        demand(1 <= method.largest <= 65_535, "points are out of bounds")
    elif method.tag == GRADES:
        demand(2 <= method.fields["grades"] <= 20, "grades are out of bounds")
    demand(len(c.grades) == (method.fields["grades"] if method.tag == GRADES else 0), "the grades are not as many")
    demand(c.entries <= 1000, "a contest has more than 1,000 entries")
    demand(c.blank is not None or method.tag in (SCORE, CUMULATIVE) or (method.tag == CHOOSE and method.min == 0),
           "a contest has no way to vote blank")
    demand(method.largest * total_weight <= MOST_TOTAL, "totals could be more than 2^40")
    demand(1 <= c.seats <= m, "seats are out of bounds")
    if c.quorum is not None:
        check_fraction(c.quorum, False)
    demand(len(c.requirements) <= 8, "a contest has more than 8 requirements")
    for fraction, base, more_than in c.requirements:
        check_fraction(fraction, more_than)
        demand(base != FOR_AND_AGAINST or method.tag == FOR_AGAINST, "a requirement has a base of another method")
    check_alike(c.options + ([c.blank] if c.blank is not None else []))
    check_alike(c.grades)


def check_fraction(fraction, strict):
    """Section 8: a fraction, which is below one where more than it is demanded."""
    numerator, denominator = fraction
    demand(denominator >= 1 and numerator <= denominator and not (strict and numerator == denominator),
           "a fraction is out of bounds")


def check_style(claims):
    """Section 8: what a style may be at most."""
    demand(claims.width * claims.padded <= 32_768, "a style's range proof is too large")
    rounds = (claims.width * claims.padded).bit_length() - 1
    longest = 37 + 32 + 4 + 64 * claims.entries + 292 + 64 * rounds + 193 + 64 - (0 if claims.equalities else 64)
    demand(longest <= 65_534, "a style's ballots are too long")
    for form in claims.ranges + claims.equalities:
        size = sum(abs(k) for _, k in form.terms) * 2**claims.width + abs(form.constant)
        demand(size < 2**128, "a form is too large")


def check_text(text):
    """Section 8: a text."""
    if text is None:
        return
    demand(1 <= len(text) <= 16, "a text has not 1 to 16 languages")
    tags = [tag for tag, _ in text]
    demand(all(a.encode() < b.encode() for a, b in zip(tags, tags[1:])), "language tags do not ascend")
    demand(len({tag.lower() for tag in tags}) == len(tags), "a language tag stands twice")
    for tag, words in text:
        demand(len(tag) <= 35 and tag.isascii() and all(
            1 <= len(part) <= 8 and part.isalnum() for part in tag.split("-")), "a language tag is malformed")
        demand(1 <= len(words.encode()) <= 4000, "words have not 1 to 4,000 bytes")
        demand(not any(c in LAYOUT or (is_control(c) and c != "\n") for c in words), "words have control characters")


def seen(text, tag):
    """The words of a text that a reader of a language sees, as far as a reader can tell them apart."""
    first = tag.split("-")[0]
    words = next((w for t, w in text if t.lower() == tag), None)
    if words is None:
        words = next((w for t, w in text if t.lower().split("-")[0] == first), text[0][1])
    words = "".join(" " if c in WHITE_SPACE else c for c in words if c not in IGNORABLE)
    return " ".join(word for word in words.split(" ") if word)


def check_alike(texts):
    """No two of these texts read alike in any language, and they have at most 16 tags together."""
    tags = {tag.lower() for text in texts for tag, _ in text}
    demand(len(tags) <= 16, "options or grades have more than 16 languages")
    # A part of a tag has at most 8 letters, so that "occursnowhere" is in none.
    readers = tags | {tag.split("-")[0] + "-occursnowhere" for tag in tags} | {"occursnowhere"}
    for reader in readers:
        words = [seen(text, reader) for text in texts]
        demand(len(set(words)) == len(words), "two options or two grades read alike")
