"""Sources that are hard for a tokenizer, made at random from pieces. Not all of them are Python: CPython decides."""

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
    "if x: y = 1; z = 2\nelif y: pass\nelse:\n\tz = 3",
    "if x:\n  if y:\n\tz = 1\n  else: z = 2\nelse: pass",
    "if x:\n \f y = 1\n\f z = 2",
    "for x, (y, *z) in w: break\nelse:\n  a = 1",
    "for x.y[0] in (yield), 1: continue",
    "while x: x -= 1",
    "try: x = 1\nexcept (A, B) as e: raise\nexcept: pass\nelse: y = 1\nfinally:\n  z = 1",
    "try:\n  x\nexcept* A as e:\n  y = e",
    "with a as b, c as (d, e): pass",
    "with (a as b, c):\n  with (a, b): pass\n  with (yield) as f, (g): pass",
    "match x:\n  case A(y, z=[a, *b]) | {'k': c, **d} if (e := 1): f = 1\n  case -1 | 'x' as g: pass\n  case _: pass",
    "match = case = 1; match[x]; match(x); match -x; match.y",
    "match x, y:\n\n  # c\n  case 1, z: pass",
    "print = type = 1; type(x); type = print",
    "async def f(a, /, b: int = 1, *c, d=lambda x, *y: x, **e) -> 'x':\n  async for g in h: await i\n  async with j as k: pass",
    "def f():\n  global x, y\n  x = 1\n  def g():\n    nonlocal h\n    h = [i for j in k if (l := j) for i in l]\n  h = y = 2",
    "class A(B, metaclass=C, *d):\n  x: int\n  y: int = (z := 1)\n  def __f(self): self.__x = __y = 1",
    "x = [a for a in b for c in a if c if a], {a: c for a, c in b}, {a async for a in b}, f(a for a in b)",
    "x = lambda *a, b=lambda: c, **d: (yield a)",
    "import a.b, c.d as e; from .f import (g as h, i,)",
    "from . import x; from ...y.z import *",
    "x @= y; x >>= y; x //= y",
    "(x) = [y, *z] = w = yield",
    "(x): int = 1; x.y: int; x[0]: int = 2",
    "del x, (y, [z]), w.v, u[0]",
    "assert x, 'y'; raise x from y",
    "x = y if z else lambda: w if v else u",
    "x = not y in z is not w < v, a[1:2, ::3], a[b := 1], f(*a, b=c, **d)",
    "x = f'{y:{z}} {[a for a in b]} {(lambda c: c)(1)}'",
    "return 1",
    "await x; [await y for y in z]",
    "x = a @ b ** -c // ~d; x = *a, b",
]
# Every prefix, quote and escape is among these; what f-strings may contain is below.
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
COMPOUND = ("if", "def", "class", "@", "for", "while", "try", "with", "match x", "async")
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
    """One literal, or several side by side."""
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
        simple = not statement.startswith(COMPOUND)
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
    """An f-string of Python 3.12 or later: quotes of the same kind, backslashes, line ends and comments within fields."""
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
