"""Attacks that the literature has, on the small record and on signatures; see docs/threat-model.md."""

import hashlib
import json
import os
import unittest

from changes import WRITTEN, Changes, find, made, put
from tabella_reference import curve, hashes, making
from tabella_reference import entries as e
from tabella_reference.coding import enc_list
from tabella_reference.curve import ORDER, P
from tabella_reference.election import Election
from tabella_reference.hashes import B, M, digest, le16, le32
from tabella_reference.made import VOTES, Made
from tabella_reference.report import Report
from tabella_reference.transcript import Transcript


class Ceremony(Changes):
    def test_a_key_that_is_a_multiple_of_the_message_base(self):
        """The last dealer makes K = c·M, under which every C opens to every value: it cannot prove possession."""
        c = 12345
        others = curve.combine([(1, curve.decode(made.credential(made.polynomials[i][0]))) for i in range(2)])
        first = curve.subtract(curve.multiply(c, M), others)
        points = enc_list([curve.encode(first), made.credential(1)])
        announced = digest("ceremony commitments", made.state.ceremony.attempt.parameters, b"\3", points)
        self.assertTrue(curve.equal(curve.add(first, others), curve.multiply(c, M)))
        # A proof for a challenge that was guessed is all that a dealer has who does not know the logarithm.
        guessed, z = 54321, 99
        t = curve.subtract(curve.multiply(z, B), curve.multiply(guessed, first))
        proofs = {"c in the place of the logarithm": made.possession(announced, c),
                  "a guessed challenge": curve.encode(t) + making.scalar_bytes(z)}
        hash_at, at = find(e.TRUSTEE, -1, e.HASH, 3), find(e.TRUSTEE, -1, e.COMMITMENTS, 3)
        for name, proof in proofs.items():
            entry = bytes([e.TRUSTEE, 3]) + made.message(e.COMMITMENTS, points + proof) + bytes(64)
            self.entries("3.5", f"an election key c·M, with {name}", lambda log, entry=entry: log[:hash_at] + [
                put(log[hash_at], 7, announced)] + log[hash_at + 1:at] + [entry] + log[at + 1:])


class Tally(Changes):
    def share(self, number, ds, encoded, wrong=()):
        """Trustee 1's decryption of these D, with a proof for them; `wrong` is added to the points."""
        secret = made.secret_share(1)
        points = [curve.multiply(secret, d) for d in ds]
        points = [curve.add(point, error) for point, error in zip(points, [*wrong, *[curve.IDENTITY] * len(points)])]
        pairs = [(curve.encode(d), curve.encode(s)) for d, s in zip(ds, points)]
        t = Transcript("decryption share")
        view = made.state.tally.view_digest
        t.append("context", digest("decryption", made.id, made.state.keys[2], view, le16(number), encoded))
        t.append_u64("trustee", 1)
        proof = making.prove_logarithms(made.dice, t, secret, pairs)
        return bytes([e.TRUSTEE, 1, e.DECRYPTION]) + le16(number) + enc_list([s for _, s in pairs]) + proof + bytes(64)

    def test_shares_of_other_ciphertexts_and_errors_that_cancel(self):
        at, tally = find(e.TRUSTEE, 0, e.DECRYPTION), made.state.tally
        aggregate = [d for d, _ in tally.aggregates[0]]
        error = curve.multiply(777, B)
        single = made.state.voters[made.credential(made.secrets[1])].ballot.ciphertexts[:len(aggregate)]
        of_one = [curve.decode(d) for d, _ in single]
        tested = made.state.challenges[find(e.CHALLENGE)].ciphertexts[:len(aggregate)]
        of_test = [curve.decode(d) for d, _ in tested]
        good = self.share(0, aggregate, tally.encoded[0])
        self.entries(None, "a share with another nonce", lambda log: log[:at] + [good] + log[at + 1:])
        for name, entry in (
                ("of a single ballot", self.share(0, of_one, tally.encoded[0])),
                ("of a single ballot, and of its context", self.share(0, of_one, enc_list([d + c for d, c in single]))),
                ("of a tested ballot", self.share(0, of_test, tally.encoded[0])),
                ("of another contest", self.share(1, aggregate, tally.encoded[0])),
                ("with errors that cancel", self.share(0, aggregate, tally.encoded[0], [error, curve.negate(error)]))):
            self.entries("8.4", f"a share {name}", lambda log, entry=entry: log[:at] + [entry] + log[at + 1:])

    def test_ballots_whose_randomness_cancels(self):
        """Two voters of one weight agree that their D add up to 0: the sums open to anybody, and are counted as any."""
        bodies = [entry[1:-64] for entry in made.log if entry[0] in (e.CAST, e.CHALLENGE)]
        maker = making.Maker(making.Dice("cancelling"), made.manifest, made.state.keys[0])
        second, third = find(e.CAST, 3), find(e.CAST, 4)
        where = [made.log[i][1:-64] for i in (second, third)]
        numbers = [bodies.index(body) for body in where]
        self.assertEqual([made.by_credential[body[:32]] for body in where], made.secrets[2:4])
        r = [making.Dice("r").scalar() + i for i in range(12)]
        for number, voter, factor in zip(numbers, (2, 3), (1, -1)):
            bodies[number] = maker.ballot(made.secrets[voter], 1, 0, None, VOTES[voter][0], None,
                                          [factor * x % ORDER for x in r])
        other = Made(bodies)
        sums = other.state.tally.aggregates[2]
        self.assertTrue(all(curve.is_identity(d) for d, _ in sums))
        roots = other.state.roots

        def attempt():
            state = Election(other.id, Report())
            state.verified = frozenset(made.log)
            state.read(other.log, roots)
            self.assertEqual(state.tally.results[2][0], made.state.tally.results[2][0])
        self.refused(None, "ballots whose randomness cancels", attempt, lambda folder: other.write_log_of(
            folder, other.id, other.log, roots))


class Signatures(unittest.TestCase):
    """Ed25519 at its edges, where implementations disagree (Chalkias, Garillot and Nikolaenko, 2020). What is accepted
    here another verifier must accept too, and nothing else; the cases are written for it."""

    def test_signatures_at_the_edges(self):
        message = b"tabella"
        key = making.SigningKey(bytes([7]) * 32)
        good = key.raw(message)
        # a point of order 8, and its multiples
        points = (curve.decode_edwards(y.to_bytes(32, "little")) for y in range(2, 99))
        zero = curve.encode_edwards(curve.IDENTITY)
        order_8 = next(small for small in (curve.multiply(ORDER, point) for point in points if point)
                       if curve.encode_edwards(curve.multiply(4, small)) != zero)
        torsion = [curve.multiply(i, order_8) for i in range(8)]
        small = [curve.encode_edwards(point) for point in torsion]
        secret = key.secret

        def challenge(r, a):
            return int.from_bytes(hashlib.sha512(r + a + message).digest(), "little") % ORDER

        def mixed(in_key, in_nonce):
            """(key, signature) with parts of small order, made so that z = r + k·a."""
            a = curve.encode_edwards(curve.add(curve.multiply(secret, curve.BASE), torsion[in_key]))
            nonce = 4242
            r = curve.encode_edwards(curve.add(curve.multiply(nonce, curve.BASE), torsion[in_nonce]))
            return a, r + making.scalar_bytes(nonce + challenge(r, a) * secret)

        s = int.from_bytes(good[32:], "little")
        cases = {"good": (key.public, good)}
        for i, point in enumerate(small):
            cases[f"key of order at most 8, {i}"] = point, good
            cases[f"key of small order and s = 0, {i}"] = point, point + bytes(32)
            cases[f"key and nonce of small order, {i}"] = point, small[1] + bytes(32)
            cases[f"nonce of small order, {i}"] = key.public, point + making.scalar_bytes(challenge(
                point, key.public) * secret)
            for j in range(8):
                cases[f"parts of small order, {i} and {j}"] = mixed(i, j)
        for times in range(1, 8):
            cases[f"s + {times}·l"] = key.public, good[:32] + (s + times * ORDER).to_bytes(32, "little")
        for bit in (253, 254, 255):
            cases[f"bit {bit} of s"] = key.public, good[:32] + (s ^ 1 << bit).to_bytes(32, "little")
        for y in range(20):
            for sign in (0, 1 << 255):
                text = (y + P if y < 19 else P - 1) + sign
                cases[f"a key in another form, {y}, {sign >> 255}"] = text.to_bytes(32, "little"), good
                nonce = text.to_bytes(32, "little")
                cases[f"a nonce in another form, {y}, {sign >> 255}"] = key.public, nonce + making.scalar_bytes(
                    challenge(nonce, key.public) * secret)
        cases["the key's other sign"] = key.public[:31] + bytes([key.public[31] ^ 128]), good
        cases["the nonce's other sign"] = key.public, good[:31] + bytes([good[31] ^ 128]) + good[32:]
        cases["a key that is no point"] = (2).to_bytes(32, "little"), good
        verdicts = {name: hashes.ed25519(a, signature, message) for name, (a, signature) in cases.items()}
        accepted = {name for name, verdict in verdicts.items() if verdict}
        self.assertIn("good", accepted)
        # the cofactor is not multiplied by: parts of small order in key and nonce must cancel exactly
        self.assertLess(len(accepted), 20)
        self.assertTrue(all(name == "good" or name.startswith("parts of small order") for name in accepted), accepted)
        if WRITTEN:
            with open(os.path.join(WRITTEN, "signatures.json"), "w", encoding="utf-8") as file:
                for name, (a, signature) in cases.items():
                    file.write(json.dumps({"name": name, "key": list(a), "signature": list(signature),
                                           "message": list(message), "holds": verdicts[name]}) + "\n")


if __name__ == "__main__":
    unittest.main()
