"""The test vectors of tests/vectors/v1: reading the files, and holding each vector against what it says of itself."""

import copy
import json

from . import vector_ballots, vector_basics, vector_ceremony, vector_logs, vector_partial

FORMAT = "tabella vectors v1"
FIELDS = {"name", "operation", "input", "success", "check", "or", "rule", "output"}
LOGS = "election-log.json"
OPERATIONS = (vector_basics.OPERATIONS | vector_ballots.OPERATIONS | vector_ceremony.OPERATIONS
              | vector_logs.OPERATIONS | vector_partial.OPERATIONS)


class NoVectors(Exception):
    """A file that is no file of vectors."""


def read(folder):
    """Every file of the folder, by name."""
    families = {}
    for path in sorted(folder.iterdir()):
        if path.name in ("README.md", "schema.json"):
            continue
        if path.suffix != ".json":
            raise NoVectors(f"{path.name} is no file of vectors")
        family = json.loads(path.read_text(encoding="utf-8"))
        if family.get("format") != FORMAT or not set(family) <= {"format", "section", "about", "logs", "vectors"}:
            raise NoVectors(f"{path.name} is no file of vectors")
        for vector in family["vectors"]:
            if not set(vector) <= FIELDS or vector["operation"] not in OPERATIONS:
                raise NoVectors(f"{path.name}: {vector.get('name')}: nobody knows what this is")
        families[path.name] = family
    if not families:
        raise NoVectors(f"{folder} has no vectors")
    return families


def logs_of(families):
    """The logs that vectors name."""
    return {name: vector_logs.Log(log) for name, log in families.get(LOGS, {}).get("logs", {}).items()}


def jobs(families):
    """Vectors in shares for several processes: those in the same log together and in its order, others by and by."""
    shares, loose = {}, []
    for file, family in families.items():
        for vector in family["vectors"]:
            log = vector["input"].get("log")
            if vector["operation"] not in ("log", "admit", "merge"):
                loose.append((file, vector))
            else:
                shares.setdefault(log, []).append((file, vector))
    for share in shares.values():
        share.sort(key=lambda item: item[1]["input"]["count"])
    return list(shares.values()) + [loose[i:i + 16] for i in range(0, len(loose), 16)]


_logs = {}


def begin(logs):
    """Gives a process the logs."""
    global _logs
    _logs = logs


def run(share):
    """The lines of what is judged otherwise."""
    lines = []
    for file, vector in share:
        wrong = hold(vector, _logs)
        if wrong is not None:
            lines.append(f"{file}: {vector['name']}: {wrong}")
    return lines


def hold(vector, logs):
    """None, or what is found otherwise than the vector says of itself."""
    try:
        output = OPERATIONS[vector["operation"]](copy.deepcopy(vector["input"]), logs)
    except vector_basics.Refuse as refused:
        if vector["success"]:
            return f"it is refused: {refused}"
        if "output" in vector or ("check" in vector) == ("rule" in vector):
            return "what is refused names either a check or a rule, and no output"
        if "check" in vector and refused.check not in (vector["check"], *vector.get("or", ())):
            return f"check {refused.check} refuses it, and not {vector['check']}: {refused}"
        return None
    if not vector["success"]:
        return "it is accepted"
    if {"check", "or", "rule"} & set(vector):
        return "what is accepted names no check and no rule"
    if output != vector.get("output"):
        return f"the output is {json.dumps(output, ensure_ascii=False)[:400]}"
    return None
