#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <wheelfix/compare.hpp>
#include <wheelfix/edit.hpp>
#include <wheelfix/finding.hpp>
#include <wheelfix/wheel.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// A file that a run reads beside its wheels: a patch, a recipe, a library.
struct ReceiptFile {
  std::filesystem::path path;
  std::string sha256;  ///< in hexadecimal
};

/// Reads and hashes it. Throws Error{io}.
ReceiptFile receipt_file(std::filesystem::path path);

/// What determines the new wheels, besides their sources.
struct ReceiptRun {
  /// Without what doesn't matter for the result, like folders. A flag has no value.
  struct Option {
    std::string name;
    std::optional<std::string> value;
  };
  std::string command;  ///< `patch`
  std::vector<Option> options;
  std::optional<std::int64_t> source_date_epoch;
  std::vector<ReceiptFile> files;
  std::vector<Wheel> others;                    ///< wheels that were read, and stay as they are
  std::map<std::string, std::string> versions;  ///< of wheelfix, and of the libraries that make bytes
  unsigned jobs = 0;                            ///< threads for hashing; 0: one for each processor
};

/// The receipt of new wheels: an in-toto Statement v1 (https://in-toto.io/Statement/v1) with SLSA's
/// provenance v1 (https://slsa.dev/provenance/v1). Its subjects are the new wheels, each annotated with its
/// source and its changes; its resolved dependencies are the sources, the others and the files. It has no
/// time, no path and no name of a machine, so the same input gives the same text. `results` are of `edits`,
/// with hashes. Throws Error{io}, also for a file or wheel that is no longer the one that was read.
std::string make_receipt(const ReceiptRun& run, const std::vector<const WheelEdit*>& edits,
                         const std::vector<WriteResult>& results);

/// What a receipt says of its wheels.
struct Receipt {
  struct Subject {
    std::string name;  ///< of the wheel's file
    std::string sha256;
    std::string source_sha256;
    std::vector<Change> changed;
  };
  std::vector<Subject> subjects;
};

/// Reads what make_receipt wrote. `name` is the text's, for errors. Throws Error{bad_receipt}.
Receipt parse_receipt(std::string_view text, const std::string& name);
/// The same of a file. Throws Error{limit_exceeded} for more than 8 MiB, Error{io}.
Receipt read_receipt(const std::filesystem::path& path);

/// What isn't as the receipt says: `receipt-mismatch`, if it has other hashes; `undeclared-change`, an error
/// for each entry that differs otherwise than declared; `missing-change`. `comparison` is of the two wheels.
/// Throws Error{io}.
std::vector<Finding> check_receipt(const Receipt& receipt, const Wheel& source, const Wheel& wheel,
                                   const WheelComparison& comparison, unsigned jobs = 0);

}  // namespace wheelfix
#pragma GCC visibility pop
