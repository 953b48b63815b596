#pragma once

#include <array>
#include <wheelfix/finding_catalogue.hpp>

namespace wheelfix::findings {

using enum Severity;
using enum FindingKind;

inline constexpr auto against = std::to_array<FindingInfo>({
    {.code = FindingCode::receipt_mismatch,
     .name = "receipt-mismatch",
     .severities = error,
     .kind = breaks,
     .meaning = "The receipt is about other files: the SHA-256 of the wheel, or of its source, isn't the one "
                "that the receipt has.",
     .remedy = "Give the receipt that was written with this wheel, and the source that it names. If these "
               "are the ones, a file was changed after the receipt was written: get it again from where "
               "the receipt comes from.",
     .example = "its SHA-256 is 9f86…, and the receipt's for demo-1.0+fix.1-py3-none-any.whl is 5891…"},
    {.code = FindingCode::undeclared_change,
     .name = "undeclared-change",
     .severities = error,
     .kind = breaks,
     .meaning = "An entry of the wheel, or the comment of the archive, differs from the source in a way that "
                "the receipt doesn't declare.",
     .remedy = "Don't install the wheel before you know who changed the entry. `wheelfix diff SOURCE WHEEL` "
               "shows what is different in it.",
     .example = "demo/core.py: differs from the source in its content, and the receipt doesn't declare it"},
    {.code = FindingCode::missing_change,
     .name = "missing-change",
     .severities = warning,
     .kind = breaks,
     .meaning = "The receipt declares a change of an entry that isn't different from the source's.",
     .remedy = "If the receipt's SHA-256 is that of the wheel, the entry was given the content that it had: "
               "nothing to do. Otherwise the wheel isn't the one that the receipt is about.",
     .example = "demo/core.py: is as in the source, and the receipt says patched"},
});

}  // namespace wheelfix::findings
