"""The claims of contests and ballot styles (section 7)."""

from dataclasses import dataclass


@dataclass
class Form:
    """Σ coefficient·x[entry] + constant, with the numbers that section 7.2 keeps beside a range claim."""

    terms: list
    constant: int = 0
    largest: int = 0
    implied_at: int = None

    def at(self, x):
        """The form's value on a list of integers."""
        return sum(k * x[entry] for entry, k in self.terms) + self.constant

    def shifted(self, by):
        return Form([(entry + by, k) for entry, k in self.terms], self.constant, self.largest, self.implied_at)


@dataclass
class StyleClaims:
    """The claims of a ballot style: its entries, the width n, and m', the padded number of range claims."""

    entries: int
    sizes: list
    width: int
    ranges: list
    equalities: list
    padded: int

    @property
    def rounds(self):
        return (self.width * self.padded).bit_length() - 1


def compile_contest(c):
    """Section 7.2: (range claims, equality claims) of a contest."""
    m, columns, cells = len(c.options), c.columns, c.cells
    b = cells if c.blank is not None else None
    every = list(range(cells))
    rows = [every[i * columns:(i + 1) * columns] for i in range(m)]

    def column(p):
        return every[p::columns]

    def with_blank(terms, coefficient):
        return terms + ([(b, coefficient)] if b is not None else [])

    def at_most(s, k):
        return Form(with_blank([(e, -1) for e in s], -k), k, k, k if len(s) == 1 and b is None else None)

    def at_least(s, k, largest):
        return Form(with_blank([(e, 1) for e in s], k), -k, largest)

    def sum_is_one(s):
        return Form(with_blank([(e, 1) for e in s], 1), -1)

    ranges = [Form([(e, 1)], 0, c.method.largest) for e in every]
    if b is not None:
        ranges.append(Form([(b, 1)], 0, 1))
    equalities = []
    tag, fields = c.method.tag, c.method.fields
    if tag == 0:  # choose one
        equalities = [sum_is_one(every)]
    elif tag == 1:  # choose
        least, most = fields["min"], fields["max"]
        if most > 1:
            ranges += [at_most([e], 1) for e in every]
        if most < m or most == 1:
            ranges.append(at_most(every, most))
        if least > 0:
            ranges.append(at_least(every, least, most - least))
    elif tag == 2:  # score
        ranges += [at_most([e], fields["max"]) for e in every]
    elif tag == 3:  # cumulative
        ranges.append(at_most(every, fields["points"]))
    elif tag == 4:  # for / against / abstain
        if fields["max_for"] < m:
            ranges.append(at_most(column(0), fields["max_for"]))
        equalities = [sum_is_one(row) for row in rows]
    elif tag == 5:  # grades
        equalities = [sum_is_one(row) for row in rows]
    else:  # rank
        equalities = [sum_is_one(row) for row in rows] + [sum_is_one(column(p)) for p in range(m)]
    return ranges, equalities


def compile_style(contests):
    """Section 7.3."""
    ranges, equalities, before, sizes = [], [], 0, []
    for contest in contests:
        own_ranges, own_equalities = compile_contest(contest)
        ranges += [form.shifted(before) for form in own_ranges]
        equalities += [form.shifted(before) for form in own_equalities]
        before += contest.entries
        sizes.append(contest.entries)
    width = next(n for n in (8, 16, 32, 64) if all(form.largest < 2**n for form in ranges))
    ranges = [form for form in ranges if form.implied_at != 2**width - 1]
    padded = 1 << (len(ranges) - 1).bit_length()
    return StyleClaims(before, sizes, width, ranges, equalities, padded)


def obeys(contest, x):
    """Whether integers obey every claim of a contest, shortcuts included (section 9.8)."""
    ranges, equalities = compile_contest(contest)
    return len(x) == contest.entries and all(0 <= form.at(x) <= form.largest for form in ranges) and all(
        form.at(x) == 0 for form in equalities)
