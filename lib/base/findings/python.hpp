#pragma once

#include <array>
#include <wheelfix/finding_catalogue.hpp>

namespace wheelfix::findings {

using enum Severity;
using enum FindingKind;

inline constexpr auto python = std::to_array<FindingInfo>({
    {.code = FindingCode::wrong_python,
     .name = "wrong-python",
     .severities = error,
     .kind = breaks,
     .meaning = "The Python of `--python` doesn't accept the wheel, because its Python tag is for another "
                "version or implementation. pip and uv refuse the wheel there.",
     .remedy = "Take the wheel for that Python: `pip download --no-deps --only-binary :all: "
               "--python-version 3.13 demo`. If there is none, build it from source or use a Python that "
               "the tag names.",
     .example = "cp313 doesn't accept the wheel: its Python tag is cp311"},
    {.code = FindingCode::wrong_abi,
     .name = "wrong-abi",
     .severities = error,
     .kind = breaks,
     .meaning = "The Python of `--python` accepts the Python tag, but not with the wheel's ABI tag. "
                "Mostly the wheel is for Python with the GIL and this one is free-threaded, or the other "
                "way round. pip and uv refuse the wheel there.",
     .remedy = "Take the wheel for that ABI: `pip download --no-deps --only-binary :all: --python-version "
               "3.13 --abi cp313t demo`. If there is none, use the other build of Python.",
     .example = "cp313t doesn't accept the wheel: its ABI tag is cp313"},
    {.code = FindingCode::wrong_platform,
     .name = "wrong-platform",
     .severities = error,
     .kind = breaks,
     .meaning = "The Python of `--python` accepts the Python and ABI tags, but none of the platform tags. "
                "The wheel is for another system, machine or C library, or for a newer glibc. pip and uv "
                "refuse the wheel there.",
     .remedy = "Take the wheel for that platform: `pip download --no-deps --only-binary :all: --platform "
               "manylinux_2_28_x86_64 demo`. The hint has the platforms that this Python accepts.",
     .example = "/usr/bin/python3 doesn't accept the wheel: its platform tag is manylinux_2_38_x86_64"},
    {.code = FindingCode::requires_python,
     .name = "requires-python",
     .severities = error | note,
     .kind = breaks,
     .meaning = "Requires-Python excludes the Python of `--python`, and pip and uv refuse the wheel "
                "there. A note if `--python` is a tag and only some patch releases of that Python are "
                "excluded.",
     .remedy = "Take a version of the project that is for this Python; pip chooses one from an index by "
               "itself. `pip install --ignore-requires-python WHEEL` installs it anyway. For a "
               "note, give the interpreter: `wheelfix doctor --python /usr/bin/python3 WHEEL`.",
     .example = "demo-1.0.dist-info/METADATA: Requires-Python is >=3.9, and cp38 is 3.8"},
});

}  // namespace wheelfix::findings
