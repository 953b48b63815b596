#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace wheelfix {

/// Throws for what is given in place of a wheel, and is known by its name: Error{usage} for a URL,
/// Error{bad_wheel} for a source distribution that exists. One that ends in .zip may be a renamed wheel, and
/// is read.
void refuse_other_kinds(const std::filesystem::path& path);

/// What to do about a file name that isn't a wheel's: what a browser or wget added to it, or an example of
/// one.
std::string hint_for_name(std::string_view file_name);

}  // namespace wheelfix
