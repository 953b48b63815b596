#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <wheelfix/doctor.hpp>

namespace cli {

/// What a report lists.
struct ReportOptions {
  bool is_quiet = false;     ///< no verdict, no notes
  bool is_verbose = false;   ///< all places and hints of a cause
  bool has_hygiene = false;  ///< also what only its publisher should fix
};

/// The verdict, then each cause once, the gravest last; fitted to the terminal if stdout is one.
std::string report(const wheelfix::Examination& examination, const ReportOptions& options);

/// `{"verdict", "causes", "findings"}`. A finding's `cause` is its number in `causes`.
nlohmann::ordered_json to_json(const wheelfix::Examination& examination);

}  // namespace cli
