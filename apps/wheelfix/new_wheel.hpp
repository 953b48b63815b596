#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>
#include <wheelfix/edit.hpp>
#include <wheelfix/receipt.hpp>

#include "common/options.hpp"

namespace cli {

/// The wheel that a command of one wheel is given. Throws Error{usage} unless there are `words` of them in
/// all.
std::string only_wheel(const CommandLine& line, std::size_t words = 1);

/// What a command does to a wheel's name, version or metadata.
struct NewWheelReport {
  std::vector<std::string> done;  ///< a line for each change, unless --quiet is given
  std::vector<std::string> warnings;
  nlohmann::ordered_json more = nlohmann::ordered_json::object();  ///< further keys of the document
};

/// Writes the new wheel as the options of the command say, with --receipt and the like, and prints the report
/// and the wheel's path. `run`: of the command.
void write_new_wheel(const CommandLine& line, wheelfix::ReceiptRun run, const wheelfix::WheelEdit& edit,
                     const NewWheelReport& report);

}  // namespace cli
