"""The outcome of a contest (section 15)."""

from itertools import groupby

from .manifest import CUMULATIVE, FOR_AGAINST, GRADES, LIST_ORDER, RANK, SCORE

DECIDED, NO_QUORUM, NONE_QUALIFIED, TIE = range(4)
VERDICTS = ("decided", "no quorum", "none qualified", "tie")


def reaches(part, base, divisor, fraction, strict):
    """Section 15.3."""
    numerator, denominator = fraction
    left, right = part * denominator, numerator * base * divisor
    return base != 0 and (left > right if strict else left >= right)


def grade(row):
    """(merit, score) of an option's row of grades (section 15.2)."""
    total, reached = sum(row), 0
    if total == 0:
        return (-(len(row) - 1), 0), len(row) - 1
    for g, votes in enumerate(row):
        reached += votes
        if 2 * reached > total:
            break
    p, q = sum(row[:g]), sum(row[g + 1:])
    return (-g, p if p > q else -q), g


def measure(contest, row):
    """(merit, score, support, divisor) of an option (section 15.2)."""
    tag, m = contest.method.tag, len(contest.options)
    if tag == GRADES:
        merit, score = grade(row)
        return merit, score, sum(row[:-1]), 1
    if tag == RANK:
        points = sum((m - 1 - p) * votes for p, votes in enumerate(row))
        return points, points, points, max(m - 1, 1)
    divisor = contest.method.largest if tag in (SCORE, CUMULATIVE) else 1
    return row[0], row[0], row[0], divisor


def outcome(contest, totals, counted, roll):
    """(standings, elected, tied, verdict) by section 15.3."""
    columns, m = contest.columns, len(contest.options)
    rows = [totals[i * columns:(i + 1) * columns] for i in range(m)]
    blank = totals[contest.cells] if contest.blank is not None else 0
    valid = max(counted - blank, 0)
    measures = [measure(contest, row) for row in rows]

    def qualified(i):
        _, _, support, divisor = measures[i]
        # For and against are columns of one method alone; no other has a requirement with this base.
        bases = [valid, counted, roll, sum(rows[i][:2]) if contest.method.tag == FOR_AGAINST else 0]
        return all(reaches(support, bases[base], divisor, fraction, strict)
                   for fraction, base, strict in contest.requirements)

    # Sorting is stable: options of equal merit keep the manifest's order.
    order = sorted(range(m), key=lambda i: measures[i][0], reverse=True)
    groups = [list(group) for _, group in groupby(order, key=lambda i: measures[i][0])]
    standings, place = [], 1
    for group in groups:
        standings += [(i, measures[i][1], place, qualified(i)) for i in group]
        place += len(group)
    if contest.quorum is not None and not reaches(counted, roll, 1, contest.quorum, False):
        return standings, [], [], NO_QUORUM
    good = {i for i, _, _, is_qualified in standings if is_qualified}
    elected, tied = [], []
    for group in groups:
        open_seats = contest.seats - len(elected)
        candidates = [i for i in group if i in good]
        if len(candidates) > open_seats > 0 and contest.ties != LIST_ORDER:
            tied = candidates
            break
        elected += candidates[:open_seats]
    verdict = TIE if tied else DECIDED if elected else NONE_QUALIFIED
    return standings, elected, tied, verdict


def encode(result):
    """enc(outcome) of section 15.1."""
    standings, elected, tied, verdict = result

    def number(x, size):
        return x.to_bytes(size, "little")

    data = number(len(standings), 4)
    for option, score, place, qualified in standings:
        data += number(option, 2) + number(score, 8) + number(place, 2) + bytes([qualified])
    for options in (elected, tied):
        data += number(len(options), 4) + b"".join(number(i, 2) for i in options)
    return data + bytes([verdict])
