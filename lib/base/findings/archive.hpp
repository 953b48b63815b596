#pragma once

#include <array>
#include <wheelfix/finding_catalogue.hpp>

namespace wheelfix::findings {

using enum Severity;
using enum FindingKind;

inline constexpr auto archive = std::to_array<FindingInfo>({
    {.code = FindingCode::unreadable,
     .name = "unreadable",
     .severities = error,
     .kind = breaks,
     .meaning =
         "The file can't be opened, isn't a ZIP archive, is cut short, has bytes after its end, or "
         "has end records that readers interpret in different ways. Installers may get "
         "different contents from it, and most refuse it. `doctor` reports it for any wheel, site-packages "
         "folder or `.dist-info` folder that it can't read, and examines the others.",
     .remedy = "Check the path. Download the wheel again and compare its hash. If `doctor` reports it for a "
               "whole archive, `wheelfix verify WHEEL` lists what is wrong with it. For a folder, check "
               "its permissions, and install the package again.",
     .example = "is not a ZIP archive, so not a wheel"},
    {.code = FindingCode::inconsistent_archive,
     .name = "inconsistent-archive",
     .severities = error,
     .kind = breaks,
     .meaning = "libzip refuses the archive, or sees other entries in it, and wheelfix's own reader "
                "doesn't find the wrong entry. pip and uv may install it, but programs that use libzip "
                "can't open it. wheelfix doesn't read its contents.",
     .remedy = "Download the wheel again and compare its hash. If it is what was published, ask the "
               "publisher for one that is packed with Python's zipfile, like build backends do.",
     .example = "libzip refuses the archive, without saying which entry: Zip archive inconsistent"},
    {.code = FindingCode::local_header_mismatch,
     .name = "local-header-mismatch",
     .severities = error,
     .kind = breaks,
     .meaning = "The header in front of an entry, or the data descriptor after it, says something else "
                "than the archive's directory. pip reads the directory, and uv reads both and mostly "
                "refuses the wheel; programs that read the archive front to back get another name or other "
                "content.",
     .remedy = "Download the wheel again and compare its hash. If it is what was published, ask the "
               "publisher for a new one. wheelfix refuses to patch it.",
     .example = "a: the local header names it b"},
    {.code = FindingCode::entries_overlap,
     .name = "entries-overlap",
     .severities = error,
     .kind = breaks,
     .meaning = "Two entries share bytes of the archive, like in ZIP bombs and in archives that show each "
                "reader other content. Readers disagree about it, and uv refuses such a wheel.",
     .remedy = "Don't install it. Download the wheel again and compare its hash, or ask the publisher "
               "for another one.",
     .example = "demo/twin.py: begins at offset 0, inside the entry before it"},
    {.code = FindingCode::archive_gap,
     .name = "archive-gap",
     .severities = error | warning,
     .kind = breaks,
     .meaning = "The archive has bytes that belong to no entry. pip and uv install the file, but uv "
                "refuses it from an index, because it reads what it downloads front to back. An error in "
                "`verify`; a warning when `patch` or `repair` writes the wheel, because the new one "
                "doesn't have them.",
     .remedy = "`wheelfix patch --suffix local.1 WHEEL` writes it without them.",
     .example = "18 bytes at offset 0 belong to no entry"},
    {.code = FindingCode::stream_unreadable,
     .name = "stream-unreadable",
     .severities = error,
     .kind = breaks,
     .meaning = "An entry can't be read front to back: it is stored with its size in a data descriptor "
                "after it, or the sizes there have another width than the local header says. pip and uv "
                "install the file, but uv refuses the wheel from an index, because it reads what it "
                "downloads front to back.",
     .remedy = "`wheelfix patch --suffix local.1 WHEEL` writes the entry's headers again, and its content "
               "stays.",
     .example = "demo/__init__.py: is stored with its size after it, in a data descriptor"},
    {.code = FindingCode::duplicate_entry,
     .name = "duplicate-entry",
     .severities = error,
     .kind = breaks,
     .meaning = "One name is in the archive twice. Which of the two is installed depends on the reader.",
     .remedy = "Ask the publisher for a wheel that has the file once. wheelfix refuses to patch it.",
     .example = "demo/__init__.py: is in the archive twice"},
    {.code = FindingCode::unflagged_name,
     .name = "unflagged-name",
     .severities = error,
     .kind = breaks,
     .meaning = "A name has characters beyond ASCII, and its entry doesn't have the flag for UTF-8. pip "
                "reads it in code page 437, so the file may get another name, and uv refuses the wheel.",
     .remedy = "`wheelfix patch --suffix local.1 --remove ENTRY --add ENTRY=FILE WHEEL` adds the file "
               "again, with the flag. `patch` copies an entry that it doesn't change without it.",
     .example = "demo/café.py: its name isn't ASCII and isn't flagged as UTF-8: pip reads it as code page "
                "437, uv refuses it"},
    {.code = FindingCode::reserved_name,
     .name = "reserved-name",
     .severities = warning,
     .kind = breaks,
     .meaning = "A file name can't exist on Windows: the name of a device such as `CON`, `NUL` or `COM1` "
                "with any extension, a dot or a space at the end, or one of `: * ? \" < > |`. On Windows "
                "the file can't be installed, or becomes another one; other systems aren't affected, so "
                "`verify` reports it only for wheels for Windows or for any platform.",
     .remedy = "Nothing to do on other systems. The publisher should rename the file. If you don't need "
               "it, `wheelfix patch --suffix local.1 --remove ENTRY WHEEL` leaves it out.",
     .example = "demo/aux.h: its name is that of a device, which Windows can't hold"},
    {.code = FindingCode::hidden_character,
     .name = "hidden-character",
     .severities = error,
     .kind = breaks,
     .meaning = "A name has characters that aren't visible: control characters, characters without width, "
                "those that change the direction of text, or ones that Unicode doesn't assign. uv refuses "
                "most of them, and such names can look like others.",
     .remedy = "Don't install it unless you know the reason for the name. Ask the publisher for a wheel "
               "without the character. wheelfix refuses to patch it.",
     .example = "demo/a\\x0ab.py: its name has \\x0a, which isn't visible"},
    {.code = FindingCode::binary_comment,
     .name = "binary-comment",
     .severities = error,
     .kind = breaks,
     .meaning = "The comment of the archive or of an entry has bytes such as those of ZIP records. A "
                "reader that looks for the archive's end there finds another archive, so uv refuses the "
                "wheel.",
     .remedy = "Ask the publisher for a wheel without the comment. wheelfix refuses to patch it.",
     .example = "the archive's comment has the bytes of ZIP records"},
    {.code = FindingCode::bad_extra_field,
     .name = "bad-extra-field",
     .severities = error,
     .kind = breaks,
     .meaning = "The extra fields of an entry are duplicated or cut short, or a ZIP64 field has values "
                "that the header has itself. uv refuses the wheel; pip installs it.",
     .remedy = "`wheelfix patch --suffix local.1 WHEEL` writes the entry's headers again, and its content "
               "stays.",
     .example = "demo/__init__.py: its extra fields hold two of one kind"},
    {.code = FindingCode::folder_with_content,
     .name = "folder-with-content",
     .severities = error,
     .kind = breaks,
     .meaning = "An entry whose name ends in `/` has content. Installers make a folder and drop the "
                "content, or refuse the wheel.",
     .remedy = "Ask the publisher for a wheel in which the file's name has no slash at its end. wheelfix "
               "refuses to patch it.",
     .example = "a/: is a folder, but has 2 bytes of content, which installers drop or refuse"},
    {.code = FindingCode::special_mode,
     .name = "special-mode",
     .severities = warning,
     .kind = hygiene,
     .meaning = "The mode of an entry says FIFO, socket or device, or has a setuid, setgid or sticky "
                "bit. Installers write a plain file without these bits.",
     .remedy = "Nothing to do, unless the program needs the bit: set it with `chmod` after the "
               "installation. The publisher should ship a plain file.",
     .example = "demo/__init__.py: has the setuid, setgid or sticky bit, which installers drop"},
    {.code = FindingCode::case_fold_twins,
     .name = "case-fold-twins",
     .severities = error,
     .kind = breaks,
     .meaning = "Two names differ only in case, or only in Unicode's normal form. Windows and macOS treat "
                "them as the same file, so one overwrites the other; on Linux both are installed.",
     .remedy = "Ask the publisher for a wheel in which one of them has another name. wheelfix refuses to "
               "patch it.",
     .example = "a/README: is the same path as a/Readme if case is ignored"},
    {.code = FindingCode::file_is_directory,
     .name = "file-is-directory",
     .severities = error,
     .kind = breaks,
     .meaning = "An entry is inside another one that is a file. No file system has both, so installers "
                "refuse the wheel or lose one of the two.",
     .remedy = "Ask the publisher for another wheel. wheelfix refuses to patch it.",
     .example = "a/b: is in a, which is a file"},
    {.code = FindingCode::unsafe_path,
     .name = "unsafe-path",
     .severities = error,
     .kind = breaks,
     .meaning = "A name is empty, absolute, not UTF-8 or too long, has `..`, `.`, a drive letter, a "
                "backslash or a NUL, or has an empty component. Unpacking it could write outside of the "
                "folder. Installers refuse some of them and install others in different places.",
     .remedy = "Don't install this wheel. Ask the publisher for another one. wheelfix refuses to patch "
               "it.",
     .example = "../evil.py: its name climbs out with '..'"},
    {.code = FindingCode::symlink_entry,
     .name = "symlink-entry",
     .severities = warning,
     .kind = breaks,
     .meaning = "An entry is a symbolic link. pip and uv write a plain file, whose text is the link's "
                "target, so a library or module that is linked like this can't be loaded.",
     .remedy = "`wheelfix patch --suffix local.1 --remove ENTRY --add ENTRY=FILE WHEEL` puts the file "
               "itself in the place of the link. The publisher should ship the file.",
     .example = "demo/__init__.py: is a symbolic link; installers write its target's name as the file's "
                "text"},
    {.code = FindingCode::encrypted_entry,
     .name = "encrypted-entry",
     .severities = error,
     .kind = breaks,
     .meaning = "An entry is flagged as encrypted. Installers have no password and refuse most of such "
                "wheels.",
     .remedy = "Ask the publisher for a wheel without encryption. wheelfix refuses to patch it.",
     .example = "demo/__init__.py: is encrypted"},
    {.code = FindingCode::unknown_method,
     .name = "unknown-method",
     .severities = error,
     .kind = breaks,
     .meaning = "An entry is compressed by another method than deflate, is compressed patched data, or "
                "requires a version of the ZIP format above 6.3. Installers need only read stored and "
                "deflated entries, and most refuse the wheel.",
     .remedy = "Ask the publisher for a wheel with deflated entries. wheelfix refuses to patch it.",
     .example = "demo/__init__.py: is compressed by method 12, not stored (0) or deflated (8)"},
    {.code = FindingCode::limit_exceeded,
     .name = "limit-exceeded",
     .severities = error,
     .kind = breaks,
     .meaning = "An entry or the archive is over one of wheelfix's limits on size, ratio or count, so it "
                "isn't read and nothing is said about its content. pip and uv install it without asking, "
                "and a ZIP bomb fills the disk.",
     .remedy = "If you trust the wheel, raise the limit with the option that the hint names: "
               "`--max-entry-size`, `--max-ratio`, `--max-entries` or `--max-document`. Otherwise don't "
               "install it.",
     .example = "demo/__init__.py: inflates 38889 bytes to 40000000, more than 400 times its size: a ZIP "
                "bomb?"},
    {.code = FindingCode::damaged_entry,
     .name = "damaged-entry",
     .severities = error,
     .kind = breaks,
     .meaning = "The compressed data of an entry is damaged, or its size or CRC-32 isn't what the "
                "archive says. Installers refuse the wheel, or write a file that isn't the one that was "
                "packed.",
     .remedy = "Download the wheel again and compare its hash. `wheelfix patch` doesn't fix it: it "
               "copies the entries that it doesn't change without reading them.",
     .example = "demo/__init__.py: its content has the CRC-32 81da5e2f, not 878bf7ae as the archive "
                "states"},
});

}  // namespace wheelfix::findings
