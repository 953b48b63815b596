"""What CPython's own `ast` and `symtable` say about a source's statements and scopes."""

from __future__ import annotations

import ast
import bisect
import re
import symtable
import unicodedata
import warnings
from collections import Counter
from collections.abc import Iterator

COMPREHENSIONS = {"genexpr", "listcomp", "setcomp", "dictcomp"}
KINDS = {"AsyncFunctionDef": "FunctionDef", "AsyncFor": "For", "AsyncWith": "With", "TryStar": "Try"}

# A kind, the offset of its first byte, that of its end unless it has blocks, the number of the statement around
# it, and the number of that statement's clause.
Statement = tuple[str, int, int | None, int, int, str]


class Lines:
    def __init__(self, source: bytes) -> None:
        bom = 3 if source.startswith(b"\xef\xbb\xbf") else 0
        self.begins = [bom, *(match.end() for match in re.finditer(rb"\r\n|\r|\n", source))]

    def offset(self, line: int, column: int) -> int:
        return self.begins[line - 1] + column

    def line(self, offset: int) -> int:
        return bisect.bisect_right(self.begins, max(offset, self.begins[0]))


# Statements --------------------------------------------------------------------------------------------------------


class StatementReader:
    def __init__(self, source: bytes) -> None:
        self.source = source
        self.lines = Lines(source)
        self.found: list[Statement] = []

    def take_all(self, nodes: list[ast.AST], parent: int, clause: int, kind: str) -> None:
        for node in nodes:
            self.take(node, parent, clause, kind)

    def take(self, node: ast.AST, parent: int, clause: int, kind: str) -> None:
        name = type(node).__name__
        number = len(self.found)
        blocks = list(self.blocks(node))
        begin = end = None
        if not isinstance(node, ast.match_case):
            begin = self.lines.offset(node.lineno, node.col_offset)
            end = None if blocks else self.lines.offset(node.end_lineno, node.end_col_offset)
        self.found.append((KINDS.get(name, name), begin, end, parent, clause, kind))
        for i, (block_kind, body) in enumerate(blocks):
            self.take_all(body, number, i, block_kind)

    def blocks(self, node: ast.AST) -> Iterator[tuple[str, list[ast.AST]]]:
        if isinstance(node, ast.Match):
            yield "body", node.cases
        elif hasattr(node, "body"):
            yield "body", node.body
        for handler in getattr(node, "handlers", []):
            yield "except", handler.body
        if isinstance(node, ast.If):
            yield from self.else_blocks(node.orelse)
        elif getattr(node, "orelse", []):
            yield "else", node.orelse
        if getattr(node, "finalbody", []):
            yield "finally", node.finalbody

    def begins(self, node: ast.stmt, word: bytes) -> bool:
        return self.source.startswith(word, self.lines.offset(node.lineno, node.col_offset))

    def else_blocks(self, body: list[ast.stmt]) -> Iterator[tuple[str, list[ast.AST]]]:
        """For `ast` an `elif` is an `if` in an `else`."""
        while body and isinstance(body[0], ast.If) and self.begins(body[0], b"elif"):
            yield "elif", body[0].body
            body = body[0].orelse
        if body:
            yield "else", body


def their_statements(source: bytes, tree: ast.Module) -> list[Statement]:
    reader = StatementReader(source)
    reader.take_all(tree.body, -1, 0, "body")
    return reader.found


def our_statements(flat: list[list[object]]) -> list[Statement]:
    numbers: dict[int, int] = {-1: -1}
    found: list[Statement] = []
    for i, (kind, begin, end, parent, clause, clause_kind) in enumerate(flat):
        if kind == "decorator":
            continue
        numbers[i] = len(found)
        has_blocks = kind in {"If", "While", "For", "Try", "With", "Match", "match_case", "FunctionDef", "ClassDef"}
        is_case = kind == "match_case"
        found.append(
            (kind, None if is_case else begin, None if has_blocks else end, numbers[parent], clause, clause_kind)
        )
    return found


def check_statements(source: bytes, tree: ast.Module, flat: list[list[object]]) -> None:
    """CPython's columns count UTF-8, whatever the file's own encoding is."""
    ours, theirs = our_statements(flat), their_statements(source, tree)
    if not source.isascii() and b"coding" in source:
        ours, theirs = ([(s[0], *s[3:]) for s in both] for both in (ours, theirs))
    for mine, other in zip(ours, theirs, strict=False):
        assert mine == other
    assert len(ours) == len(theirs)


# Scopes ------------------------------------------------------------------------------------------------------------


class ScopeReader:
    """The names that each scope binds, in the scope in which they live."""

    def __init__(self) -> None:
        self.tables: list[symtable.SymbolTable] = []
        self.parents: list[int] = []
        self.names: list[set[str]] = []
        self.bound: list[set[str]] = []

    def take(self, table: symtable.SymbolTable, parent: int) -> None:
        number = len(self.tables)
        self.tables.append(table)
        self.parents.append(parent)
        self.names.append(set())
        symbols = {s.get_name(): s for s in table.get_symbols() if not s.get_name().startswith(".")}
        bound = {n: s for n, s in symbols.items() if s.is_assigned() or s.is_imported() or s.is_parameter()}
        self.bound.append({n for n, s in bound.items() if not s.is_nonlocal() and not s.is_declared_global()})
        for name, symbol in bound.items():
            home = 0 if symbol.is_declared_global() else number
            while symbol.is_nonlocal() and (name not in self.bound[home] or self.tables[home].get_type() == "class"):
                home = self.parents[home]
            self.names[home].add(self.unmangled(name, number))
        for child in table.get_children():
            self.take(child, number)

    def unmangled(self, name: str, number: int) -> str:
        while number > 0 and self.tables[number].get_type() != "class":
            number = self.parents[number]
        prefix = f"_{self.tables[number].get_name().lstrip('_')}__"
        return name[len(prefix) - 2 :] if number > 0 and name.startswith(prefix) else name

    def kind(self, number: int) -> tuple[str, str]:
        table = self.tables[number]
        name = table.get_name()
        if table.get_type() != "function":
            return table.get_type(), name if number > 0 else ""
        if name in COMPREHENSIONS:
            return "comprehension", ""
        return ("lambda", "") if name == "lambda" else ("function", name)


Scope = tuple[str, str, int, tuple[str, ...], tuple[str, str, int]]


def their_scopes(source: bytes) -> Counter[Scope]:
    reader = ScopeReader()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        reader.take(symtable.symtable(source, "source", "exec"), 0)
    keys = [(*reader.kind(i), table.get_lineno() if i > 0 else 0) for i, table in enumerate(reader.tables)]
    return Counter((*key, tuple(sorted(reader.names[i])), keys[reader.parents[i]]) for i, key in enumerate(keys))


def our_scopes(source: bytes, flat: list[list[object]]) -> Counter[Scope]:
    lines = Lines(source)

    def text(name: str) -> str:
        try:
            name = name.encode("latin-1").decode()
        except UnicodeDecodeError:
            pass  # of a file that isn't UTF-8
        return unicodedata.normalize("NFKC", name)

    keys = [(kind, text(name), lines.line(begin) if i > 0 else 0) for i, (kind, name, begin, *_) in enumerate(flat)]
    return Counter(
        (*keys[i], tuple(sorted({*map(text, names)})), keys[parent]) for i, (*_, parent, names) in enumerate(flat)
    )


def check_scopes(source: bytes, flat: list[list[object]]) -> None:
    ours, theirs = our_scopes(source, flat), their_scopes(source)
    assert ours == theirs, f"ours alone: {ours - theirs}; theirs alone: {theirs - ours}"
