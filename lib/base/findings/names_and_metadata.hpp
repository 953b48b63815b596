#pragma once

#include <array>
#include <wheelfix/finding_catalogue.hpp>

namespace wheelfix::findings {

using enum Severity;
using enum FindingKind;

inline constexpr auto names_and_metadata = std::to_array<FindingInfo>({
    {.code = FindingCode::bad_file_name,
     .name = "bad-file-name",
     .severities = error,
     .kind = breaks,
     .meaning = "The file's name isn't that of a wheel, `NAME-VERSION[-BUILD]-PYTHON-ABI-PLATFORM.whl`, "
                "or has tags in upper case. pip and uv refuse other names. pip reads tags in lower case, "
                "but uv finds no Python for those in upper case.",
     .remedy = "Rename the file back to its published name, or its tags to lower case. Browsers change "
               "names, for example to `demo-1.0-py3-none-any (1).whl`.",
     .example = "the name of a wheel has 5 parts between dashes, or 6 with a build tag, and this one has "
                "2"},
    {.code = FindingCode::no_dist_info,
     .name = "no-dist-info",
     .severities = error,
     .kind = breaks,
     .meaning = "There is no `.dist-info` folder at the top of the archive, so it isn't a wheel. "
                "Installers refuse it.",
     .remedy = "Build the wheel with a build backend, such as by `python -m build`, and not with zip. If "
               "it was downloaded, ask the publisher for another one.",
     .example = "has no .dist-info folder at its top, so it is not a wheel"},
    {.code = FindingCode::two_dist_info,
     .name = "two-dist-info",
     .severities = error,
     .kind = breaks,
     .meaning = "There are several names at the top of the archive that end in `.dist-info`. pip refuses "
                "the wheel, and so does uv if they are folders.",
     .remedy = "Ask the publisher for a wheel with exactly one. wheelfix refuses to patch it.",
     .example = "has 2 .dist-info folders: demo-1.0.dist-info, other-1.0.dist-info"},
    {.code = FindingCode::dist_info_mismatch,
     .name = "dist-info-mismatch",
     .severities = error,
     .kind = breaks,
     .meaning = "The name of the `.dist-info` folder has another project or version than the file's "
                "name. Installers refuse another project; another version may be installed, and is then "
                "listed as the folder says and not as resolvers and lock files do.",
     .remedy = "If the file was renamed, rename it back. Otherwise ask the publisher for another wheel. "
               "wheelfix refuses to patch it.",
     .example = "demo-1.0.dist-info: names the project demo, the file's name says other"},
    {.code = FindingCode::metadata_mismatch,
     .name = "metadata-mismatch",
     .severities = error | warning,
     .kind = breaks,
     .meaning = "Name or Version in METADATA differs from the file's name, or Name has white space after "
                "it or several lines. Installers refuse most of such wheels. A warning if a patch of Name "
                "caused it and `patch --force` writes the wheel.",
     .remedy = "If the file was renamed, rename it back. For white space or several lines, unpack the "
               "wheel, correct METADATA, and run `wheelfix diff WHEEL FOLDER -o fix.patch` and `wheelfix "
               "patch --suffix local.1 --patch fix.patch WHEEL`. Otherwise ask the publisher for another "
               "wheel.",
     .example = "demo-1.0.dist-info/METADATA: names the project demo, the file's name says other"},
    {.code = FindingCode::not_utf8,
     .name = "not-utf8",
     .severities = error | warning,
     .kind = breaks,
     .meaning = "METADATA, WHEEL, entry_points.txt or RECORD is not UTF-8. pip refuses the wheel; uv "
                "refuses some of them. A warning if a patch caused it and `patch --force` writes the wheel.",
     .remedy = "Ask the publisher for another wheel. Until then, unpack the wheel, convert METADATA, "
               "WHEEL or entry_points.txt to UTF-8, and run `wheelfix diff WHEEL FOLDER -o fix.patch` "
               "and `wheelfix patch --suffix local.1 --patch fix.patch WHEEL`.",
     .example = "demo-1.0.dist-info/METADATA: is not UTF-8, first in line 3"},
    {.code = FindingCode::metadata_unreadable,
     .name = "metadata-unreadable",
     .severities = error,
     .kind = breaks,
     .meaning = "METADATA is missing, is damaged, is over the limit on its size, or its first line isn't "
                "`Key: value`. Installers refuse most of such wheels. In a site-packages folder pip and "
                "importlib.metadata can't tell what the package is.",
     .remedy = "Download the wheel again, or ask the publisher for another one; wheelfix refuses to "
               "patch it. `--max-document` raises the limit. In a site-packages folder, install the "
               "package again.",
     .example = "demo-1.0.dist-info/METADATA: the first line isn't 'Key: value': 'no header'"},
    {.code = FindingCode::wheel_file_unreadable,
     .name = "wheel-file-unreadable",
     .severities = error,
     .kind = breaks,
     .meaning = "WHEEL is missing, is damaged, is over the limit on its size, or its first line isn't "
                "`Key: value`. Installers refuse most of such wheels, because it says how to install "
                "them.",
     .remedy = "Download the wheel again, or ask the publisher for another one. wheelfix refuses to "
               "patch it. `--max-document` raises the limit.",
     .example = "demo-1.0.dist-info/WHEEL: is not in the wheel"},
    {.code = FindingCode::stray_header_line,
     .name = "stray-header-line",
     .severities = warning,
     .kind = breaks,
     .meaning = "A line among the headers of METADATA or WHEEL isn't a header, so readers treat it and all "
                "that follows as the description. Headers after it have no effect: with Requires-Dist "
                "among them, the wheel is installed without what it needs.",
     .remedy = "Unpack the wheel, remove the line from METADATA or WHEEL, and run `wheelfix diff WHEEL "
               "FOLDER -o fix.patch` and `wheelfix patch --suffix local.1 --patch fix.patch WHEEL`. "
               "Nothing to do if no header comes after it.",
     .example =
         "demo-1.0.dist-info/METADATA: line 4 isn't a header, so readers treat it and all that follows "
         "as the body"},
    {.code = FindingCode::wheel_version,
     .name = "wheel-version",
     .severities = error | warning,
     .kind = breaks,
     .meaning = "Wheel-Version in WHEEL isn't 1.0. An error if it doesn't have the form of 1.0, is "
                "spelled differently or isn't 1.x, which pip or uv refuses. A warning for 0.1 and for 1.x, "
                "which both install; installer refuses 0.1.",
     .remedy = "Nothing to do for a warning. For an error, ask the publisher for another wheel; wheelfix "
               "refuses to patch it.",
     .example = "demo-1.0.dist-info/WHEEL: has Wheel-Version 1.9, newer than 1.0"},
    {.code = FindingCode::requires_dist_unreadable,
     .name = "requires-dist-unreadable",
     .severities = error | warning,
     .kind = breaks,
     .meaning = "pip or uv can't read a Requires-Dist: its name, version specifier or marker isn't "
                "valid, or it has several lines. They refuse the wheel, or fail when they resolve. A warning "
                "if a patch caused it and `patch --force` writes the wheel.",
     .remedy = "Unpack the wheel, correct the line in METADATA, and run `wheelfix diff WHEEL FOLDER -o "
               "fix.patch` and `wheelfix patch --suffix local.1 --patch fix.patch WHEEL`.",
     .example = "demo-1.0.dist-info/METADATA: Requires-Dist 'dep (>=1' ends where a ')' should be"},
    {.code = FindingCode::requires_python_unreadable,
     .name = "requires-python-unreadable",
     .severities = error | warning,
     .kind = breaks,
     .meaning = "Requires-Python isn't a set of version specifiers, so pip installs the wheel for any "
                "Python. An error if uv refuses the wheel for it. A warning if uv accepts it too, as "
                "with `>=3.6.*`, and in `doctor --python`, which then can't tell whether the Python is "
                "accepted.",
     .remedy = "Unpack the wheel, correct the line in METADATA, and run `wheelfix diff WHEEL FOLDER -o "
               "fix.patch` and `wheelfix patch --suffix local.1 --patch fix.patch WHEEL`. Nothing to do "
               "for a warning if your Python is one that the project supports.",
     .example = "demo-1.0.dist-info/METADATA: Requires-Python '^3.6' isn't a set of version specifiers"},
    {.code = FindingCode::entry_points,
     .name = "entry-points",
     .severities = error | warning,
     .kind = breaks,
     .meaning = "A line of entry_points.txt is refused by installers or read in different ways: a script "
                "without a callable, with a name that leads to another folder or is an interpreter's, a "
                "line that isn't `name = value`, or a name or section that is there twice. A warning if "
                "pip and uv install the wheel anyway, and if a patch caused it and `patch --force` writes "
                "the wheel.",
     .remedy = "Ask the publisher for another wheel. Until then, `wheelfix patch --suffix local.1 --remove "
               "ENTRY --add ENTRY=FILE WHEEL` replaces entry_points.txt with a corrected one.",
     .example = "demo-1.0.dist-info/entry_points.txt: line 2 the script run isn't module:callable, but "
                "'demo'"},
    {.code = FindingCode::root_is_purelib,
     .name = "root-is-purelib",
     .severities = warning,
     .kind = hygiene,
     .meaning = "WHEEL doesn't say `Root-Is-Purelib: true` or `false`. Installers treat it as false and "
                "install the files into platlib, which is the same folder as purelib for most Pythons.",
     .remedy = "Nothing to do. The publisher should add the line.",
     .example = "demo-1.0.dist-info/WHEEL: doesn't say whether Root-Is-Purelib is true or false"},
    {.code = FindingCode::tags_mismatch,
     .name = "tags-mismatch",
     .severities = warning,
     .kind = hygiene,
     .meaning = "The tags in WHEEL differ from those in the file's name, or a Tag there isn't one. "
                "Installers use the file's name.",
     .remedy = "Nothing to do if the file has its published name; otherwise rename it back. The "
               "publisher should change tags with `wheelfix retag`, which changes both.",
     .example = "demo-1.0.dist-info/WHEEL: has the tags py3-none-any, the file's name says "
                "py3-none-linux_x86_64"},
    {.code = FindingCode::build_mismatch,
     .name = "build-mismatch",
     .severities = warning,
     .kind = hygiene,
     .meaning =
         "The build tag in WHEEL differs from that in the file's name. Installers use the file's name.",
     .remedy = "Nothing to do if the file has its published name; otherwise rename it back. The "
               "publisher should change the build tag with `wheelfix retag --build`, which changes both.",
     .example = "demo-1.0.dist-info/WHEEL: has the build tag (none), the file's name says 1"},
    {.code = FindingCode::data_scheme,
     .name = "data-scheme",
     .severities = error | warning,
     .kind = breaks,
     .meaning = "A file of the `.data` folder isn't in a folder that installers know there, or a "
                "file at the top of the wheel has a name that ends in `.data`. pip refuses to install "
                "the wheel, and uv mostly does too. A warning if `patch --force` adds such a file.",
     .remedy = "Ask the publisher for another wheel. If you don't need a file in the `.data` folder, "
               "`wheelfix patch --suffix local.1 --remove ENTRY WHEEL` leaves it out.",
     .example = "demo-1.0.data/nonsense/x: isn't in a folder of .data that installers know (purelib, "
                "platlib, headers, scripts, data)"},
    {.code = FindingCode::data_dir_mismatch,
     .name = "data-dir-mismatch",
     .severities = error | warning,
     .kind = breaks,
     .meaning = "A `.data` folder at the top of the wheel isn't spelled like the `.dist-info` folder. "
                "pip installs its files where they belong; uv and installer leave them in site-packages, "
                "so scripts and modules in it are not found. A warning if `patch --force` adds one.",
     .remedy = "Ask the publisher for another wheel, or install it with pip. `wheelfix patch` keeps the "
               "spelling.",
     .example = "Demo-1.0.data: is a .data folder that isn't spelled demo-1.0.data, as dist-info is"},
    {.code = FindingCode::installed_twice,
     .name = "installed-twice",
     .severities = error | warning,
     .kind = breaks,
     .meaning = "Two entries are installed as the same file, one from the top and one from purelib or "
                "platlib of the `.data` folder, or one from each of these. One overwrites the other, and "
                "which one depends on the installer. A warning if `patch --force` adds the second one.",
     .remedy = "Ask the publisher for another wheel. If you know which one is right, `wheelfix patch "
               "--suffix local.1 --remove ENTRY WHEEL` leaves the other one out.",
     .example = "demo-1.0.data/purelib/demo/a.py: is installed as the same file as demo/a.py"},
    {.code = FindingCode::entry_order,
     .name = "entry-order",
     .severities = note,
     .kind = hygiene,
     .meaning = "The `.dist-info` folder isn't last in the archive, or RECORD isn't its last file, as "
                "the specification recommends. Installers don't care; what reads only the end of a wheel "
                "to get its metadata has to read more.",
     .remedy = "Nothing to do. `wheelfix patch --suffix local.1 WHEEL` puts them last.",
     .example = "demo/: comes after demo-1.0.dist-info/METADATA"},
});

}  // namespace wheelfix::findings
