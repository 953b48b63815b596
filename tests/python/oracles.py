"""What CPython's own `ast` and `tokenize` say about a source, in the form of python_tool's answers."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import warnings
from dataclasses import dataclass, field

PROBE = "import wheelfix_probe"
KINDS = {tokenize.NAME: "name", tokenize.NUMBER: "number", tokenize.STRING: "string", tokenize.OP: "op"}

LONE_CR = re.compile(rb"\r(?!\n)")
# A line that only continues: `tokenize` counts a comment after it as one of the line before.
BARE_BACKSLASH = re.compile(rb"^[\xef\xbb\xbf\s]*\\\r?$", re.MULTILINE)


@dataclass
class Literal:
    """A literal; `inner` are those in the fields of an f-string, in no order."""

    value: bytes
    is_bytes: bool
    is_format: bool
    inner: list[Literal] = field(default_factory=list)
    span: tuple[int, int] = (0, 0)

    def key(self) -> tuple[object, ...]:
        return (self.value, self.is_bytes, self.is_format, sorted(part.key() for part in self.inner))


def parse(source: bytes) -> ast.Module:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ast.parse(source)


def compiles(source: bytes) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(source, "source", "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


# Import place ------------------------------------------------------------------------------------------------------


def is_future(node: ast.stmt) -> bool:
    return isinstance(node, ast.ImportFrom) and node.module == "__future__"


def head_length(module: ast.Module) -> int:
    """How many statements must stay first."""
    count = 1 if ast.get_docstring(module, clean=False) is not None else 0
    while count < len(module.body) and is_future(module.body[count]):
        count += 1
    return count


def with_probe(source: bytes, place: dict[str, object]) -> bytes:
    offset = place["offset"]
    return source[:offset] + f"{place['before']}{PROBE}{place['after']}".encode() + source[offset:]


def check_place(source: bytes, place: dict[str, object]) -> None:
    """The import is the first statement after the head, and nothing else changes."""
    before, after = parse(source), parse(with_probe(source, place))
    head = head_length(before)
    assert ast.dump(after.body.pop(head)) == ast.dump(ast.parse(PROBE).body[0])
    assert ast.get_docstring(after, clean=False) == ast.get_docstring(before, clean=False)
    assert ast.dump(after) == ast.dump(before)
    assert not compiles(source) or compiles(with_probe(source, place))


# Literals ----------------------------------------------------------------------------------------------------------


class LiteralReader(ast.NodeVisitor):
    def __init__(self) -> None:
        self.found: list[tuple[ast.expr, Literal]] = []

    def visit_Constant(self, node: ast.Constant) -> None:  # noqa: N802
        if isinstance(node.value, str):
            self.found.append((node, Literal(node.value.encode("utf-8", "surrogatepass"), False, False)))
        elif isinstance(node.value, bytes):
            self.found.append((node, Literal(node.value, True, False)))

    def visit_JoinedStr(self, node: ast.JoinedStr) -> None:  # noqa: N802
        fields = LiteralReader()
        value = b""
        for part in node.values:
            if isinstance(part, ast.Constant):
                value += part.value.encode("utf-8", "surrogatepass")
            else:
                value += b"*"
                fields.visit_field(part)
        inner = [literal for _, literal in fields.found]
        self.found.append((node, Literal(value, False, True, inner)))

    def visit_field(self, node: ast.FormattedValue) -> None:
        self.visit(node.value)
        for part in node.format_spec.values if node.format_spec else []:
            if isinstance(part, ast.FormattedValue):
                self.visit_field(part)


def literals_of(source: bytes) -> list[Literal]:
    """The literals of the file in order, each with its place; positions are right if the source is UTF-8."""
    reader = LiteralReader()
    reader.visit(parse(source))
    bom = 3 if source.startswith(b"\xef\xbb\xbf") else 0
    lines = [bom, *(match.end() for match in re.finditer(rb"\r\n|\r|\n", source))]
    for node, literal in reader.found:
        literal.span = (lines[node.lineno - 1] + node.col_offset, lines[node.end_lineno - 1] + node.end_col_offset)
    return sorted((literal for _, literal in reader.found), key=lambda literal: literal.span)


def nested(flat: list[dict[str, object]]) -> list[Literal]:
    """The tool's list, with the literals in fields below their f-strings."""
    outer: list[Literal] = []
    open_: list[Literal] = []
    for item in flat:
        literal = Literal(item["value"].encode("latin-1"), item["bytes"], item["format"])
        literal.span = (item["begin"], item["end"])
        while open_ and open_[-1].span[1] <= literal.span[0]:
            open_.pop()
        (open_[-1].inner if open_ else outer).append(literal)
        open_.append(literal)
    return outer


def same_value(ours: Literal, theirs: Literal, text: bytes) -> bool:
    """For us a named character is `*`, one of an unknown encoding is U+FFFD, and `{x=}` shows its own text to
    them: then ours must match as a glob."""
    if ours.value == theirs.value:
        return True
    unknown = "\ufffd".encode()
    inexact = b"\\N{" in text or (theirs.is_format and b"=" in text) or unknown in ours.value
    pattern = re.escape(ours.value).replace(rb"\*", b".*").replace(re.escape(unknown), b"..")
    return inexact and re.fullmatch(pattern, theirs.value, re.DOTALL) is not None


def check_literals(source: bytes, flat: list[dict[str, object]]) -> int:
    """Returns the number of literals. CPython's columns count UTF-8, whatever the file's own encoding is."""
    positions = source.isascii() or b"coding" not in source
    ours, theirs = nested(flat), literals_of(source)
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        text = source[slice(*mine.span)]
        if positions:
            assert mine.span == other.span, text
        assert (mine.is_bytes, mine.is_format) == (other.is_bytes, other.is_format), text
        assert same_value(mine, other, text), text
        assert sorted(part.key() for part in mine.inner) == sorted(part.key() for part in other.inner), text
    return len(ours)


# Tokens ------------------------------------------------------------------------------------------------------------


def their_tokens(source: bytes) -> list[tuple[str, str]] | None:
    """Nothing if `tokenize` itself fails: for identifiers with combining characters, lone CR, a backslash that
    ends the file, a cookie after a line that isn't UTF-8."""
    tokens = []
    try:
        for token in tokenize.tokenize(io.BytesIO(source).readline):
            if token.type in KINDS:
                tokens.append((KINDS[token.type], token.string))
            elif token.type == tokenize.NEWLINE:
                tokens.append(("newline", ""))
            elif token.type == tokenize.ERRORTOKEN:
                return None
    except (tokenize.TokenError, SyntaxError):
        return None
    return tokens


def our_tokens(source: bytes, flat: list[list[object]], encoding: str) -> list[tuple[str, str]]:
    """An f-string as the one token that it was before Python 3.12."""
    tokens: list[tuple[str, str]] = []
    depth = begin = 0
    for kind, start, end in flat:
        if kind == "format_start":
            begin = start if depth == 0 else begin
            depth += 1
        elif kind == "format_end":
            depth -= 1
            if depth == 0:
                tokens.append(("string", source[begin:end].decode(encoding)))
        elif depth == 0 and kind != "end":
            tokens.append((kind, "" if kind == "newline" else source[start:end].decode(encoding)))
    return tokens


def check_tokens(source: bytes, flat: list[list[object]]) -> None:
    """Only for files that are not too large, because `tokenize` is slow."""
    apart = len(source) > 20_000 or LONE_CR.search(source) or BARE_BACKSLASH.search(source)
    theirs = None if apart else their_tokens(source)
    if theirs is not None:
        encoding = tokenize.detect_encoding(io.BytesIO(source).readline)[0].removesuffix("-sig")
        assert our_tokens(source, flat, encoding) == theirs
