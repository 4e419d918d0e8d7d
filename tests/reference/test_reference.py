"""Checks of chapters 3 to 8 refuse what breaks them; see changes.py."""

import unittest

from changes import Changes, find, made, put
from tabella_reference import curve, making
from tabella_reference import entries as e
from tabella_reference.coding import enc_list
from tabella_reference.curve import ORDER
from tabella_reference.hashes import digest, hash_to_point, le16, le32, le64
from tabella_reference.made import VOTES
from tabella_reference.transcript import Transcript


class Voting(Changes):
    """Each refused by the check that is named."""

    # Chapter 3

    def test_ceremony(self):
        def message(kind, nth, at, new):
            index = find(e.TRUSTEE, nth, kind)
            return index, at, new

        keys = find(e.TRUSTEE, 0, e.REGISTRATION)
        self.entry("3.1", "another encryption key", keys, 35, b"!")
        self.entry("3.2", "another trustee's signature", keys, len(made.log[keys]) - 64, made.log[keys + 1][-64:],
                   False)
        self.entry("3.2", "a trustee who does not exist", find(e.TRUSTEE, 0, e.HASH), 1, b"\4")
        self.entries("3.3", "a registration twice", lambda log: log[:keys + 1] + log[keys:])
        index = find(e.TRUSTEE, 0, e.HASH)
        self.entries("3.3", "a hash twice", lambda log: log[:index + 1] + log[index:])
        self.entry("3.3", "a message of the next attempt", index, 3, le32(1))
        commitments = find(e.TRUSTEE, 0, e.COMMITMENTS)
        self.entries("3.3", "commitments before all hashes", lambda log: log[:commitments - 1] + [
            log[commitments], log[commitments - 1]] + log[commitments + 1:])
        self.entries("3.3", "no shares of a dealer", lambda log: [
            x for i, x in enumerate(log) if i != find(e.TRUSTEE, 0, e.SHARES)])
        self.entries("3.3", "no confirmation of a trustee", lambda log: [
            x for i, x in enumerate(log) if i != find(e.TRUSTEE, -1, e.CONFIRMATION)])
        self.entry("3.4", "other commitments than announced", *message(e.HASH, 0, 8, b"!"))
        at = 3 + 4 + 4 + 32
        self.entry("3.4", "another second commitment", commitments, at, curve.encode(curve.BASE))
        self.entry("3.5", "a proof of possession that does not verify", commitments, at + 32, curve.encode(curve.BASE))
        self.entry("3.5", "a proof of possession of 0", commitments, at + 32, bytes(64))
        self.entry("3.5", "a commitment that is the identity", commitments, at, bytes(32))
        shares = find(e.TRUSTEE, 0, e.SHARES)
        self.entries("3.6", "a share too few", lambda log: log[:shares] + [
            log[shares][:7] + le32(1) + log[shares][11:91] + bytes(64)] + log[shares + 1:])
        self.entries("3.6", "a share too many", lambda log: log[:shares] + [
            log[shares][:7] + le32(3) + log[shares][11:171] + bytes(80 + 64)] + log[shares + 1:])
        complaint = find(e.TRUSTEE, -1, e.COMPLAINT)
        self.entry("3.7", "a complaint about oneself", complaint, 7, b"\1")
        self.entry("3.2", "a complaint about nobody", complaint, 7, b"\0")
        self.entries("3.7", "a complaint twice", lambda log: log[:complaint + 1] + log[complaint:])
        answer = find(e.TRUSTEE, -1, e.ANSWER)
        self.entry("3.7", "an answer to nobody", answer, 7, b"\2")
        self.entries("3.8", "no answer", lambda log: log[:answer] + log[answer + 1:])
        self.entry("1.9", "a wrong answer without a restart", answer, 8, b"!")
        self.entry("3.8", "another transcript", *message(e.CONFIRMATION, -1, 7, b"!"))
        self.entries("3.8", "a confirmation from before the answer", lambda log: log[:answer + 1] + [
            log[find(e.TRUSTEE, 0, e.CONFIRMATION)]] + log[answer + 2:])
        restart = find(e.RESTART, 0)
        self.entries("1.9", "no restart after a wrong answer", lambda log: log[:restart] + log[restart + 1:])
        self.entry("3.11", "a restart with another culprit", restart, 6, b"\3")
        self.entries("3.11", "a restart that is not due", lambda log: log[:restart + 1] + log[restart:])
        act = find(e.ADMINISTRATOR, 0)
        self.entry("3.3", "an act that restarts another attempt", act, 2, le32(0))
        late = find(e.RESTART, 2)
        self.entries("3.11", "a restart before the deadline", lambda log: log[:late - 1] + log[late:])
        test = find(e.TRUSTEE, 0, e.TEST_DECRYPTION)
        self.entry("3.10", "a test decryption with another share", test, 7, curve.encode(curve.BASE))
        self.entries("3.10", "a test decryption with another secret", lambda log: log[:test] + [
            self.other_test()] + log[test + 1:])

    def other_test(self):
        """The test decryption of trustee 1 with a secret of its own, and a proof that would hold for it."""
        x, secret = made.state.keys[2], 12345
        base = hash_to_point("test decryption", made.id, x, b"\1")
        pair = curve.encode(base), curve.encode(curve.multiply(secret, base))
        t = Transcript("test decryption")
        t.append("election", made.id)
        t.append("ceremony", x)
        t.append_u64("trustee", 1)
        message = made.message(e.TEST_DECRYPTION, pair[1] + making.prove_logarithms(made.dice, t, secret, [pair]))
        return bytes([e.TRUSTEE, 1]) + message + bytes(64)

    def test_a_key_that_is_the_identity(self):
        """The last dealer takes away what the others dealt. All proofs of possession hold, and K = 0."""
        first, second = made.polynomials[:2]
        cancelling = [-(a + b) % ORDER for a, b in zip(first, second)]
        points = enc_list([made.credential(a) for a in cancelling])
        announced = digest("ceremony commitments", made.state.ceremony.attempt.parameters, b"\3", points)
        message = made.message(e.COMMITMENTS, points + made.possession(announced, cancelling[0]))
        hash_at, at = find(e.TRUSTEE, -1, e.HASH, 3), find(e.TRUSTEE, -1, e.COMMITMENTS, 3)
        self.entries("3.9", "an election key of 0", lambda log: log[:hash_at] + [put(
            log[hash_at], 7, announced)] + log[hash_at + 1:at] + [bytes([e.TRUSTEE, 3]) + message + bytes(64)] + log[
                at + 1:])

    # Chapters 4 and 5

    def test_roll(self):
        first, second = find(e.ROLL_PART), find(e.ROLL_PART, 1)
        change = [find(e.ROLL_CHANGE, i) for i in range(3)]
        weight, style = 10 + 32, 10 + 36
        self.entry("4.1", "a roll that somebody else signed", first, len(made.log[first]) - 64, made.log[-5][-64:],
                   False)
        unsigned = made.log[change[0]][:-64]
        elsewhere = made.registrar.sign("roll change", made.id, bytes(32), unsigned[1:])
        self.entry("4.1", "a change signed for another roll", change[0], len(unsigned), elsewhere, False)
        self.entry("4.2", "the second part first", first, 1, le32(1))
        self.entries("4.2", "a part after the last", lambda log: log[:second + 1] + [put(
            log[second], 1, le32(2))] + log[second + 1:])
        self.entries("4.2", "a part without voters", lambda log: log[:first] + [
            log[first][:6] + le32(0) + bytes(64)] + log[first:])
        self.entries("4.3", "two voters swapped", lambda log: log[:first] + [
            log[first][:10] + log[first][80:150] + log[first][10:80] + log[first][150:]] + log[first + 1:])
        self.entry("4.3", "a voter twice", first, 80, made.log[first][10:42])
        self.entry("4.3", "a voter without weight", first, weight, le32(0))
        self.entry("4.3", "a style that does not exist", first, style, le16(4))
        self.entry("4.3", "a credential that is no point", first, 10, b"\1" + bytes(31))
        self.entry("4.3", "a group of one", first, weight, le32(3))
        self.entry("4.4", "a weight beyond the total", first, weight, le32(101))
        self.entry("4.5", "a change out of order", change[0], 1, le32(1))
        self.entry("4.5", "a voter added twice", change[0], 6, made.credential(made.secrets[0]))
        self.entry("4.3", "a voter added to a class of nobody", change[0], 6 + 32, le32(9))
        self.entry("4.5", "nobody revoked", change[1], 6, curve.encode(hash_to_point("nobody")))
        self.entry("4.5", "a credential back on the roll", change[2], 38, made.credential(made.secrets[8]))
        self.entries("4.5", "a change after the opening", lambda log: log[:find(e.OPEN) + 1] + [
            log[change[0]]] + log[find(e.OPEN) + 1:])

    def test_opening(self):
        at, act = find(e.OPEN), find(e.ADMINISTRATOR, 1)
        self.entries("5.1", "an opening without its act", lambda log: log[:act] + log[act + 1:])
        self.entries("1.9", "no opening", lambda log: log[:at] + log[at + 1:])
        test = find(e.TRUSTEE, -1, e.TEST_DECRYPTION)
        self.entries("5.1", "an act before the ceremony is complete", lambda log: log[:test] + log[test + 1:])
        self.entry("5.2", "another key", at, 1, curve.encode(curve.BASE))
        self.entry("5.2", "another ceremony", at, 33, bytes(32))
        self.entry("5.2", "another roll", at, 65, bytes(32))
        self.entry("5.2", "another number of voters", at, 97, le64(9))

    # Chapters 6 and 7

    def test_ballots(self):
        tested, first, recast, closed = find(e.CHALLENGE), find(e.CAST), find(e.CAST, 1), find(e.CLOSE)
        opened = find(e.OPEN)
        log = made.log
        self.entries("6.1", "a ballot after the closing", lambda log: log[:closed + 2] + [log[first]] + log[
            closed + 2:])
        self.entries("1.9", "a ballot before the opening", lambda log: log[:opened] + [log[first]] + log[opened:])
        self.entry("6.2", "a ballot with another's signature", first, len(log[first]) - 64, log[recast][-64:], False)
        self.entries("6.2", "a tested ballot that the board casts", lambda log: log[:tested] + [
            b"\x08" + log[tested][1:]] + log[tested + 1:], False)
        self.entry("6.3", "a range proof with another scalar", first, len(log[first]) - 64 - 352, b"\1" * 31)
        self.entry("6.3", "a ballot with the identity for a point", first, 42, bytes(32))
        self.entry("6.3", "a ciphertext of another ballot", first, 42, log[recast][74:138])
        self.ballot("6.4", "a ballot of another style", first, 0, 0, None, VOTES[6][0], style=3)
        self.ballot("6.4", "a ballot of a voter who was revoked", first, 8, 0, None, VOTES[6][0], style=3)
        self.entries("6.5", "a recast without the ballot before it", lambda log: log[:first] + log[first + 1:])
        code = digest("ballot", made.id, log[recast][1:-64])
        self.ballot("6.5", "a recast that names another ballot", recast, 0, 1, bytes(32), VOTES[0][1])
        self.ballot("6.5", "a recast that counts two further", recast, 0, 2, code, VOTES[0][1])
        self.ballot("6.6", "a third ballot", recast + 1, 0, 2, code, VOTES[0][1], instead=False)
        self.entries("6.6", "a second test", lambda log: log[:tested + 1] + log[tested:])
        self.entries("6.7", "a tested ballot that its voter casts", lambda log: log[:first] + [
            made.sign(b"\x08" + log[tested][1:])] + log[first + 1:])
        opening = find(e.OPENING)
        self.entry("6.8", "an opening of a cast ballot", opening, 1, le64(first))
        self.entry("6.8", "an opening with another seed", opening, 9, b"!")
        self.entry("6.8", "an opening to another vote", opening, 49, le16(1) + le16(0))
        self.entry("6.8", "an opening by nobody", opening, len(log[opening]) - 40, b"!!", False)
        self.entries("6.8", "an opening twice", lambda log: log[:opening + 1] + log[opening:])

    def ballot(self, check, name, at, *ballot, style=None, instead=True):
        """A ballot that its voter proves and signs, in the place of an entry or before it."""
        body = made.ballot(*ballot, bytes(32), style)
        self.entries(check, name, lambda log: log[:at] + [b"\x08" + body + bytes(64)] + log[at + instead:])

    def test_cheating_voters(self):
        """Ballots whose makers follow the protocol but for what they vote."""
        for name, votes in (("two votes", [[1, 1, 0, 0], [0, 1, 0, 1, 0, 0, 0]]),
                            ("minus one vote", [[2, -1, 0, 0], [0, 1, 0, 1, 0, 0, 0]])):
            # The ballot that follows names another: the proof fails before it.
            self.ballot("6.3", f"a ballot with {name}", find(e.CAST), 0, 0, None, votes)

    def test_closing(self):
        closed, act = find(e.CLOSE), find(e.ADMINISTRATOR, 2)
        self.entries("7.1", "a closing without its act", lambda log: log[:act] + log[act + 1:])
        self.entries("1.9", "no closing", lambda log: log[:closed] + log[closed + 1:])
        for at, name in ((1, "counted"), (9, "cast"), (17, "tested")):
            self.entry("7.2", f"another number {name}", closed, at, le64(3))
        self.entries("7.2", "a ballot that is missing", lambda log: [
            x for i, x in enumerate(log) if i != find(e.CAST, -1)])

    # Chapter 8

    def test_tally(self):
        statement, share = find(e.TRUSTEE, 0, e.STATEMENT), find(e.TRUSTEE, 0, e.DECRYPTION)
        result, withheld = find(e.RESULT), find(e.WITHHELD)
        self.entry("8.1", "a statement about another aggregate", statement, 43, bytes(32))
        self.entries("1.9", "no withheld contest", lambda log: log[:withheld] + log[withheld + 1:])
        self.entry("8.2", "another contest withheld", withheld, 1, le16(6))
        self.entry("8.3", "a statement about a longer log", statement, 3, le64(99))
        self.entry("8.3", "a statement about another root", statement, 11, bytes(32))
        self.entries("8.3", "a statement twice", lambda log: log[:statement + 1] + log[statement:])
        self.entries("8.4", "a share without a statement", lambda log: log[:statement] + log[statement + 1:])
        self.entry("8.4", "a share of another point", share, 9, curve.encode(curve.BASE))
        other = bytes([e.TRUSTEE, 1]) + made.decryption(1, 0, secret=12345) + bytes(64)
        self.entries("8.4", "a share with another secret", lambda log: log[:share] + [other] + log[share + 1:])
        hidden = bytes([e.TRUSTEE, 1]) + put(made.decryption(1, 0), 1, le16(7)) + bytes(64)
        self.entries("8.2", "a share of a withheld contest", lambda log: log[:share] + [hidden] + log[share:])
        self.entries("8.4", "a share twice", lambda log: log[:share + 1] + log[share:])
        totals = 3 + 4 + 2 + 4
        total = int.from_bytes(made.log[result][totals:totals + 8], "little")
        self.entries("8.5", "a vote more, and what follows from it", lambda log: log[:result] + [
            made.result(0, lambda totals: [totals[0] + 1, *totals[1:]])] + log[result + 1:])
        self.entry("8.5", "a result of a trustee without shares", result, 8, b"\2")
        self.entry("8.5", "a trustee twice", result, 8, b"\1")
        self.entries("8.5", "a result twice", lambda log: log[:result + 1] + log[result:])
        self.entries("8.5", "a result before its shares", lambda log: log[:share] + [log[result]] + log[share:])
        self.entries("8.5", "no result", lambda log: log[:result] + log[result + 1:])
        self.entry("8.6", "another verdict", result, len(made.log[result]) - 1, b"\3")
        self.entry("8.6", "another score", result, totals + 8 * 4 + 4 + 2, le64(total + 1))
        self.entry("8.6", "an option qualified", result, totals + 8 * 4 + 4 + 13 + 12, b"\1")


if __name__ == "__main__":
    unittest.main()
