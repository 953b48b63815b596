#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>
#include <wheelfix/edit.hpp>
#include <wheelfix/recipe.hpp>

#include "common/options.hpp"

namespace cli {

/// On stderr: warnings and, unless --quiet is given, notes.
void print_findings(const CommandLine& line, const std::vector<wheelfix::Finding>& findings);

/// On stderr: what lost_loads found, the first ten unless --verbose is given.
void print_lost_loads(const CommandLine& line, const std::vector<wheelfix::Finding>& findings);

/// Ends the command if something that loads in the source no longer would, unless it is forced.
void check_loads(const CommandLine& line, const wheelfix::WheelEdit& edit,
                 const wheelfix::RecipeReport& report);

/// On stderr, a line for each.
void print_changes(const std::vector<wheelfix::Change>& changes);
nlohmann::ordered_json to_json(const std::vector<wheelfix::Change>& changes);

/// The warnings, and on stderr what was done to which entries.
void print_report(const CommandLine& line, const wheelfix::WheelEdit& edit,
                  const wheelfix::RecipeReport& report, const std::vector<wheelfix::Change>& changed,
                  const std::vector<wheelfix::Finding>& notes);

/// On stdout: the paths of the new wheels, or the JSON document. If this can't be written, the error says
/// that no wheel is, because this is a wheelfix::Announcement, or part of one.
void print_written(const CommandLine& line, const std::vector<const wheelfix::WheelEdit*>& edits,
                   const std::vector<wheelfix::WriteResult>& results);
/// The same, with the keys of `more`, an object, in the document.
void print_written(const CommandLine& line, const std::vector<const wheelfix::WheelEdit*>& edits,
                   const std::vector<wheelfix::WriteResult>& results, const nlohmann::ordered_json& more);

}  // namespace cli
