"""What scenarios look at beside the command line's own words.

look WHEEL           the entries: mode, method, date, size, path
look WHEEL ENTRY     an entry's text
look --files FOLDER  the names in a folder, hidden ones too
"""

from __future__ import annotations

import os
import sys
import zipfile


def main() -> None:
    match sys.argv[1:]:
        case ["--files", folder]:
            print(*sorted(os.listdir(folder)), sep="\n")
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
