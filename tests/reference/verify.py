#!/usr/bin/env python3
"""Verify a Tabella record: python3 verify.py RECORD_FOLDER [--election ID] [--processes N]

Prints every check of section 16.2 of docs/specification.md with its items, and the outcome. Ends with 0 if all checks
hold, with 1 if one fails, with 2 if the folder cannot be read.
"""

import argparse
import datetime
import sys
import time

from tabella_reference import boardlog, election, manifest, outcome, record, report
from tabella_reference.hashes import fingerprint


def verify(folder, report, wanted=None, processes=1):
    """Section 16.1. Raises Refused at the first check that fails; returns the board log and the election."""
    board_log, election_log, name = record.open_record(folder, report)
    report.facts["election"] = name.hex()
    if wanted is not None:
        report.demand(name == wanted, "2.2", "the record is of another election", 0)
    board = boardlog.BoardLog(report)
    board.read(board_log.entries, board_log.roots)
    report.facts["board"] = board.origin
    report.facts["fingerprint of the board's key"] = fingerprint(board.operator).hex()
    cosigned = boardlog.check_heads(report, board, board_log, election_log, name)
    state = election.Election(name, report, processes)
    state.read(election_log.entries, election_log.roots)
    state.verify_proofs()
    state.finish(board, cosigned)
    return state


def moment(milliseconds):
    if milliseconds is None:
        return "never"
    return datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.timezone.utc).isoformat(" ", "milliseconds")


def describe(state):
    """What section 16.1 wants to be said beside the checks, and the outcome."""
    m, tally = state.manifest, state.tally
    n, t = len(m.trustees), m.threshold
    yield f"voting opened     {moment(state.opened_at)}"
    yield f"voting closed     {moment(state.closed_at)}"
    yield f"view digest       {tally.view_digest.hex()}"
    counted = sum(voter.cast > 0 for voter in state.voters.values())
    yield (f"ballots           {counted} counted, {state.cast} cast, {len(state.challenges)} tested, "
           f"{len(state.roll.voters)} voters on the roll")
    if tally.before_release is not None:
        quorum = (n + t - 1) // 2 + 1
        kept = "the quorum was kept" if tally.before_release >= quorum else "FEWER THAN THE QUORUM"
        yield f"statements before the first decryption share: {tally.before_release} of {quorum} ({kept})"
    for number, contest in enumerate(m.contests):
        yield ""
        yield f"contest {number}: {contest.title[0][1]}"
        if number in tally.withheld:
            yield "  withheld: a group is too small"
            continue
        totals, (standings, elected, tied, verdict) = tally.results[number]
        for option, score, place, qualified in standings:
            mark = "elected" if option in elected else "tied" if option in tied else ""
            row = totals[option * contest.columns:(option + 1) * contest.columns]
            shown = f"{contest.grades[score][0][1]} {row}" if contest.method.tag == manifest.GRADES else str(score)
            yield (f"  {place:>3}. {contest.options[option][0][1]:<40} {shown:>8}  "
                   f"{'' if qualified else 'not qualified '}{mark}")
        if contest.blank is not None:
            yield f"       {contest.blank[0][1]:<40} {totals[contest.cells]:>8}"
        yield f"  verdict: {outcome.VERDICTS[verdict]}"


def main():
    parser = argparse.ArgumentParser(description="Verify a Tabella record.")
    parser.add_argument("record", help="the record's folder")
    parser.add_argument("--election", type=bytes.fromhex, help="the election id that the record must have")
    parser.add_argument("--processes", type=int, default=2, help="processes for the proofs of ballots (2)")
    arguments = parser.parse_args()
    # Names of files may be anything.
    sys.stdout.reconfigure(errors="backslashreplace")
    began, result, state = time.monotonic(), report.Report(), None
    try:
        state = verify(arguments.record, result, arguments.election, arguments.processes)
    except record.Unreadable as error:
        print(f"The record cannot be read: {error}", file=sys.stderr)
        return 2
    except report.Refused as error:
        result.failure = error
    for line in result.lines():
        print(line)
    print()
    for name, value in result.facts.items():
        print(f"{name}: {value}")
    if state is not None:
        for line in describe(state):
            print(line)
    print()
    print("Every check holds." if result.failure is None else f"The record is refused: {result.failure}")
    print(f"{time.monotonic() - began:.1f} seconds")
    return 0 if result.failure is None else 1


if __name__ == "__main__":
    sys.exit(main())
