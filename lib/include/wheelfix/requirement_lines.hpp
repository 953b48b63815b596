#pragma once

#include <string>
#include <vector>
#include <wheelfix/edit.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// New wheels as lines of a requirements file, in order of name and version. Wheels of one version, for
/// several systems, share a line: `torch==2.1.0+stripe.5 --hash=sha256:… --hash=sha256:…`. Each needs its
/// WriteResult::sha256. Source: pip's "Secure installs".
std::string requirement_lines(const std::vector<WriteResult>& wheels);

/// The same without hashes, for `pip install -c`: pip requires a hash of every requirement if a constraint
/// has one, and doesn't take the constraint's (pip#12956).
std::string constraint_lines(const std::vector<WriteResult>& wheels);

}  // namespace wheelfix
#pragma GCC visibility pop
