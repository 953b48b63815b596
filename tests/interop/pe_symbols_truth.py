"""What a PE file takes from others and gives them, as pefile and the newest LIEF read it, in the form that ours is brought to."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, NamedTuple

import lief
import pefile

EXPORTS, IMPORTS, DELAY_IMPORTS = 0, 1, 13  # places in PE's directory of tables

# pefile takes what is longer than this, or has characters that a C compiler doesn't write, as damaged.
pefile.MAX_IMPORT_SYMBOLS = 1 << 20
pefile.MAX_IMPORT_NAME_LENGTH = pefile.MAX_SYMBOL_NAME_LENGTH = 1 << 16
pefile.is_valid_function_name = lambda *_, **__: True

Taken = tuple[str, int]  # by name and hint, or without a name by ordinal
Given = tuple[int, str, str]  # by ordinal, its name, what it is forwarded to


class Symbols(NamedTuple):
    imports: list[tuple[str, list[Taken]]]
    delayed: list[tuple[str, list[Taken]]]
    exports: list[Given]


def ours(read: dict[str, Any]) -> Symbols:
    named = [(place, name) for name, place in read["names"]]
    places = {place for place, _ in named}
    unnamed = [(place, "") for place in range(len(read["exports"])) if place not in places]
    exports = [
        (read["first_ordinal"] + place, name, read["exports"][place][1])
        for place, name in named + unnamed
        if read["exports"][place][0]
    ]
    lists = ([(dll, [tuple(one) for one in taken]) for dll, taken in read[key]] for key in ("imports", "delay_imports"))
    return Symbols(*lists, sorted(exports))


def read_by_pefile(content: bytes) -> Symbols:
    file = pefile.PE(data=content, fast_load=True, max_symbol_exports=1 << 16, max_repeated_symbol=1 << 16)
    file.parse_data_directories(directories=[EXPORTS, IMPORTS, DELAY_IMPORTS])
    imports, delayed = (
        [
            (
                entry.dll.decode(),
                [("", one.ordinal) if one.import_by_ordinal else (one.name.decode(), one.hint) for one in entry.imports],
            )
            for entry in getattr(file, name, [])
        ]
        for name in ("DIRECTORY_ENTRY_IMPORT", "DIRECTORY_ENTRY_DELAY_IMPORT")
    )
    table = getattr(file, "DIRECTORY_ENTRY_EXPORT", None)
    exports = [
        (one.ordinal, (one.name or b"").decode(), (one.forwarder or b"").decode()) for one in (table.symbols if table else [])
    ]
    return Symbols(imports, delayed, sorted(exports))


def read_by_lief(content: bytes) -> Symbols:
    file = lief.PE.parse(content)
    imports, delayed = (
        [
            (str(table.name), [("", one.ordinal) if one.is_ordinal else (str(one.name), one.hint) for one in table.entries])
            for table in tables
        ]
        for tables in (file.imports, file.delay_imports)
    )
    exports = []
    for one in file.get_export().entries if file.has_exports else []:
        forwarder = f"{one.forward_information.library}.{one.forward_information.function}" if one.is_forwarded else ""
        exports.append((one.ordinal, str(one.name), forwarder))
    return Symbols(imports, delayed, sorted(exports))


def read_ours(tool: Path, files: list[Path]) -> list[Symbols]:
    requests = "".join(json.dumps({"pe_symbols": str(file)}) + "\n" for file in files)
    answers = subprocess.run([tool], input=requests, capture_output=True, text=True, check=True).stdout.splitlines()
    return [ours(json.loads(answer)) for answer in answers]
