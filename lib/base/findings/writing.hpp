#pragma once

#include <array>
#include <wheelfix/finding_catalogue.hpp>

namespace wheelfix::findings {

using enum Severity;
using enum FindingKind;

inline constexpr auto writing = std::to_array<FindingInfo>({
    {.code = FindingCode::record_signature,
     .name = "record-signature",
     .severities = warning,
     .kind = hygiene,
     .meaning = "RECORD.jws or RECORD.p7s is left out of the new wheel, because it signed the RECORD of "
                "the old one. pip and uv don't look at such signatures.",
     .remedy = "Nothing to do, unless you check signatures yourself: then sign the new wheel.",
     .example = "demo-1.0.dist-info/RECORD.jws: is dropped: it signed the RECORD of the old wheel"},
    {.code = FindingCode::second_reader_absent,
     .name = "second-reader-absent",
     .severities = note,
     .kind = hygiene,
     .meaning = "An edited library is read back by wheelfix alone and not by LIEF as well: `wheelfix-lief` "
                "isn't installed or can't be started, or more than 250 libraries are edited, of which only "
                "the largest are read. Without `wheelfix-lief` it is reported only for the first library.",
     .remedy = "Nothing to do. For a second reading, build and install wheelfix with LIEF, or set "
               "WHEELFIX_LIBEXEC to the folder that has `wheelfix-lief`. With more than 250 libraries, "
               "give `--verify always`.",
     .example = "demo/_C.so: only wheelfix has checked the edited library: no second reading: "
                "wheelfix-lief is not installed"},
    {.code = FindingCode::second_reader_died,
     .name = "second-reader-died",
     .severities = warning,
     .kind = hygiene,
     .meaning = "LIEF took too long, took too much memory or crashed when it read an edited library "
                "back. The library is written: wheelfix read it back itself and found the change and "
                "nothing else.",
     .remedy = "Nothing to do, but try an import of the package. `--verify never` doesn't ask LIEF.",
     .example = "demo/_C.so: only wheelfix has checked the edited library: LIEF died of SIGSEGV"},
    {.code = FindingCode::no_longer_loads,
     .name = "no-longer-loads",
     .severities = error | warning,
     .kind = breaks,
     .meaning = "`patch`: a module or library loads in the source, and not after the edit. If it is a "
                "module, or Python code loads it, that is an error and nothing is written. A warning if "
                "nothing is known to load the library, if the code continues without it, if the package "
                "imports another module first, or with `--force`.",
     .remedy = "Do what the hint says: add the search path that it names, keep the library that was "
               "removed, or correct the name. `--force` writes the wheel anyway.",
     .example = "demo/_core.so: libtwo.so.1: cannot open shared object file: No such file or directory"},
    {.code = FindingCode::requires_other_version,
     .name = "requires-other-version",
     .severities = warning,
     .kind = breaks,
     .meaning = "`repair`: a wheel requires a version of another one, such as `==2.1.0+cu121`, that the "
                "changed wheel no longer has. pip and uv refuse to install the two together.",
     .remedy = "Install them with `--no-deps`. Or change the requirement: unpack the wheel that has it, "
               "correct METADATA, and run `wheelfix diff WHEEL FOLDER -o fix.patch` and `wheelfix patch "
               "--suffix local.1 --patch fix.patch WHEEL`.",
     .example = "user-1.0.dist-info/METADATA: requires My.App[opt,other] (==1.0+cu121) ; python_version "
                "> '3', and the new wheel is my_app 1.0+cu121.fix.1"},
});

}  // namespace wheelfix::findings
