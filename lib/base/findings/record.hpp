#pragma once

#include <array>
#include <wheelfix/finding_catalogue.hpp>

namespace wheelfix::findings {

using enum Severity;
using enum FindingKind;

inline constexpr auto record = std::to_array<FindingInfo>({
    {.code = FindingCode::record_unreadable,
     .name = "record-unreadable",
     .severities = error,
     .kind = breaks,
     .meaning = "RECORD is missing or damaged, is over the limits on its size and rows, or a row isn't a "
                "path, a hash and a size. uv refuses most of such wheels and pip some, and nothing "
                "vouches for their files. In a site-packages folder pip can't uninstall the package.",
     .remedy = "Download the wheel again, or ask the publisher for another one; wheelfix refuses to "
               "patch it. `--max-document` raises the limit on bytes. In a site-packages folder, install "
               "the package again.",
     .example = "demo-1.0.dist-info/RECORD: a row has 3 fields, path, hash and size, and this one has 1"},
    {.code = FindingCode::record_blank_line,
     .name = "record-blank-line",
     .severities = error,
     .kind = breaks,
     .meaning = "RECORD has blank lines, for example from `\\r\\r\\n` at the end of lines. pip and "
                "installer fail on them; uv doesn't.",
     .remedy = "`wheelfix patch --suffix local.1 WHEEL` writes RECORD without them.",
     .example = "demo-1.0.dist-info/RECORD: has 1 blank line"},
    {.code = FindingCode::record_missing_entry,
     .name = "record-missing-entry",
     .severities = error | warning,
     .kind = breaks,
     .meaning = "RECORD lists a file that isn't in the wheel. pip and uv install the wheel without it, so "
                "what needs the file fails later. A warning from `patch --force` and `repair --force`, "
                "which drop the row.",
     .remedy = "Download the wheel again and compare its hash. If you have the file, `wheelfix patch "
               "--suffix local.1 --add ENTRY=FILE WHEEL` adds it. If nothing needs it, `wheelfix "
               "patch --force --suffix local.1 WHEEL` drops the row.",
     .example = "bad/gone.py: is in RECORD, but not in the wheel"},
    {.code = FindingCode::record_missing_row,
     .name = "record-missing-row",
     .severities = error | warning,
     .kind = breaks,
     .meaning = "A file of the wheel has no row in RECORD, so nothing vouches for it. pip and uv install "
                "it anyway; `python -m installer --validate-record all` refuses the wheel. A warning from "
                "`patch` and `repair`, which give it a row.",
     .remedy = "Download the wheel again and compare its hash. If the publisher made it so, `wheelfix "
               "patch --suffix local.1 WHEEL` gives the file a row.",
     .example = "bad/extra.py: is in the wheel, but not in RECORD"},
    {.code = FindingCode::record_hash_mismatch,
     .name = "record-hash-mismatch",
     .severities = error | warning,
     .kind = breaks,
     .meaning = "The content of a file doesn't have the hash that RECORD says: it was changed after the "
                "wheel was made. pip and uv don't look at it, but `python -m installer --validate-record "
                "all` refuses the wheel, and `patch` refuses to change the file. A warning from `patch "
                "--force` and `repair --force`, which write a correct row for a file that they change.",
     .remedy = "Download the wheel again and compare its hash. If the publisher made it so, `wheelfix "
               "patch --suffix local.1 --remove ENTRY --add ENTRY=FILE WHEEL` adds the file again, with a "
               "correct row. `--force` corrects only the rows of files that are changed.",
     .example = "bad/__init__.py: RECORD says sha256=AAAA, the content has "
                "sha256=LIsI2lzmA5jh8Zrw5dzMdE3ydLgmq-WF6rpoxSVDSAY"},
    {.code = FindingCode::record_size_mismatch,
     .name = "record-size-mismatch",
     .severities = error,
     .kind = breaks,
     .meaning = "The content of a file doesn't have the size that RECORD says: it was changed after the "
                "wheel was made. pip and uv don't compare it; `python -m installer --validate-record "
                "all` refuses the wheel. `patch` and `repair` report it as `record-hash-mismatch`.",
     .remedy = "Download the wheel again and compare its hash. If the publisher made it so, `wheelfix "
               "patch --suffix local.1 --remove ENTRY --add ENTRY=FILE WHEEL` adds the file again, with a "
               "correct row.",
     .example = "bad/__init__.py: RECORD says 99 bytes, the content has 4"},
    {.code = FindingCode::record_no_hash,
     .name = "record-no-hash",
     .severities = error,
     .kind = breaks,
     .meaning = "A row of RECORD has no hash, so nothing vouches for the file. pip and uv don't look at "
                "it; `python -m installer --validate-record all` refuses the wheel.",
     .remedy = "Ask the publisher for another wheel. Until then, `wheelfix patch --suffix local.1 --remove "
               "ENTRY --add ENTRY=FILE WHEEL` adds the file again, with a correct row.",
     .example = "demo/__init__.py: has no hash in RECORD"},
    {.code = FindingCode::record_weak_hash,
     .name = "record-weak-hash",
     .severities = error,
     .kind = breaks,
     .meaning = "A row of RECORD has a hash that is weaker than SHA-256, such as md5 or sha1, or one of an "
                "algorithm that wheelfix doesn't know. The specification forbids the weak ones, and the "
                "file can be replaced by one with the same hash. pip and uv install the wheel anyway.",
     .remedy = "Ask the publisher for another wheel. Until then, `wheelfix patch --suffix local.1 --remove "
               "ENTRY --add ENTRY=FILE WHEEL` adds the file again, with a correct row.",
     .example = "demo/__init__.py: has a hash by md5 in RECORD; sha256 or stronger is required"},
    {.code = FindingCode::record_hash_form,
     .name = "record-hash-form",
     .severities = warning,
     .kind = hygiene,
     .meaning = "A hash in RECORD is in hexadecimal, or is padded with `=`; it should be urlsafe base64 "
                "without padding. pip and uv don't look at it; `python -m installer --validate-record "
                "all` refuses hexadecimal.",
     .remedy = "Nothing to do. A patch of a file with a hash in hexadecimal needs `--force`. `wheelfix "
               "patch --suffix local.1 --remove ENTRY --add ENTRY=FILE WHEEL` adds the file again, with a "
               "correct row.",
     .example = "demo/__init__.py: its hash in RECORD is hexadecimal"},
    {.code = FindingCode::record_duplicate_row,
     .name = "record-duplicate-row",
     .severities = warning,
     .kind = hygiene,
     .meaning = "RECORD lists a file twice. Installers take either row, which does no harm if both are "
                "right; `verify` compares the first one.",
     .remedy = "Nothing to do. The publisher should list each file once. `wheelfix patch` keeps both "
               "rows.",
     .example = "demo/__init__.py: is in RECORD twice"},
    {.code = FindingCode::record_directory,
     .name = "record-directory",
     .severities = warning,
     .kind = hygiene,
     .meaning = "RECORD lists a folder, but it is only for files. Installers don't care.",
     .remedy = "Nothing to do. The publisher should leave the row out. `wheelfix patch` keeps it.",
     .example = "demo/sub/: RECORD lists a folder; it is for files"},
    {.code = FindingCode::record_self_hash,
     .name = "record-self-hash",
     .severities = warning,
     .kind = hygiene,
     .meaning = "RECORD gives itself a hash or a size, which can't be right, because writing it changes "
                "the file. pip and uv don't look at it; `python -m installer --validate-record all` "
                "refuses the wheel.",
     .remedy = "Nothing to do. `wheelfix patch --suffix local.1 WHEEL` writes the row without them.",
     .example = "demo-1.0.dist-info/RECORD: RECORD gives itself a hash or a size, which can't be right"},
});

}  // namespace wheelfix::findings
