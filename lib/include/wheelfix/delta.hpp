#pragma once

#include <filesystem>

#include <wheelfix/limits.hpp>
#include <wheelfix/progress.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

struct DeltaOptions {
  Limits limits = {};
  unsigned jobs = 0;  ///< threads; 0: one for each processor
  bool overwrite = false;
  ProgressCallback progress = {};
};

/// Writes what a wheel has that the wheel that it was made from doesn't have: a file from which, with the
/// source, join_delta makes the same wheel byte for byte. It is small if the wheel was made by `write`.
/// Throws Error{bad_archive | output_exists | io | cancelled}, and Error{limit_exceeded} for wheels that have
/// little in common.
void make_delta(const std::filesystem::path& source, const std::filesystem::path& result,
                const std::filesystem::path& delta, const DeltaOptions& options = {});

/// Makes the result of a delta again, whole or not at all, and returns its path: `output` or, if that is
/// empty, the result's own name in the working folder. Its SHA-256 is the one that the delta states. Throws
/// Error{bad_archive} for a damaged delta and for another source, Error{limit_exceeded} for a result that is
/// much larger than the source, Error{output_exists | io | cancelled}.
std::filesystem::path join_delta(const std::filesystem::path& source, const std::filesystem::path& delta,
                                 const std::filesystem::path& output = {}, const DeltaOptions& options = {});

}  // namespace wheelfix
#pragma GCC visibility pop
