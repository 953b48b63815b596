#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <wheelfix/edit.hpp>
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

}  // namespace wheelfix
#pragma GCC visibility pop
