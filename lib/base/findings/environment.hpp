#pragma once

#include <array>
#include <wheelfix/finding_catalogue.hpp>

namespace wheelfix::findings {

using enum Severity;
using enum FindingKind;

inline constexpr auto environment = std::to_array<FindingInfo>({
    {.code = FindingCode::no_metadata,
     .name = "no-metadata",
     .severities = error,
     .kind = breaks,
     .meaning = "A `.dist-info` folder has no METADATA. pip lists the package without a version, and "
                "importlib.metadata can't tell its name or version.",
     .remedy = "Delete the folder, and install the package again.",
     .example = "other-2.0.dist-info: has no METADATA"},
    {.code = FindingCode::no_record,
     .name = "no-record",
     .severities = note,
     .kind = hygiene,
     .meaning = "A `.dist-info` folder has no RECORD, so missing files can't be found, and pip can't "
                "uninstall the package. conda and Debian install packages like this and keep lists of "
                "their own.",
     .remedy = "Nothing to do if the installer that the message names is conda or a system's. If it is "
               "pip, delete the folder and run `pip install --ignore-installed demo`.",
     .example = "demo-1.0.dist-info: has no RECORD, so missing files can't be found (its INSTALLER is "
                "conda)"},
    {.code = FindingCode::two_versions,
     .name = "two-versions",
     .severities = error | warning,
     .kind = breaks,
     .hygiene_as = warning,
     .meaning = "Two distributions of one project are installed in the folder. importlib.metadata and pip "
                "take either of them, and the files are of one version or a mix of both. A warning if the "
                "versions are the same or one isn't known, like that of an `.egg-info` folder without a "
                "version.",
     .remedy = "Run `pip uninstall demo` until none is left, then install one version. Nothing to do if "
               "it is a warning and the system's own package put both there.",
     .example = "demo_kit-1.1.dist-info: is a second distribution of demo-kit: demo_kit-1.0.dist-info is "
                "there too"},
    {.code = FindingCode::half_deleted,
     .name = "half-deleted",
     .severities = warning,
     .kind = hygiene,
     .meaning = "pip renames a package that it replaces, so that its name begins with `~`, and was "
                "interrupted before it could delete it. Nothing imports the folder, but it takes space, "
                "and pip warns of such `.dist-info` folders.",
     .remedy = "Delete it. If the package itself isn't there, install it again.",
     .example = "~emo: was set aside by pip, which replaces a package's first letters by '~', and was "
                "ended before it could delete it"},
    {.code = FindingCode::python_fails,
     .name = "python-fails",
     .severities = error,
     .kind = breaks,
     .meaning = "The interpreter of an environment can't be started, or doesn't answer, so its packages are "
                "examined without it: which Python they are for is taken from the folder's name.",
     .remedy = "Run the interpreter with `-S -c 'print(1)'`, and see what it says. A venv breaks when the "
               "Python that it was made of is removed: make it again.",
     .example = "/opt/env/bin/python3.13: can't be started: a library that it needs may be missing"},
    {.code = FindingCode::foreign_modules,
     .name = "foreign-modules",
     .severities = error | warning,
     .kind = breaks,
     .meaning = "Extension modules that are installed are for another Python, by their names: this one "
                "doesn't see them, and says `No module named`. A warning if the distribution is for this "
                "Python all the same, as it can do without them.",
     .remedy = "Install the distribution again, by this Python's own pip: `python3 -m pip install "
               "--force-reinstall NAME`.",
     .example =
         "torch/_C.cpython-313-x86_64-linux-gnu.so: is for another Python than /opt/env/bin/python3.13t"},
    {.code = FindingCode::no_distributions,
     .name = "no-distributions",
     .severities = warning,
     .kind = hygiene,
     .meaning = "The folder has packages, and no `.dist-info` or `.egg-info` folder. The packages can be "
                "imported, but pip doesn't list or uninstall them, importlib.metadata finds no versions, "
                "and missing files can't be found.",
     .remedy = "Look whether it is the right folder. If it is a site-packages folder, install the "
               "packages again with pip or uv.",
     .example = "has packages, and no .dist-info folder that would say what they are"},
    {.code = FindingCode::unowned_package,
     .name = "unowned-package",
     .severities = note,
     .kind = hygiene,
     .meaning = "No RECORD in the folder lists the package. It was put there by hand, or its `.dist-info` "
                "folder was deleted, so pip doesn't uninstall or replace it.",
     .remedy = "Nothing to do if it was put there on purpose. Otherwise delete it, or install it again "
               "with pip or uv.",
     .example = "lost: is a package that no RECORD lists"},
    {.code = FindingCode::file_missing,
     .name = "file-missing",
     .severities = error | warning,
     .kind = breaks,
     .hygiene_as = warning,
     .meaning = "RECORD lists a file, and it isn't there or is a folder; or the project of an editable "
                "install isn't there. The package may fail when it needs the file. A warning for scripts and "
                "data outside of the folder, which may not have "
                "been copied with it.",
     .remedy = "Install the package again: `pip install --force-reinstall --no-deps demo==1.0`.",
     .example = "demo/core.py: is in RECORD, but doesn't exist"},
    {.code = FindingCode::file_unreadable,
     .name = "file-unreadable",
     .severities = error | warning,
     .kind = breaks,
     .hygiene_as = warning,
     .meaning = "A file that RECORD lists can't be examined: it is a link to itself, or you have no "
                "permission for a folder on its path. Python can't open it either. A warning for files "
                "outside of the folder.",
     .remedy = "Look at the permissions and links with `ls -l`, or install the package again: `pip "
               "install --force-reinstall --no-deps demo==1.0`.",
     .example = "loop: can't be read: Too many levels of symbolic links"},
    {.code = FindingCode::file_changed,
     .name = "file-changed",
     .severities = warning,
     .kind = hygiene,
     .meaning = "A file has another size than in RECORD, so it was changed after it was installed. pip "
                "and uv don't notice, and replace the change when they install the package again.",
     .remedy = "Nothing to do if the change is meant. Otherwise install the package again: `pip install "
               "--force-reinstall --no-deps demo==1.0`.",
     .example = "demo/core.py: RECORD says 8 bytes, the file has 18"},
});

}  // namespace wheelfix::findings
