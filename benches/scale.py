"""How each command grows with what a ruleset has many of: python3 benches/scale.py [NAME…] [--guard] [--limit SECONDS] [--program QUDAO]

Each case grows one thing and leaves the rest as it is. For each size and command it tells the CPU time, the memory at most
and the bytes that were written; after the last size the exponent of time by size, fitted to the sizes that took longer than
20 ms. A command that needs more than the limit (20 s of CPU time) is stopped, and larger sizes are left out.

With --guard, smaller sizes are run, and what is told is how often the program asked for memory and for how many bytes
(benches/counted.rs): the same on every machine, so that a command that comes to grow faster is found where it is made
to. It fails where an exponent passes 1.3.
"""

import argparse
import json
import math
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
HEAD = 'ruleset scale "Scale"\n'


def lines(count, line):
    return "".join(line(n) + "\n" for n in range(count))


def words(count, word):
    return ", ".join(word(n) for n in range(count))


def table(policy):
    """A table of so many rows over two numbers and an enum; no two rows overlap, save in `collect`."""

    def make(rows):
        low = 40 if policy == "collect" else 10
        text = HEAD + "enum Kind { x, y, z }\nprofile {\n  a: int in 0 .. 200_000\n  b: int in 0 .. 100\n  kind: Kind\n}\n"
        text += lines(4, lambda n: f"channel c{n}")
        text += f"table t {policy} {{\n  | a | b | kind || c0 | c1 | c2 | c3 |\n"
        for row in range(rows):
            a = f"in {row * 10} .. {row * 10 + low - 1}"
            effects = [f"+{row % 9 + 1}" if row % 4 == n else "" for n in range(4)]
            text += f"  | {a} | {'-' if row % 3 else '>= 10'} | {'-' if row % 5 else 'not z'} || {' | '.join(effects)} |\n"
        new = text.replace("+5", "-5", 1)
        profile = f"a: {rows * 10 - 5}\nb: 50\nkind: x\n"
        return {"rules.qd": text + "}\n", "new.qd": new + "}\n", "profile.yaml": profile}

    return make


def first(rows):
    """Most rows of a table of one policy overlap with those before."""
    text = HEAD + "enum Kind { x, y, z }\nprofile {\n  a: int in 0 .. 200_000\n  b: int in 0 .. 100\n  kind: Kind\n}\n"
    text += lines(4, lambda n: f"channel c{n}")
    text += "table t first {\n  | a | b | kind || c0 | c1 | c2 | c3 |\n"
    for row in range(rows):
        effects = [f"+{row % 9 + 1}" if row % 4 == n else "" for n in range(4)]
        kind = "-" if row % 5 else "not z"
        text += f"  | < {row * 10 + 10} | {'-' if row % 3 else '>= 10'} | {kind} || {' | '.join(effects)} |\n"
    return {"rules.qd": text + "}\n", "profile.yaml": f"a: {rows * 10 - 5}\nb: 50\nkind: x\n"}


def each(size, fields=12, channels=None):
    """Rules for each channel, as many as channels where their number is not told."""
    text = HEAD + "profile {\n" + lines(fields, lambda n: f"  n{n}: int in 0 .. 1000") + "}\n"
    text += "fact limit: int\nfact open: bool\n"
    text += lines(channels or size, lambda n: f"channel c{n} {{ limit = {n * 7 % 900}, open = {'true' if n % 3 else 'false'} }}")
    for rule in range(size):
        field, other = rule % fields, (rule + 5) % fields
        text += f"rule r{rule} for each c {{\n  when n{field} > c.limit and (c.open or n{other} > {rule})\n"
        text += f"  then score c {'+' if rule % 3 else '-'}{rule % 9 + 1}\n}}\n"
    profile = "".join(f"n{n}: {n * 70 + 3}\n" for n in range(fields))
    return {
        "rules.qd": text,
        "new.qd": text.replace("limit = 7,", "limit = 8,").replace("+5", "+6", 1),
        "profile.yaml": profile,
        "none.yaml": "n0: 3\n",
    }


def requirements(size):
    text = HEAD + "profile {\n" + lines(10, lambda n: f"  h{n}: bool") + "}\n"
    text += lines(size, lambda n: f"requirement q{n} {{ met when h{n % 10} }}")
    text += lines(size, lambda n: f"channel c{n} {{ needs q{n}, q{(n + 1) % size} }}")
    text += lines(size, lambda n: f"rule r{n} {{ when h{n % 10} then score c{n} +1 }}")
    return {"rules.qd": text, "profile.yaml": "h1: true\nh2: false\n"}


def chain(size):
    text = HEAD + "profile {\n" + lines(10, lambda n: f"  h{n}: bool") + "}\n"
    text += "requirement q { met when h0 }\n"
    text += lines(size, lambda n: f"channel c{n} {{ needs {f'c{n + 1}' if n + 1 < size else 'q'} }}")
    text += lines(10, lambda n: f"rule r{n} {{ when h{n} then score c{n} +1 }}")
    return {"rules.qd": text, "profile.yaml": "h1: true\nh2: false\n"}


def values(size):
    text = HEAD + f"enum Land {{ {words(size, lambda n: f'v{n}')} }}\nprofile {{ land: Land, big: bool }}\n"
    text += lines(5, lambda n: f"channel c{n}")
    for rule in range(size):
        text += f"rule r{rule} {{ when land == v{rule} and big then score c{rule % 5} +{rule % 7 + 1} }}\n"
    return {"rules.qd": text, "profile.yaml": "big: true\n", "full.yaml": "land: v1\nbig: true\n"}


def members(size):
    text = HEAD + f"enum Tag {{ {words(size, lambda n: f'v{n}')} }}\nprofile {{ tags: set of Tag, big: bool }}\n"
    text += lines(5, lambda n: f"channel c{n}")
    for rule in range(size):
        text += f"rule r{rule} {{ when tags has v{rule} and big then score c{rule % 5} +{rule % 7 + 1} }}\n"
    return {
        "rules.qd": text,
        "new.qd": text.replace("c1 +2", "c1 +3", 1),
        "profile.yaml": "tags: [v1, v2]\nbig: true\n",
    }


def fields(size):
    text = HEAD + "profile {\n" + lines(size, lambda n: f"  f{n}: bool") + "}\n"
    text += lines(5, lambda n: f"channel c{n}")
    for rule in range(size):
        text += f"rule r{rule} {{ when f{rule} and not f{(rule + 1) % size} then score c{rule % 5} +1 }}\n"
    return {"rules.qd": text, "new.qd": text.replace("c2 +1", "c2 +2", 1), "profile.yaml": "f0: true\n"}


def total(size):
    sum_ = " + ".join(f"n{n}" for n in range(size))
    text = HEAD + "profile {\n" + lines(size, lambda n: f"  n{n}: int in 0 .. 100") + "}\nchannel c0\nchannel c1\n"
    text += f"rule r {{ when {sum_} > {size * 60} then score c0 +1 }}\n"
    text += f"rule s {{ when {sum_} < {size * 20} then score c1 +1 }}\n"
    return {"rules.qd": text, "profile.yaml": "{}\n"}


def exceptions(size):
    text = HEAD + "profile {\n" + lines(10, lambda n: f"  n{n}: int in 0 .. 1000") + "}\nchannel c0\nchannel c1\n"
    text += "rule main { when n0 > 5 then score c0 +3 }\n"
    text += lines(size, lambda n: f"rule x{n} exception to main {{ when n{n % 10} == {n} then score c1 +1 }}")
    return {"rules.qd": text, "profile.yaml": "n0: 9\n"}


def excluded(size):
    text = HEAD + "profile { a: bool, b: bool }\nchannel c0\nchannel c1\n"
    text += "rule out { when a then exclude c0 }\n"
    text += lines(size, lambda n: f"rule r{n} {{ when c0 is excluded and b then score c1 +{n % 7 + 1} }}")
    return {"rules.qd": text, "profile.yaml": "a: true\nb: true\n"}


def identical(size):
    text = HEAD + "profile { a: int in 0 .. 100, b: bool }\nchannel c0\nchannel c1\n"
    text += lines(size, lambda n: f"rule r{n} {{ when a > 5 and b then score c1 +1 }}")
    return {"rules.qd": text, "profile.yaml": "a: 7\nb: true\n"}


def units(size):
    text = HEAD + "unit u0\n" + lines(size, lambda n: f"unit u{n + 1} = 1 u{n}")
    text += f"profile {{ a: number u{size} }}\nchannel c0\nrule r {{ when a > 5 u0 then score c0 +1 }}\n"
    return {"rules.qd": text, "profile.yaml": "a: 7\n"}


def header(size):
    text = HEAD + "profile { a: bool }\nchannel c0\nrule r { when a then score c0 +1 }\n"
    rows = ",".join(["a"] + [f"other{n}" for n in range(size)]) + "\n"
    return {"rules.qd": text, "rows.csv": rows + ",".join(["true"] + ["1"] * size) + "\n"}


def sheet(size):
    """Channels with four facts each, and forty rules that ask each of them."""
    text = HEAD + "enum Land { " + words(30, lambda n: f"l{n}") + " }\nprofile {\n  land: Land\n"
    text += lines(12, lambda n: f"  n{n}: int in 0 .. 1000") + "}\n"
    text += "fact fee: int\nfact share: int\nfact open: bool\nfact sold: int\n"
    for n in range(size):
        text += f"channel c{n} {{ fee = {n * 7 % 900}, share = {n * 13 % 90}, open = {'true' if n % 3 else 'false'}"
        text += f", sold = {n * 17 % 500} }}\n"
    for rule in range(40):
        fact = ("fee", "share", "sold")[rule % 3]
        text += f"rule r{rule} for each c {{\n  when n{rule % 12} > c.{fact} and (c.open or land == l{rule % 30})\n"
        text += f"  then {'exclude c' if rule % 20 == 19 else f'score c +{rule % 9 + 1}'}\n}}\n"
    new = text.replace("fee = 7,", "fee = 8,").replace("share = 26", "share = 31").replace("+5", "+6", 1)
    profile = "land: l3\n" + "".join(f"n{n}: {n * 70 + 3}\n" for n in range(12))
    return {"rules.qd": text, "new.qd": new, "profile.yaml": profile, "none.yaml": "n0: 3\n"}


CHECK = ["check", "rules.qd"]
EVAL = ["eval", "rules.qd", "profile.yaml"]
JSON = ["eval", "rules.qd", "profile.yaml", "-f", "json"]
DIFF = ["diff", "rules.qd", "new.qd"]
ASK = ["ask", "rules.qd"]
DOC = ["doc", "rules.qd", "-o", "site"]


def why(name, profile="profile.yaml"):
    return ["why", "rules.qd", profile, name]


# What grows, how it is made, the sizes, and the commands.
CASES = {
    "first": (first, [100, 1_000, 10_000], [CHECK, EVAL, why("c3"), DOC]),
    "first-apart": (table("first"), [100, 1_000, 10_000], [CHECK, EVAL, DIFF, why("c3")]),
    "unique": (table("unique"), [1_000, 3_000, 10_000], [CHECK, EVAL, why("c3")]),
    "collect": (table("collect"), [1_000, 3_000, 10_000], [CHECK, EVAL, why("c3")]),
    "each": (each, [30, 100, 200], [CHECK, DIFF, ["ask", "rules.qd", "none.yaml"]]),
    "json": (lambda size: each(100, channels=size), [100, 300], [JSON]),
    "requirements": (requirements, [100, 300, 1_000], [CHECK, EVAL, why("c3")]),
    "chain": (chain, [100, 300, 1_000, 3_000], [CHECK, EVAL, why("c3"), DOC]),
    "values": (values, [100, 300, 1_000, 3_000], [CHECK, EVAL, why("c3"), why("c3", "full.yaml")]),
    "members": (members, [50, 100, 200], [CHECK, EVAL, DIFF]),
    "fields": (fields, [300, 1_000, 2_000], [CHECK, EVAL, DIFF, DOC]),
    "sum": (total, [10, 20, 50], [CHECK, EVAL, why("c0")]),
    "exceptions": (exceptions, [300, 1_000], [CHECK, EVAL, why("c0"), DOC]),
    "excluded": (excluded, [5_000, 50_000], [CHECK, EVAL]),
    "identical": (identical, [1_000, 5_000, 10_000], [CHECK, EVAL]),
    "units": (units, [10_000, 40_000], [CHECK, DOC]),
    "header": (header, [10_000, 50_000, 100_000], [["batch", "rules.qd", "rows.csv"]]),
    "each-why": (lambda n: each(n), [30, 80], [why("c3", "none.yaml"), why("c3")]),
    "sheet": (sheet, [100, 330], [CHECK, EVAL, DIFF, why("c3"), why("c3", "none.yaml"), JSON, DOC]),
}


# Sizes that the guard runs, each twice the one before; the first of a case's own where none is told.
GUARDED = {
    "first": 200, "first-apart": 200, "unique": 200, "collect": 200, "each": 12, "values": 100, "members": 25,
    "fields": 75, "sum": 40, "exceptions": 75, "excluded": 500, "identical": 250, "units": 1_000, "header": 2_500,
    "json": 12, "each-why": 12, "sheet": 25,
}
# Of so many rules for so many channels the square is what there is to do.
SQUARES = {"each", "each-why"}
MOST = 1.3


def run(program, folder, command, limit):
    """Seconds of CPU time (nothing if stopped), most memory in MB, bytes written, and the status."""
    out, err = folder / "out", folder / "err"
    with open(out, "wb") as stdout, open(err, "wb") as stderr:

        def bound():
            resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))

        child = subprocess.Popen(
            [program, *command], cwd=folder, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr, preexec_fn=bound
        )
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    seconds = used.ru_utime + used.ru_stime
    written = out.stat().st_size + err.stat().st_size
    return None if child.returncode < 0 else seconds, used.ru_maxrss / 1024, written, child.returncode


def exponent(points, least=0.02):
    """The slope of a line through the logarithms."""
    points = [(math.log(size), math.log(seconds)) for size, seconds in points if seconds and seconds > least]
    if len(points) < 2:
        return None
    x, y = (sum(p[n] for p in points) / len(points) for n in (0, 1))
    return sum((a - x) * (b - y) for a, b in points) / sum((a - x) ** 2 for a, _ in points)


def counting():
    """The program that counts what it asks for, built without optimisation: that takes less time, and counts the same."""
    build = ["cargo", "build", "--quiet", "--locked", "--bench", "counted", "--message-format=json"]
    told = subprocess.run(build, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout.splitlines()
    built = [json.loads(line).get("executable") for line in told if b'"counted"' in line]
    return next(path for path in built if path)


def guard(names):
    program, grown = counting(), 0
    print(f"{'what':14}{'command':34}{'times':>9}{'bytes':>9}{'written':>9}")
    for name in names:
        make, sizes, commands = CASES[name]
        first = GUARDED.get(name, sizes[0])
        for command in commands:
            points = []
            # Until a proof meets its bound it grows as it likes; here it meets it at once.
            bound = ["--budget", "50ms"] if name in SQUARES and command is CHECK else []
            for size in (first, first * 2, first * 4):
                with tempfile.TemporaryDirectory() as scratch:
                    folder = pathlib.Path(scratch)
                    for file, text in make(size).items():
                        (folder / file).write_text(text)
                    _, _, written, status = run(program, folder, command + bound, 60)
                    counted = (folder / "err").read_bytes().split()[-2:]
                if status not in (0, 1):
                    sys.exit(f"{name} {size}: `{' '.join(command)}` ended with status {status}")
                points.append([size ** 2 if name in SQUARES else size, *map(int, counted), written])
            # A short text is as long as it happens to be.
            told = (1, 2, 3) if points[-1][3] > 10_000 else (1, 2)
            slopes = [exponent([(point[0], point[n]) for point in points], 0) for n in told]
            told = " ".join(word for word in command if word not in ("rules.qd", "profile.yaml"))
            past = any(slope > MOST for slope in slopes)
            grown += past
            shown = "".join(f"{slope:9.2f}" for slope in slopes)
            print(f"{name:14}{told:34}{shown}{f'  more than {MOST}' if past else ''}", flush=True)
    return 1 if grown else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("names", nargs="*", help=", ".join(CASES))
    parser.add_argument("--limit", type=int, default=20)
    parser.add_argument("--program")
    parser.add_argument("--guard", action="store_true", help="count, and fail where an exponent passes 1.3")
    parser.add_argument("--keep", type=pathlib.Path, help="leave the rulesets in this folder")
    options = parser.parse_args()
    if options.guard:
        return guard(options.names or CASES)
    program = options.program
    if not program:
        subprocess.run(["cargo", "build", "--release", "--quiet", "--locked"], cwd=ROOT, check=True)
        program = pathlib.Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")) / "release/qudao"
    program = str(pathlib.Path(program).resolve())
    print(f"{'what':14}{'command':34}{'size':>8}{'s':>9}{'MB':>8}{'bytes':>12}  status")
    for name in options.names or CASES:
        make, sizes, commands = CASES[name]
        for command in commands:
            points, told = [], " ".join(word for word in command if word not in ("rules.qd", "profile.yaml"))
            for size in sizes:
                with tempfile.TemporaryDirectory() as scratch:
                    folder = options.keep / f"{name}-{size}" if options.keep else pathlib.Path(scratch)
                    folder.mkdir(parents=True, exist_ok=True)
                    for file, text in make(size).items():
                        (folder / file).write_text(text)
                    seconds, memory, written, status = run(program, folder, command, options.limit)
                shown = f"{seconds:9.3f}" if seconds is not None else f"{'> ' + str(options.limit):>9}"
                print(f"{name:14}{told:34}{size:8}{shown}{memory:8.0f}{written:12}  {status}", flush=True)
                if seconds is None:
                    break
                points.append((size, seconds))
            slope = exponent(points)
            if slope is not None:
                print(f"{'':14}{told:34}{'exponent':>8}{slope:9.2f}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
