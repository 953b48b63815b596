#pragma once

#include <array>
#include <wheelfix/finding_catalogue.hpp>

namespace wheelfix::findings {

using enum Severity;
using enum FindingKind;

inline constexpr auto imports = std::to_array<FindingInfo>({
    {.code = FindingCode::import_fails,
     .name = "import-fails",
     .severities = error | warning,
     .kind = breaks,
     .hygiene_as = warning,
     .meaning = "Python can't import an extension module, because the loader doesn't find a library that "
                "it needs, or can't load what it finds. The message is the loader's own, which the user "
                "sees in the ImportError. It is a warning if the code that imports the module is in a `try` "
                "that catches the ImportError. `repair` reports it for an import that it can't make work.",
     .remedy = "If the hint says that a wheel has the library out of reach, `wheelfix repair --layout "
               "LAYOUT --suffix local.1 WHEEL...` adds the search paths on Linux; for macOS and Windows "
               "the hint names what to change. If no given wheel has it, also give the wheel that has it.",
     .example = "torch/_C.so: libcufft.so.11: cannot open shared object file: No such file or directory"},
    {.code = FindingCode::program_fails,
     .name = "program-fails",
     .severities = error | warning,
     .kind = breaks,
     .hygiene_as = warning,
     .meaning = "A program doesn't start where it is installed, because the loader doesn't find a library "
                "that it needs. `NAME.data/scripts` is installed in the Python's `bin`, from which "
                "`$ORIGIN` leads elsewhere than in the wheel. A warning for a program that isn't there: "
                "what starts it may set LD_LIBRARY_PATH.",
     .remedy = "The publisher should put the program into the package, and start it from a script, as "
               "`auditwheel repair` does since version 6: the way from `bin` to site-packages has the "
               "version of Python in it. Until then start it with LD_LIBRARY_PATH.",
     .example = "demo-1.0.data/scripts/demo: libdemo-3f2a.so.1: cannot open shared object file: No such "
                "file or directory"},
    {.code = FindingCode::needs_import_first,
     .name = "needs-import-first",
     .severities = warning,
     .kind = breaks,
     .meaning = "An extension module can be imported only after another one, of its wheel or of a wheel "
                "that this one requires, which brings a library. The packages around it don't import that "
                "first, or only under a condition that isn't known; they leave it to who imports the module, "
                "who gets an ImportError otherwise.",
     .remedy = "Import the module that the hint names first. If the library is in the same wheel, "
               "`wheelfix patch --suffix local.1 --add-rpath 'demo/more/_extra.so=$ORIGIN/..' WHEEL` lets "
               "the module find it alone on "
               "Linux.",
     .example = "demo/more/_extra.so: _base.so: cannot open shared object file: No such file or directory"},
    {.code = FindingCode::missing_library,
     .name = "missing-library",
     .severities = error | warning,
     .kind = breaks,
     .hygiene_as = warning,
     .meaning = "A library isn't in any of the given wheels, and the tags don't promise that the system has "
                "it. An error if an import needs it or Python code fails without it, and in `doctor` also "
                "if RECORD lists it. A warning if nothing is known to load what needs it, or if the code "
                "continues without it.",
     .remedy = "Give the wheel that has it too: `pip download WHEEL` fetches all that a wheel requires. "
               "For what is an error on Linux, `wheelfix repair --suffix local.1 --lib-dir DIR WHEEL...` "
               "takes it from a folder, and `--auto-stub` makes torch's `libtorch_global_deps.so`. "
               "`wheelfix patch --suffix local.1 --add ENTRY=FILE WHEEL` adds a file for any system.",
     .example = "torch/lib/libtorch_global_deps.so: libtorch_global_deps.so: cannot open shared object "
                "file: No such file or directory"},
    {.code = FindingCode::overridden_library,
     .name = "overridden-library",
     .severities = warning,
     .kind = breaks,
     .meaning =
         "The loader takes a library from outside of the packages, of another version than the one that "
         "their own search paths lead to. LD_LIBRARY_PATH comes before a library's RUNPATH, and a "
         "library that is loaded already, by the interpreter or by another package, comes before all. "
         "CUDA, cuDNN and OpenMP of another version than a package was built with may crash, compute "
         "wrong results or end in `undefined symbol`. It is looked for in environments, and in wheels "
         "with `--host --sysroot /`.",
     .remedy = "Remove the folder from LD_LIBRARY_PATH, or start Python without it: `env -u "
               "LD_LIBRARY_PATH python`. If the system's library is the right one, `--ignore "
               "overridden-library` leaves it out.",
     .example = "torch/lib/libtorch_cuda.so: libraries of /usr/local/cuda/lib64 are loaded instead of the "
                "packages' own"},
    {.code = FindingCode::undefined_symbol,
     .name = "undefined-symbol",
     .severities = error | warning,
     .kind = breaks,
     .meaning =
         "Python can't import an extension module, because no library that is loaded with it defines a "
         "function or variable that it, or a library that it loads, is linked to. It was built with "
         "another version of that library. The message is the loader's own, and the hint has the name "
         "as it is in C++, which library of the set has it or one like it, and which library is loaded "
         "instead of the wheel's own. On macOS it is `Symbol not found`, with the library that needs it "
         "(`Referenced from`) and the one that should have it (`Expected in`), or `symbol not found in flat "
         "namespace` if no library is named. On Windows the message names the function or its ordinal, and "
         "the DLL that should export it. A warning if the code that imports the module catches the "
         "ImportError, if the module "
         "loads no library of a wheel, or if code loads libraries with RTLD_GLOBAL, because then the symbol "
         "may be there.",
     .remedy =
         "Install the versions that go together: the one that the hint names, or the wheel that was "
         "built for the version that you have. Symbols of Python, unless the Python of the tags is "
         "known not to have them, and those of libraries that only the tags promise, are taken to be there: "
         "`--sysroot /` looks for the latter on this machine.",
     .example = "torchvision/_C.so: undefined symbol: _ZN3c106detail19maybe_wrap_dim_slowIlEET_S2_S2_b"},
    {.code = FindingCode::missing_version,
     .name = "missing-version",
     .severities = error | warning,
     .kind = breaks,
     .meaning =
         "Python can't import an extension module, because a library that is loaded with it doesn't "
         "have the version of symbols that the module, or a library that it loads, was linked to. With "
         "glibc's loader this also ends the process if the library of which the version is needed "
         "isn't loaded at all.",
     .remedy =
         "Use a newer version of the library that the message names first, or a build of the package "
         "for older systems. If a tool renamed what the library needs, it must rename it in the list of "
         "versions too, as `wheelfix patch --replace-needed` does.",
     .example = "demo/core.so: /lib/x86_64-linux-gnu/libstdc++.so.6: version `GLIBCXX_3.4.32' not found "
                "(required by demo/core.so)"},
    {.code = FindingCode::needs_driver,
     .name = "needs-driver",
     .severities = note,
     .kind = hygiene,
     .meaning = "An import loads a library that needs one of NVIDIA's driver, such as `libcuda.so.1` or "
                "`nvcuda.dll`, which no wheel brings. The import fails on a machine without the driver.",
     .remedy = "Nothing to do on a machine with the driver; `wheelfix doctor --host WHEEL...` says "
               "whether this one has it. On a machine without an NVIDIA GPU, take a build for the CPU.",
     .example = "demo/_C.cpython-311-x86_64-linux-gnu.so: needs libcuda.so.1, which comes with the NVIDIA "
                "driver"},
    {.code = FindingCode::needs_redistributable,
     .name = "needs-redistributable",
     .severities = note,
     .kind = hygiene,
     .meaning = "An import loads a library that needs a DLL such as `msvcp140.dll` or `mfc140u.dll`, which "
                "comes with "
                "Microsoft's Visual C++ redistributable package and not with Python. The import fails on "
                "a Windows without that package.",
     .remedy =
         "Install the package on the machine: `winget install Microsoft.VCRedist.2015+.x64`; names with "
         "120, 110 or 100 are of the packages of 2013, 2012 or 2010. The publisher can put the DLL "
         "into the wheel with `delvewheel repair`.",
     .example = "demo/lib/c10.dll: needs MSVCP140.dll, which comes with Microsoft's Visual C++ "
                "redistributable package"},
    {.code = FindingCode::bad_library,
     .name = "bad-library",
     .severities = error | warning,
     .kind = breaks,
     .meaning =
         "A file begins like a library, but it is cut short or contradicts itself, so it can't "
         "be read. What needs it fails to load. A warning in `repair`, which treats the library as "
         "one that can't be loaded and repairs the others, and if only the tables of its symbols are wrong.",
     .remedy = "Download the wheel again, and see with `wheelfix verify WHEEL` whether the file is as "
               "RECORD lists it. If it is, the publisher must build the wheel again.",
     .example = "demo/lib/libb.so.1: the program header table (504 bytes at offset 0x40) is cut short: "
                "the file has 100 bytes"},
});

}  // namespace wheelfix::findings
