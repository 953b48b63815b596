#pragma once

#include <array>
#include <wheelfix/finding_catalogue.hpp>

namespace wheelfix::findings {

using enum Severity;
using enum FindingKind;

inline constexpr auto tags = std::to_array<FindingInfo>({
    {.code = FindingCode::tag_of_no_python,
     .name = "tag-of-no-python",
     .severities = error,
     .kind = breaks,
     .meaning = "No Python accepts any of the tags in the wheel's file name, so pip and uv refuse the "
                "wheel everywhere. Usual causes are an ABI tag with the wrong Python tag (`py3-abi3`), a "
                "Python tag that doesn't exist (`cp313t`), an ABI without a platform (`cp311-cp311-any`), or "
                "a platform that no machine has (`macosx_10_9_arm64`).",
     .remedy = "`wheelfix retag --python cp313 --abi cp313t --platform linux_x86_64 "
               "WHEEL` writes the wheel again with other tags. Use those of the Python and platform that "
               "its modules were built for.",
     .example = "no Python accepts the tag py3-abi3-linux_x86_64"},
    {.code = FindingCode::extension_suffix,
     .name = "extension-suffix",
     .severities = error,
     .kind = breaks,
     .meaning = "No Python of the tags imports the module under its file name. The suffix is for another "
                "version, machine or system, or for a Python with the GIL while the tags are for one "
                "without it, or the other way round. The wheel installs, and the import doesn't find the "
                "module.",
     .remedy = "Take another build. The publisher must build the module and the wheel with the same "
               "Python; if only the tags are wrong, `wheelfix retag --python cp313 --abi "
               "cp313 WHEEL` corrects them.",
     .example = "demo/_C.cpython-313-x86_64-linux-gnu.so: is an extension module with the suffix "
                ".cpython-313-x86_64-linux-gnu.so, which no Python of the tag "
                "cp313-cp313t-linux_x86_64 imports: it is for a Python with the GIL, they are for a "
                "free-threaded Python"},
    {.code = FindingCode::not_abi3,
     .name = "not-abi3",
     .severities = error,
     .kind = breaks,
     .meaning = "The wheel's tag has abi3 or abi3t and so promises all later Pythons too, but some of "
                "them don't import the module by its file name. The wheel installs for the others, and "
                "the import doesn't find the module.",
     .remedy = "Use the Python that the module's suffix names. The publisher must build the module for "
               "the stable ABI, as `X.abi3.so`, or tag the wheel for the one Python: `wheelfix "
               "retag --python cp311 --abi cp311 WHEEL`.",
     .example = "demo/_C.cpython-311-x86_64-linux-gnu.so: is an extension module with the suffix "
                ".cpython-311-x86_64-linux-gnu.so, and other Pythons that the tag cp38-abi3-linux_x86_64 "
                "promises don't import it"},
    {.code = FindingCode::not_stable_abi,
     .name = "not-stable-abi",
     .severities = warning,
     .kind = hygiene,
     .meaning =
         "The wheel's tag has abi3 and so promises all later Pythons too, but a library of it uses "
         "functions or variables of Python that are newer than the tag's Python, or that aren't of the "
         "stable ABI, so any Python may lack them. The wheel installs for such a Python, and the import "
         "fails with `undefined symbol`.",
     .remedy = "Nothing to do on a Python that has them. The publisher must set Py_LIMITED_API to the tag's "
               "Python for the build, or write the wheel with a newer tag: `wheelfix retag --python "
               "cp310 WHEEL`.",
     .example = "demo/_C.abi3.so: uses PyType_GetName of the stable ABI of Python 3.11, and the wheel's tag "
                "promises 3.8"},
    {.code = FindingCode::suffix_of_one_python,
     .name = "suffix-of-one-python",
     .severities = warning,
     .kind = breaks,
     .meaning = "The tags promise several Pythons (`py3-none-...`, `cp310.cp311-...`), and only some of "
                "them import the module by its file name. The wheel installs for the others too, where "
                "the package runs without this module or fails.",
     .remedy = "Use a Python that the module's suffix names. The publisher must add a module for each "
               "Python of the tags, or tag the wheel for those that it has: `wheelfix retag "
               "--python cp311 --abi cp311 WHEEL`.",
     .example = "demo/_C.cpython-311-x86_64-linux-gnu.so: is an extension module with the suffix "
                ".cpython-311-x86_64-linux-gnu.so, and other Pythons that the tag py3-none-linux_x86_64 "
                "promises don't import it"},
    {.code = FindingCode::python_library,
     .name = "python-library",
     .severities = error,
     .kind = breaks,
     .meaning = "A library needs the library of another Python than the tags mean, such as `python312.dll` "
                "or `libpython3.12.so.1.0`, or, in an abi3 wheel, the library of a single version. It "
                "fails to load, or brings a second Python into the process, which may crash it.",
     .remedy = "Take a build for your Python. The publisher must link a module for the stable ABI to "
               "`python3.dll` on Windows, and to no library of Python elsewhere. If that is all that is "
               "wrong, `wheelfix patch --suffix local.1 --remove-needed 'demo/*.so=libpython3.12.so.1.0' "
               "WHEEL` removes the need on Linux.",
     .example = "demo/lib/libb.so.1: needs libpython3.12.so.1.0, the library of Python 3.12, and the "
                "wheel's tag is cp38-abi3-manylinux_2_28_x86_64"},
    {.code = FindingCode::wrong_machine,
     .name = "wrong-machine",
     .severities = error | warning,
     .kind = breaks,
     .hygiene_as = warning,
     .meaning = "A library, or a program that installers put into bin, is for another machine or system than "
                "all platform tags of the wheel, so no system that installs the wheel can load or start it. "
                "An error for a file that has an extension "
                "module's suffix (`.abi3.so`, `.cpython-311-....so`, `.pyd`); else a warning, because it "
                "may be data for another machine.",
     .remedy = "Take the wheel for your platform. The publisher must build the library for the tag, or "
               "give the wheel the tag of the library: `wheelfix retag --platform linux_x86_64 "
               "WHEEL`.",
     .example = "demo/_C.abi3.so: is for Linux on x86_64, and the wheel's tag is linux_aarch64"},
    {.code = FindingCode::missing_slice,
     .name = "missing-slice",
     .severities = error | warning,
     .kind = breaks,
     .hygiene_as = warning,
     .meaning = "A Mach-O library has no code for a machine that the tag promises, such as arm64 in a "
                "universal2 wheel. Macs with that processor install the wheel and can't load the library. "
                "An error for an extension module by its suffix, else a warning.",
     .remedy = "On the machine that is left out, use a wheel for it alone. The publisher must join the "
               "libraries of both machines with `lipo -create` or `delocate-fuse`, or make a wheel for "
               "each.",
     .example = "demo/_C.abi3.so: is only for x86_64, and the wheel's tag is macosx_10_9_universal2, so "
                "arm64 can't load it"},
    {.code = FindingCode::wrong_libc,
     .name = "wrong-libc",
     .severities = error | warning,
     .kind = breaks,
     .hygiene_as = warning,
     .meaning = "A library is linked to musl in a wheel for manylinux, or to glibc in one for musllinux. "
                "Systems of the tag have the other C library, and can't load it. An error for an "
                "extension module by its suffix, else a warning.",
     .remedy = "Take the wheel for your system. The publisher must build the library in an image for the "
               "tag, such as quay.io/pypa/manylinux_2_28_x86_64.",
     .example = "demo/_C.abi3.so: is linked to musl, and the wheel's tag is manylinux2014_x86_64"},
    {.code = FindingCode::glibc_too_new,
     .name = "glibc-too-new",
     .severities = warning,
     .kind = hygiene,
     .meaning =
         "A library or program needs a newer glibc than the oldest that the manylinux tags promise. pip and "
         "uv install the wheel on older systems, where the loader refuses the library because it "
         "finds no `GLIBC_2.17`.",
     .remedy = "Nothing to do on a system with that glibc or a newer one. The publisher must build in an "
               "older image, or write the wheel with the tag that the hint names: `wheelfix retag "
               "--platform manylinux_2_17_x86_64 WHEEL`.",
     .example = "demo/_C.so: needs glibc 2.17, and the wheel's tag promises 2.5"},
    {.code = FindingCode::libstdcxx_too_new,
     .name = "libstdcxx-too-new",
     .severities = warning,
     .kind = hygiene,
     .meaning =
         "A library or program needs a newer libstdc++, libgcc_s or libatomic than every system of the "
         "manylinux tags has, and no given wheel brings it. pip and uv install the wheel on such "
         "systems, where the loader refuses the library because it finds no `GLIBCXX_3.4.30`, or no symbol "
         "that is needed without a version. What the tags promise is in auditwheel's policies.",
     .remedy = "Nothing to do on a system with that libstdc++ or a newer one. The publisher must build in an "
               "image for the tag, link libstdc++ statically, or write the wheel with the tag that the hint "
               "names: `wheelfix retag --platform manylinux_2_35_x86_64 WHEEL`.",
     .example = "demo/_C.so: needs GLIBCXX_3.4.30 of libstdc++.so.6, and the wheel's tag promises 3.4.19"},
    {.code = FindingCode::zlib_too_new,
     .name = "zlib-too-new",
     .severities = warning,
     .kind = hygiene,
     .meaning =
         "A library or program needs a newer zlib than every system of the manylinux tags has, and no "
         "given wheel brings it. pip and uv install the wheel on such systems, where the loader refuses "
         "the library because it finds no `ZLIB_1.2.9`.",
     .remedy =
         "Nothing to do on a system with that zlib or a newer one. The publisher must build in an image "
         "for the tag, put the zlib into the wheel, or write the wheel with the tag that the hint names: "
         "`wheelfix retag --platform manylinux_2_27_x86_64 WHEEL`.",
     .example = "demo/_C.so: needs ZLIB_1.2.9 of libz.so.1, and the wheel's tag promises 1.2.5.2"},
    {.code = FindingCode::macos_too_new,
     .name = "macos-too-new",
     .severities = warning,
     .kind = hygiene,
     .meaning = "A library was built for a newer macOS than the oldest that the tags promise. pip and uv "
                "install the wheel on older ones, where the library may not load.",
     .remedy = "Nothing to do on that macOS or a newer one. The publisher must set "
               "MACOSX_DEPLOYMENT_TARGET for the build, or write the wheel with the newer tag: `wheelfix "
               "retag --platform macosx_10_13_x86_64 WHEEL`.",
     .example = "demo/_C.abi3.so: needs macOS 10.13 on x86_64, and the wheel's tag promises 10.9"},
    {.code = FindingCode::any_with_libraries,
     .name = "any-with-libraries",
     .severities = warning,
     .kind = hygiene,
     .meaning = "The wheel's tag is for any platform, and it has libraries, or programs that installers put "
                "into bin, which are for one. Other systems install it too and can't load or start them. "
                "The path is the first of them, and the message counts the others.",
     .remedy = "Nothing to do on the platform of the libraries, or if the wheel has them for every "
               "platform. Otherwise the publisher must give it a platform tag: `wheelfix retag "
               "--platform manylinux_2_28_x86_64 WHEEL`.",
     .example = "demo/a.so: is a library for Linux on x86_64 (1 more is in the wheel), in a wheel that is "
                "tagged for any platform"},
    {.code = FindingCode::platform_without_library,
     .name = "platform-without-library",
     .severities = warning,
     .kind = breaks,
     .meaning = "The wheel's tags are for one platform, but it has Python code alone: no library, no program "
                "and nothing for compilers. Mostly the library was left out when the wheel was built.",
     .remedy = "Take another version, or another build. The publisher must build the wheel with its library; "
               "if it needs none, it is for any platform: `wheelfix retag --platform any WHEEL`.",
     .example = "has no library and no program, and the tag is win_amd64"},
    {.code = FindingCode::not_examined,
     .name = "not-examined",
     .severities = note | error,
     .kind = breaks,
     .meaning =
         "What the wheel's modules load isn't examined, because that depends on the loader of its "
         "system: those of iOS, Android and Emscripten aren't simulated, and one set is examined for one "
         "system, that of its first wheel for any. Tags, machines and Pythons are checked. An error if "
         "the system below `--sysroot` is for another machine, so that nothing can be examined.",
     .remedy =
         "Give `doctor` the wheels of one system at a time, and for `--sysroot` a system of their machine.",
     .example = "what its modules load isn't examined: the loader of iOS isn't simulated"},
});

}  // namespace wheelfix::findings
