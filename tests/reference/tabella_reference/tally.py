"""The tally (section 14)."""

from collections import Counter

from . import curve
from .ceremony import equal_logarithms
from .coding import enc_list
from .curve import ORDER
from .hashes import M, digest, le16, le64
from .outcome import encode, outcome
from .report import Refused
from .transcript import Transcript


class Tally:
    """Aggregates, statements, shares and results of a closed election."""

    def __init__(self, manifest, keys, report):
        """`keys` are K, the V_j and X, or None if voting was never open."""
        self.manifest, self.keys, self.report = manifest, keys, report
        self.statements, self.shares, self.results, self.withheld = set(), {}, {}, set()
        self.before_release = None  # statements that stood before the first decryption share

    def demand(self, condition, check, sentence, items=1, culprit=None):
        if not condition:
            raise Refused(check, sentence, culprit=culprit)
        self.report.passed(check, items)

    def close(self, counting, size, root):
        """Sections 14.1 to 14.3. `counting` are (ballot, weight) of the ballots that count."""
        m = self.manifest
        # Where the entries of a contest stand in the vector of a style.
        places = []
        for style in m.styles:
            at, place = 0, {}
            for contest, length in zip(style.contests, style.claims.sizes):
                place[contest] = (at, length)
                at += length
            places.append(place)
        self.counted = [0] * len(m.contests)
        self.to_withhold, self.aggregates = [], {}
        for number, contest in enumerate(m.contests):
            having = [(ballot, weight) for ballot, weight in counting if number in places[ballot.style]]
            self.counted[number] = sum(weight for _, weight in having)
            groups = Counter((ballot.style, weight) for ballot, weight in having)
            if not groups or min(groups.values()) < m.smallest_group:
                self.to_withhold.append(number)
                continue
            sums = [[curve.IDENTITY, curve.IDENTITY] for _ in range(contest.entries)]
            for ballot, weight in having:
                at, length = places[ballot.style][number]
                for entry, ciphertext in enumerate(ballot.ciphertexts[at:at + length]):
                    for half in range(2):
                        term = curve.decode(ciphertext[half])
                        term = term if weight == 1 else curve.multiply(weight, term)
                        sums[entry][half] = curve.add(sums[entry][half], term)
            self.aggregates[number] = sums
        self.encoded = {number: enc_list([curve.encode(d) + curve.encode(c) for d, c in sums])
                        for number, sums in self.aggregates.items()}
        aggregate = digest("aggregate", enc_list([le16(number) + self.encoded[number] for number in self.encoded]))
        self.view = size, root, aggregate
        self.view_digest = digest("tally view", m.id, le64(size) + root + aggregate)

    def next_withheld(self):
        """The lowest contest that needs a withheld entry (section 13.2), or None."""
        return next((number for number in self.to_withhold if number not in self.withheld), None)

    def complete(self):
        """Whether every contest has its result or is withheld."""
        return len(self.withheld) + len(self.results) == len(self.manifest.contests)

    def statement(self, sender, fields):
        """Section 14.3."""
        self.demand(sender not in self.statements, "8.3", "the trustee has made a statement already", 0, sender)
        self.demand(fields["aggregate"] == self.view[2], "8.1", "the statement names another aggregate",
                    culprit=sender)
        self.demand((fields["size"], fields["root"]) == self.view[:2], "8.3", "the statement is about another view",
                    culprit=sender)
        self.statements.add(sender)

    def _exists(self, number, sender=None):
        """A contest of a share or result."""
        self.demand(number < len(self.manifest.contests), "8.4", "the contest does not exist", 0, sender)
        self.demand(number in self.aggregates, "8.2", "the contest is withheld", 0, sender)

    def decryption(self, sender, fields):
        """Section 14.4."""
        number = fields["contest"]
        self._exists(number, sender)
        self.demand((sender, number) not in self.shares, "8.4", "the trustee has sent this share already", 0, sender)
        self.demand(sender in self.statements, "8.4", "the trustee has made no statement", 0, sender)
        ds = [curve.encode(d) for d, _ in self.aggregates[number]]
        self.demand(len(fields["points"]) == len(ds), "8.4", "there are not as many points as entries", 0, sender)
        _, verification_keys, x = self.keys
        context = digest("decryption", self.manifest.id, x, self.view_digest, le16(number), self.encoded[number])
        t = Transcript("decryption share")
        t.append("context", context)
        t.append_u64("trustee", sender)
        holds = equal_logarithms(t, curve.encode(verification_keys[sender - 1]), list(zip(ds, fields["points"])),
                                 fields["T1"], fields["T2"], fields["z"])
        self.demand(holds, "8.4", "the decryption share does not verify", culprit=sender)
        if self.before_release is None:
            self.before_release = len(self.statements)
        self.shares[sender, number] = [curve.decode(point) for point in fields["points"]]

    def result(self, number, trustees, totals, claimed, roll):
        """Section 14.5. `roll` is the weight of everybody on the roll who has the contest."""
        m = self.manifest
        self._exists(number)
        self.demand(number not in self.results, "8.5", "the contest has its result already", 0)
        self.demand(len(trustees) == m.threshold and all(a < b for a, b in zip(trustees, trustees[1:])), "8.5",
                    "the result does not name t trustees in ascending order", 0)
        self.demand(all((i, number) in self.shares for i in trustees), "8.5", "a share that is named does not stand", 0)
        aggregate = self.aggregates[number]
        self.demand(len(totals) == len(aggregate), "8.5", "there is not one total for each entry", 0)
        factors = []
        for i in trustees:
            above = below = 1
            for j in trustees:
                if j != i:
                    above, below = above * j % ORDER, below * (j - i) % ORDER
            factors.append(above * pow(below, -1, ORDER) % ORDER)
        for entry, (total, (_, c)) in enumerate(zip(totals, aggregate)):
            terms = [(total, M), (-1, c)]
            terms += [(factor, self.shares[i, number][entry]) for factor, i in zip(factors, trustees)]
            self.demand(curve.is_identity(curve.combine(terms)), "8.5",
                        f"the total of entry {entry} is not what the shares decrypt to")
        contest = m.contests[number]
        computed = outcome(contest, totals, self.counted[number], roll)
        self.demand(encode(computed) == encode(claimed), "8.6", "the outcome is another")
        self.results[number] = totals, computed
