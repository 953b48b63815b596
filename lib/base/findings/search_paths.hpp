#pragma once

#include <array>
#include <wheelfix/finding_catalogue.hpp>

namespace wheelfix::findings {

using enum Severity;
using enum FindingKind;

inline constexpr auto search_paths = std::to_array<FindingInfo>({
    {.code = FindingCode::rpath_outside,
     .name = "rpath-outside",
     .severities = warning,
     .kind = hygiene,
     .meaning = "An entry of RPATH, RUNPATH or LC_RPATH is an absolute path, or leads out of the folder "
                "that the wheels are installed in. The loader takes whatever library is there on the "
                "user's system, or nothing.",
     .remedy = "`wheelfix patch --suffix local.1 --remove-rpath 'demo/lib/*=/opt/b' WHEEL` removes the "
               "entry. If each wheel has a folder of its own, give `doctor` the option `--layout split`.",
     .example = "demo/lib/libb.so.1: has the RUNPATH entry '/opt/b', a folder of the system that it was "
                "built on"},
    {.code = FindingCode::rpath_relative,
     .name = "rpath-relative",
     .severities = warning,
     .kind = hygiene,
     .meaning = "An entry doesn't begin with `$ORIGIN` (`@loader_path` on macOS), or is empty, so it "
                "depends on the working directory. It leads to the library from one folder only, and "
                "anybody who can write to the working directory can put a library there.",
     .remedy = "`wheelfix patch --suffix local.1 --set-rpath 'demo/lib/libb.so.1=$ORIGIN' WHEEL` gives "
               "the library other entries on Linux. On macOS the publisher links it with "
               "`-Wl,-rpath,@loader_path`.",
     .example = "demo/lib/_C.so: has the RUNPATH entry '', which means the working directory"},
    {.code = FindingCode::rpath_file,
     .name = "rpath-file",
     .severities = warning,
     .kind = hygiene,
     .meaning = "An entry names a file of the wheel. The loader looks for libraries in folders only, so "
                "the entry has no effect.",
     .remedy = "Name the folder that the file is in: `wheelfix patch --suffix local.1 --set-rpath "
               "'demo/lib/libb.so.1=$ORIGIN' WHEEL` on Linux.",
     .example = "demo/lib/libb.so.1: has the RUNPATH entry '$ORIGIN/liba.so', which is a file"},
    {.code = FindingCode::rpath_and_runpath,
     .name = "rpath-and-runpath",
     .severities = note,
     .kind = hygiene,
     .meaning = "A library has both RPATH and RUNPATH. The loader ignores RPATH then, so its entries have "
                "no effect, neither here nor in the libraries that this one loads.",
     .remedy = "Nothing to do if RUNPATH has all that is needed. `wheelfix patch --suffix local.1 "
               "--rpath-kind runpath --set-rpath 'demo/lib/libb.so.1=$ORIGIN' WHEEL` leaves RUNPATH alone "
               "in the library, with the entries that are given.",
     .example = "demo/lib/libb.so.1: has both RPATH ($ORIGIN) and RUNPATH ($ORIGIN)"},
});

}  // namespace wheelfix::findings
