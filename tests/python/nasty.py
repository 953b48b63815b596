"""Sources that try a tokenizer, made at random from pieces. Not all of them are Python: CPython is to judge."""

from __future__ import annotations

import random

FUTURES = [
    "from __future__ import annotations",
    "from __future__ import division as d, annotations",
    "from __future__ import (annotations, division,)",
    "from __future__ import (  # why\n    annotations,\n\n    generators as g\n)",
    "from \\\n  __future__ \\\n  import \\\n annotations",
    "from\t__future__\fimport annotations",
    "from . __future__ import annotations",
]
COMMENTS = ["# a comment", "#", "", "   ", "\t# 'not a string\"", "# \\", "\f", "#: é", "   # indented {"]
STATEMENTS = [
    "import os",
    "x = 1",
    "x = (1,\n  2)",
    "'''not\na docstring'''",
    "if x:\n    y = 'in a block'\n    z = [\n# comment\n1]",
    "def f(): 'doc'; return 1if 0x1for x else 1_0.5e-3j",
    "class A:\n\t'''doc'''\n\tb = b'x'",
    "x = y = lambda: {'a': 'b'}['a']",
    "f'{x}'",
    "x: 'annotation' = ...",
    "from os import path",
    "x = '\\\n  continued'",
    "x \\\n = \\\n 'a' \\\n 'b'",
    "@d('x')\nclass B: pass",
]
# Of these no prefix, quote or escape is left out; what f-strings may hold is below.
TEXT = [
    *"abc x",
    "é", "\u4e2d", "😀", "{", "}", "{{", "}}", "#", "\t", "\f",
    "\\\\", "\\'", '\\"', "\\n", "\\a\\b\\f\\r\\t\\v", "\\0", "\\7", "\\18", "\\400", "\\777", "\\x41", "\\xff",
    "\\u00e9", "\\ud800", "\\U0001F600", "\\N{BULLET}", "\\q", "\\%", "\\{", "\\\n", "\\x4", "\\u12", "\\N", "\\8",
    "\\U00110000", "\\",
]  # fmt: skip
BYTES = [piece for piece in TEXT if piece.isascii()]
PREFIXES = ["", "r", "R", "u", "U", "b", "B", "br", "Rb", "rB", "f", "F", "fr", "Rf", "rF"]
FIELDS = ["{x}", "{x!r}", "{ x !s:>{w}}", "{x:%H:%M}", "{x=}", "{x = !r:^8}", "{x[1:2]:{w}.{p}}", "{(lambda y: y)(x)}",
          "{x!=y}", "{x:=5}", "{ {1: 2}[1] }", "{x:{{}}}", "{x,}", "{*x,}", "{x:}", "{x!r:}"]  # fmt: skip
ENDS = ["\n", "\r\n", "\r"]


def body(rng: random.Random, prefix: str, quote: str) -> str:
    pieces = list(BYTES if "b" in prefix.lower() else TEXT)
    pieces += ["'", '"', "\n"]
    if "f" in prefix.lower():
        pieces += FIELDS * 3
        other = "'" if quote[0] == '"' else '"'
        pieces += [f"{{d[{other}k{other}]}}", f"{{x:{{{other}>{other}}}{{w}}}}", f"{{f({other}a{other} {other}b{other})}}"]
    return "".join(rng.choice(pieces) for _ in range(rng.choice([0, 1, 1, 2, 3, 5, 8])))


def literal(rng: random.Random) -> str:
    prefix = rng.choice(PREFIXES)
    quote = rng.choice(["'", '"', "'''", '"""'])
    return prefix + quote + body(rng, prefix, quote) + quote


def literals(rng: random.Random) -> str:
    """One or several side by side."""
    return rng.choice([" ", "", "\t", " \\\n"]).join(literal(rng) for _ in range(rng.choice([1, 1, 1, 2, 3])))


def docstring(rng: random.Random) -> str:
    text = rng.choice(["'doc'", '"""doc\n\n  more\n"""', 'r"d\\oc"', "u'd' 'oc'", "'a' \\\n 'b'", "f'no'", "b'no'",
                       "'a' f'{x}'", "''", "'a'.strip()", "'a',", "'a' % 1", "'''a''' '''b'''", literals(rng)])  # fmt: skip
    return rng.choice(["{}", "{}", "{}", "({})", "(({}))", "(\n# c\n{}\n)", "({},)"]).format(text)


def module(rng: random.Random) -> bytes:
    lines = [rng.choice(COMMENTS) for _ in range(rng.choice([0, 0, 1, 3]))]
    encoding = rng.choice(["utf-8"] * 6 + ["latin-1", "utf-8-sig", "cp1252"])
    if encoding in ("latin-1", "cp1252") or rng.random() < 0.1:
        lines.insert(min(rng.randrange(2), len(lines)), f"# -*- coding: {encoding.removesuffix('-sig')} -*-")
    if rng.random() < 0.2:
        lines.insert(0, "\\")
    statements = [docstring(rng)] if rng.random() < 0.6 else []
    statements += rng.choices(FUTURES, k=rng.choice([0, 0, 1, 2]))
    statements += [rng.choice([*STATEMENTS, literals(rng)]) for _ in range(rng.choice([0, 1, 2, 4]))]
    for statement in statements:
        simple = not statement.startswith(("if", "def", "class", "@"))
        tail = rng.choice(["", "", "", "", "  # c", ";", " ; # c", "  "])
        if lines and lines[-1].endswith("; "):
            lines[-1] += statement
        else:
            lines.append(statement)
        lines[-1] += rng.choice([tail, tail, tail, "; "]) if simple else ""
        if not lines[-1].endswith("; "):
            lines += [rng.choice(COMMENTS) for _ in range(rng.choice([0, 0, 0, 1]))]
    text = "\n".join(lines) + rng.choice(["", "\n", "\n", "\n\n", "\n   ", "\n# end", " \\", " \\\n"])
    end = rng.choice(ENDS)
    return text.replace("\n", end).encode(encoding, "replace")


def modern_format_string(rng: random.Random, depth: int = 0) -> str:
    """As from Python 3.12 on: quotes of the same kind, backslashes, line ends and comments within fields."""
    prefix = rng.choice(["f", "F", "rf", "fR", "t", "Rt"])
    quote = rng.choice(["'", '"', '"', '"', "'''", '"""'])
    pieces = [rng.choice([*"ab :!=#", "{{", "}}", "\\n", "\\\\", "\\{{", "\\t"]) for _ in range(rng.randrange(4))]
    for _ in range(rng.choice([1, 1, 2])):
        pieces.insert(rng.randrange(len(pieces) + 1), modern_field(rng, depth))
    return prefix + quote + "".join(pieces) + quote


def modern_field(rng: random.Random, depth: int) -> str:
    inner = rng.choice(["x", "'s'", '"s"', "'''s\n'''", "b'\\x41'", "{'k': 1}['k']", "(lambda: 'v')()", "'a' \"b\""])
    if depth < 4 and rng.random() < 0.6:
        inner = rng.choice(["{}", "f({}, 'z')", "d[{}]", "'n' in {}"]).format(modern_format_string(rng, depth + 1))
    expression = rng.choice(["{}", " {} ", "\n{}\n", "{} # it's a comment }}\n", "[\n{},\n'\\n'.join(y)]"]).format(inner)
    tail = rng.choice(["", "", "!r", "=", ":>3", ":{w}", ":{'<'}{w!s:}", "!s:>{f'{w}'}", ":a\\x62"])
    return "{ " + expression + tail + "}"
