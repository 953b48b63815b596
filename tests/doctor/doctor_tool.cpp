// Answers the tests in Python: a request a line, `{"ask": "tags", ...}`.
#include <wheelfix/library.hpp>

#include "doctor/tag_checks.hpp"
#include "support/json_lines.hpp"

using namespace wheelfix;
using nlohmann::json;

namespace {

json told(const std::vector<Finding>& findings) {
  auto list = json::array();
  for (const auto& finding : findings)
    list.push_back({{"code", finding.code},
                    {"severity", to_string(finding.severity)},
                    {"wheel", finding.wheel.value_or("")},
                    {"path", finding.path.value_or("")},
                    {"message", finding.message},
                    {"hint", finding.hint}});
  return list;
}

/// What the checks of one wheel find.
json check_wheel(const json& request) {
  const auto wheel = Wheel::open(request.at("wheel").get<std::string>());
  const auto libraries = read_libraries(wheel);
  auto findings = check_tags(wheel, libraries);
  for (auto& finding : check_search_paths(wheel, libraries, Layout::parse(request.value("layout", "shared"))))
    findings.push_back(std::move(finding));
  return told(findings);
}

}  // namespace

int main() {
  test::answer_lines([](const json& request) {
    return check_wheel(request);
  });
}
