#include "graft/bill_of_materials.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "base/url_quote.hpp"

namespace wheelfix {
namespace {

using BillJson = nlohmann::ordered_json;

BillJson component(const std::string& reference, const std::string& name, const std::string& version) {
  BillJson json = {{"type", "library"}, {"bom-ref", reference}, {"name", name}};
  if (!version.empty()) json["version"] = version;
  return json;
}

BillJson component(const WheelName& wheel) {
  const auto url = "pkg:pypi/" + url_quote(wheel.distribution()) + "@" + url_quote(wheel.version_text()) +
                   "?file_name=" + url_quote(wheel.to_string());
  auto json = component(url, wheel.distribution(), wheel.version_text());
  json["purl"] = url;
  return json;
}

BillJson component(const GraftedLibrary& library) {
  const auto file = library.file.string();
  const auto& package = library.package;
  auto json = component((package ? package->url : library.entry) + "#" + sha256_hex(file),
                        package ? package->name : std::string(file_name(file)),
                        package ? package->version : std::string());
  json["hashes"] = {{{"alg", "SHA-256"}, {"content", library.sha256}}};
  if (package && package->licence) json["licenses"] = {{{"license", {{"name", *package->licence}}}}};
  if (package) json["purl"] = package->url;
  return json;
}

}  // namespace

std::string bill_of_materials(const WheelName& wheel, const std::vector<GraftedLibrary>& libraries,
                              const std::string& tool_version) {
  auto components = BillJson::array({component(wheel)});
  for (const auto& library : libraries) components.push_back(component(library));
  std::sort(components.begin() + 1, components.end(),
            [](const auto& a, const auto& b) { return a["bom-ref"] < b["bom-ref"]; });
  BillJson of_wheel = {{"ref", components[0]["bom-ref"]}, {"dependsOn", BillJson::array()}};
  auto dependencies = BillJson::array();
  for (std::size_t i = 1; i < components.size(); ++i) {
    of_wheel["dependsOn"].push_back(components[i]["bom-ref"]);
    dependencies.push_back({{"ref", components[i]["bom-ref"]}});
  }
  dependencies.insert(dependencies.begin(), std::move(of_wheel));
  const BillJson bill = {
      {"bomFormat", "CycloneDX"},
      {"specVersion", "1.4"},
      {"version", 1},
      {"metadata",
       {{"component", components[0]}, {"tools", {{{"name", "wheelfix"}, {"version", tool_version}}}}}},
      {"components", std::move(components)},
      {"dependencies", std::move(dependencies)}};
  return bill.dump(2, ' ', false, BillJson::error_handler_t::replace) + "\n";
}

}  // namespace wheelfix
