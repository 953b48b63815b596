#pragma once

#include <string>
#include <vector>
#include <wheelfix/edit.hpp>
#include <wheelfix/receipt.hpp>
#include <wheelfix/recipe.hpp>

#include "common/options.hpp"

namespace cli {

/// What a receipt says of the run of `command`: those of its options that determine the result. Without
/// --receipt it isn't used, and nothing is read for it.
wheelfix::ReceiptRun receipt_run(const CommandLine& line, std::string command);
/// The files of a recipe, to be hashed before they are applied.
std::vector<wheelfix::ReceiptFile> files_of(const CommandLine& line, const wheelfix::Recipe& recipe);
/// Has --receipt's file written with the wheels of `edits`, if it is requested.
void add_receipt(const CommandLine& line, wheelfix::ReceiptRun run,
                 const std::vector<const wheelfix::WheelEdit*>& edits, wheelfix::WriteOptions& options);

}  // namespace cli
