"""What LibCST says about literals. It reads the f-strings of Python 3.12 and the t-strings of 3.14 on any Python."""

from __future__ import annotations

import ast

import libcst
from oracles import Literal


class Reader(libcst.CSTVisitor):
    def __init__(self) -> None:
        self.found: list[Literal] = []

    def visit_SimpleString(self, node: libcst.SimpleString) -> bool:  # noqa: N802
        self.found.append(literal_of([node]))
        return False

    def visit_FormattedString(self, node: libcst.FormattedString) -> bool:  # noqa: N802
        self.found.append(literal_of([node]))
        return False

    visit_TemplatedString = visit_FormattedString  # noqa: N815

    def visit_ConcatenatedString(self, node: libcst.ConcatenatedString) -> bool:  # noqa: N802
        parts: list[libcst.CSTNode] = []
        rest: libcst.CSTNode = node
        while isinstance(rest, libcst.ConcatenatedString):
            parts.append(rest.left)
            rest = rest.right
        self.found.append(literal_of([*parts, rest]))
        return False


def literal_of(parts: list[libcst.CSTNode]) -> Literal:
    literal = Literal(b"", False, False)
    for part in parts:
        if isinstance(part, libcst.SimpleString):
            value = part.evaluated_value
            literal.is_bytes = isinstance(value, bytes)
            literal.value += value if isinstance(value, bytes) else value.encode()
        else:
            literal.is_format = True
            literal.value += format_value(part)
            literal.inner += inner_literals(part)
    return literal


def format_value(node: libcst.FormattedString | libcst.TemplatedString) -> bytes:
    quote = node.end
    prefix = node.start[: -len(quote)].lower().replace("f", "").replace("t", "")
    value = b""
    for part in node.parts:
        if isinstance(part, libcst.FormattedStringText | libcst.TemplatedStringText):
            text = part.value.replace("{{", "{").replace("}}", "}")
            value += ast.literal_eval(f"{prefix}{quote}{text}{quote}").encode()
        else:
            value += b"*"
    return value


def inner_literals(node: libcst.FormattedString | libcst.TemplatedString) -> list[Literal]:
    reader = Reader()
    for part in node.parts:
        part.visit(reader)
    return reader.found


def literals_of(source: str) -> list[Literal]:
    reader = Reader()
    libcst.parse_module(source).visit(reader)
    return reader.found
