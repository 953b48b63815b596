#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>
#include <wheelfix/graft.hpp>

#include "common/options.hpp"

namespace cli {

/// --graft and --sysroot.
void add_graft_options(CommandLine& line);

/// What --graft requests, done to these wheels.
wheelfix::GraftReport graft_libraries(const CommandLine& line, std::vector<wheelfix::WheelEdit>& wheels,
                                      const std::vector<wheelfix::WheelEdit>& others);

/// A grafted library's source on this machine.
std::filesystem::path grafted_file(const CommandLine& line, const wheelfix::GraftedLibrary& library);

/// On stderr: what was grafted, and the new tags.
void print_grafted(const CommandLine& line, const wheelfix::GraftReport& report,
                   const std::vector<wheelfix::WheelEdit>& wheels);
nlohmann::ordered_json to_json(const wheelfix::GraftReport& report,
                               const std::vector<wheelfix::WheelEdit>& wheels);

}  // namespace cli
