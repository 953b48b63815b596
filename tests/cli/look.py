"""What scenarios look at beside the command line's own words.

look WHEEL              the entries: mode, method, date, size, path
look WHEEL ENTRY        an entry's text
look --elf WHEEL ENTRY  an ELF library's machine and dynamic section, as pyelftools reads them
look --files FOLDER     the names in a folder, hidden ones too
"""

from __future__ import annotations

import io
import os
import sys
import zipfile


def print_dynamic(library: bytes) -> None:
    from elftools.elf.elffile import ELFFile  # here, because it takes time to import

    elf = ELFFile(io.BytesIO(library))
    print(elf["e_machine"])
    for tag in elf.get_section_by_name(".dynamic").iter_tags():
        name = tag.entry.d_tag.removeprefix("DT_").lower()
        if name in ("needed", "soname", "rpath", "runpath"):
            print(name, getattr(tag, name))


def main() -> None:
    match sys.argv[1:]:
        case ["--files", folder]:
            print(*sorted(os.listdir(folder)), sep="\n")
        case ["--elf", wheel, entry]:
            print_dynamic(zipfile.ZipFile(wheel).read(entry))
        case [wheel, entry]:
            sys.stdout.buffer.write(zipfile.ZipFile(wheel).read(entry))
        case [wheel]:
            for info in zipfile.ZipFile(wheel).infolist():
                method = {zipfile.ZIP_STORED: "stored", zipfile.ZIP_DEFLATED: "deflated"}[info.compress_type]
                date = "{:04}-{:02}-{:02} {:02}:{:02}:{:02}".format(*info.date_time)
                print(f"{info.external_attr >> 16:06o} {method:<8} {date} {info.file_size:>6} {info.filename}")
        case _:
            sys.exit(__doc__)


main()
