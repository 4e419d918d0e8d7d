"""The roll (section 13.5)."""

from collections import Counter

from . import curve
from .hashes import digest, signed

MOST_VOTERS = 900
REVOKE, REPLACE, ADD = range(3)


class Roll:
    """Who may vote: by credential (weight, style, identity)."""

    def __init__(self, manifest, report):
        self.manifest, self.report, self.demand = manifest, report, report.demand
        self.voters, self.ever = {}, set()
        self.weight, self.last = 0, b""
        self.parts, self.changes, self.complete = 0, 0, False
        self.digest = bytes(32)

    def _signed(self, purpose, entry, signature, *parts):
        """Section 13: the registrar signs for the roll before this entry."""
        self.demand(signed(self.manifest.registrar, signature, purpose, self.manifest.id, self.digest, *parts), "4.1",
                    "the registrar's signature does not verify for the roll before")

    def _credential(self, credential):
        """A canonical point, not the identity."""
        point = curve.decode(credential)
        self.demand(point is not None and not curve.is_identity(point), "4.3",
                    "a credential is not canonical or is the identity", 0)

    def _voter(self, voter):
        """Section 13.5: one voter of a part, or one who is added."""
        credential, weight, style, identity = voter
        self._credential(credential)
        self.demand(weight >= 1, "4.3", "a voter has no weight", 0)
        self.demand(style < len(self.manifest.styles), "4.3", "a voter has a style that does not exist")
        self.demand(self.weight + weight <= self.manifest.total_weight, "4.4",
                    "the weights are more than the manifest allows")
        self.weight += weight
        self.voters[credential] = weight, style, identity
        self.ever.add(credential)

    def part(self, entry, number, last, voters, signature):
        """Section 13.5: a part of the roll."""
        # enc((part, last)) are the 5 bytes after the tag; enc(voters) ends where the signature begins.
        self._signed("roll", entry, signature, entry[1:6], entry[6:-64])
        self.demand(not self.complete, "4.2", "the roll is complete already", 0)
        self.demand(number == self.parts, "4.2", "the part has another number than the parts before it", 0)
        self.demand(1 <= len(voters) <= MOST_VOTERS, "4.2", "a part has not 1 to 900 voters")
        for voter in voters:
            self.demand(voter[0] > self.last, "4.3", "the voters are not in ascending order", 0)
            self._voter(voter)
            self.last = voter[0]
        self.parts += 1
        if last:
            groups = Counter((style, weight) for weight, style, _ in self.voters.values())
            self.demand(min(groups.values()) >= self.manifest.smallest_group, "4.3",
                        "a group of style and weight is smaller than the smallest group", 0)
            self.complete = True
        self.digest = digest("roll", self.digest, entry)

    def change(self, entry, sequence, change, signature):
        """Section 13.5: revoke, replace, add."""
        self._signed("roll change", entry, signature, entry[1:-64])
        self.demand(self.complete, "4.5", "the roll is not complete", 0)
        self.demand(sequence == self.changes, "4.5", "the change has another number than the changes before it", 0)
        kind, credential = change[:2]
        if kind == ADD:
            voter = change[1]
            weight, style = voter[1:3]
            self.demand(voter[0] not in self.ever, "4.5", "the credential was on the roll before", 0)
            self.demand(self.manifest.smallest_group == 1 or any(
                there[:2] == (weight, style) for there in self.voters.values()), "4.3",
                "nobody on the roll has this style and weight")
            self._voter(voter)
        else:
            self.demand(credential in self.voters, "4.5", "the credential is not on the roll", 0)
            if kind == REVOKE:
                self.demand(len(self.voters) > 1, "4.5", "the only voter cannot be revoked", 0)
                self.weight -= self.voters.pop(credential)[0]
            else:
                self._credential(change[2])
                self.demand(change[2] not in self.ever, "4.5", "the credential was on the roll before", 0)
                self.voters[change[2]] = self.voters.pop(credential)
                self.ever.add(change[2])
        self.changes += 1
        self.report.passed("4.5")
        self.digest = digest("roll", self.digest, entry)
