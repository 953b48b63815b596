// Answers the tests in Python: one request per line, `{"ask": "tags", ...}`.
#include <wheelfix/library.hpp>

#include "doctor/python_target.hpp"
#include "doctor/site_packages.hpp"
#include "doctor/tag_checks.hpp"
#include "support/json_lines.hpp"

using namespace wheelfix;
using nlohmann::json;

namespace {

json to_json_list(const std::vector<Finding>& findings) {
  auto list = json::array();
  for (const auto& finding : findings)
    list.push_back({{"code", to_string(finding.code)},
                    {"severity", to_string(finding.severity)},
                    {"wheel", finding.wheel.value_or("")},
                    {"path", finding.path.value_or("")},
                    {"message", finding.message},
                    {"hint", finding.hint}});
  return list;
}

/// What the checks of a single wheel find.
json check_wheel(const json& request) {
  const auto wheel = Wheel::open(request.at("wheel").get<std::string>());
  const auto libraries = read_libraries(wheel);
  auto findings = check_tags(wheel, libraries);
  for (auto& finding : check_search_paths(wheel, libraries, Layout::parse(request.value("layout", "shared"))))
    findings.push_back(std::move(finding));
  return to_json_list(findings);
}

/// All tags that a Python takes, which may be given with platforms.
json tags_of(const json& request) {
  auto target = python_target(request.at("python").get<std::string>());
  if (request.contains("platforms"))
    target.platforms = request.at("platforms").get<std::vector<std::string>>();
  auto platforms = target.platforms.value_or(std::vector<std::string>());
  platforms.emplace_back("any");
  auto list = json::array();
  for (const auto& [python, abi] : target.tags)
    for (const auto& platform : platforms)
      if (takes(target, python, abi, platform)) list.push_back(python + "-" + abi + "-" + platform);
  return list;
}

json platforms_of(const json& request) {
  LinuxPlatform platform{request.at("machine").get<std::string>(), {}, {}};
  const auto& version = request.at("version");
  auto& libc = request.at("libc") == "musl" ? platform.musl : platform.glibc;
  libc = PythonVersion{version.at(0).get<unsigned>(), version.at(1).get<unsigned>()};
  return linux_platforms(platform);
}

}  // namespace

int main() {
  test::answer_lines([](const json& request) {
    if (request.at("ask") == "wheel") return check_wheel(request);
    if (request.at("ask") == "site-packages")
      return to_json_list(check_site_packages(request.at("folder").get<std::string>()));
    return request.at("ask") == "tags" ? tags_of(request) : platforms_of(request);
  });
}
