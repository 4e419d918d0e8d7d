"""The checks of section 16.2 and the report of a verification (section 16.1)."""

CHECKS = {
    "1.1": "The record holds the files it must hold, and no others",
    "1.2": "Every checkpoint is signed by the board and consistent with the others",
    "1.3": "The entries have the root that the checkpoint signs",
    "1.4": "The published hashes follow from the entries",
    "1.5": "Every entry is the canonical encoding of what it says",
    "1.6": "Blocks count up, their time never runs back, each names the root before it",
    "1.7": "The board log anchors the checkpoints of the election",
    "1.8": "The witnesses that the manifest demands signed the checkpoints",
    "1.9": "Automatic entries stand where the rules make them due",
    "1.10": "Each release of the web app lists its files, and differs from the last",
    "2.1": "The manifest stands in order behind the first block",
    "2.2": "The election is named by the hash of its manifest",
    "2.3": "The manifest's rules hold together",
    "2.4": "The administrator signed every act, for the time at which it stands",
    "3.1": "Every trustee registered the keys that the manifest names",
    "3.2": "Trustees signed all that they said",
    "3.3": "The rounds of the ceremony stand in order, each message once",
    "3.4": "Commitments are those whose hash was announced before",
    "3.5": "Every dealer made t commitments and proves possession of the secret",
    "3.6": "Every dealer sealed a share for each other trustee",
    "3.7": "Every complaint was answered with a share that fits the commitments",
    "3.8": "All trustees confirmed one and the same ceremony",
    "3.9": "The election key and all verification keys are not the identity",
    "3.10": "Every trustee proved that the stored share can be used",
    "3.11": "Every restart of the ceremony has its ground",
    "4.1": "The registrar signed the roll and its changes, each for the roll before it",
    "4.2": "The parts of the roll are complete and in order",
    "4.3": "Voters are sorted, each once, with a good credential, weight and style, in groups large enough",
    "4.4": "The weights add up to no more than the manifest allows",
    "4.5": "Changes of the roll are in order, before opening, and possible",
    "5.1": "Voting opened when and because the rules say so",
    "5.2": "Voting opened under the ceremony's key and for the roll",
    "6.1": "Ballots stand between opening and closing",
    "6.2": "Every ballot is signed by its credential's holder",
    "6.3": "Every ballot proves that it obeys the rules of its contests",
    "6.4": "Every ballot is of a voter on the roll and has the voter's style",
    "6.5": "Every ballot names the voter's ballot before it and counts one further",
    "6.6": "No voter cast or tested more ballots than the manifest allows",
    "6.7": "No ciphertext stands in two ballots, and no tested ballot is cast",
    "6.8": "Every published opening opens a tested ballot and is signed by its voter",
    "7.1": "Voting closed when and because the rules say so",
    "7.2": "The closing counts the ballots that stand before it",
    "8.1": "The aggregate is the weighted sum of the ballots that count",
    "8.2": "A contest is withheld exactly if a group in it is too small",
    "8.3": "Trustees stated that they decrypt this record and aggregate",
    "8.4": "Every decryption share belongs to its trustee and to this aggregate",
    "8.5": "The totals are what the shares of t trustees decrypt to",
    "8.6": "The outcome follows from the totals by the manifest's rules",
}


class Refused(Exception):
    """A check that fails. The first one ends a verification (section 16.1)."""

    def __init__(self, check, sentence, where=None, culprit=None):
        super().__init__(sentence)
        assert check in CHECKS, check
        self.check, self.sentence, self.where, self.culprit = check, sentence, where, culprit

    def __str__(self):
        text = f"check {self.check}"
        if self.where is not None:
            text += f", {self.where}"
        if self.culprit is not None:
            text += f", trustee {self.culprit}"
        return f"{text}: {self.args[0]}"


class Report:
    """Counts, for each check, the items that passed."""

    def __init__(self):
        self.items = dict.fromkeys(CHECKS, 0)
        self.failure = None
        self.facts = {}

    def passed(self, check, items=1):
        self.items[check] += items

    def demand(self, condition, check, sentence, items=1):
        """Count items of a check that hold, or end the verification."""
        if not condition:
            raise Refused(check, sentence)
        self.items[check] += items

    def lines(self):
        for check, title in CHECKS.items():
            if self.failure is None:
                status = "holds"
            elif self.failure.check == check:
                status = "FAILS"
            else:
                status = "not reached to the end"
            yield f"{check:>5}  {title:<100} {self.items[check]:>7}  {status}"
