#include "environment/promised_versions.hpp"

#include <algorithm>
#include <charconv>
#include <unordered_map>
#include <vector>

#include "base/table.hpp"
#include "base/text.hpp"
#include "environment/tables.hpp"

namespace wheelfix {
namespace {

/// `GLIBCXX_LDBL_3.4.10` is GLIBCXX_LDBL's 3.4.10; `CXXABI_FLOAT128` has no number.
struct NamedVersion {
  std::string_view kind;
  std::string_view text;
  std::vector<unsigned> number;
};

NamedVersion parse_version(std::string_view name) {
  const auto at = name.rfind('_');
  const NamedVersion whole{name, {}, {}};
  if (at == name.npos) return whole;
  NamedVersion version{name.substr(0, at), name.substr(at + 1), {}};
  for (const auto part : split(version.text, '.')) {
    auto& number = version.number.emplace_back();
    const auto* end = part.data() + part.size();
    const auto [stop, failure] = std::from_chars(part.data(), end, number);
    if (failure != std::errc() || stop != end) return whole;
  }
  return version;
}

struct PolicyRow {
  std::string_view file;
  NamedVersion version;
  PlatformVersion since;
  std::vector<std::string_view> machines;  ///< none: all
};

std::vector<PolicyRow> read_rows() {
  std::vector<PolicyRow> rows;
  for (const auto& row : table_rows(linux_policies_table, "versions"))
    rows.push_back({.file = row[0],
                    .version = parse_version(row[1]),
                    .since = *PlatformVersion::parse(row[2]),
                    .machines = {row.begin() + 3, row.end()}});
  return rows;
}

}  // namespace

std::optional<VersionPromise> promise_of(std::string_view file, std::string_view version,
                                         std::string_view machine, const PlatformVersion& policy) {
  static const auto rows = read_rows();
  const auto wanted = parse_version(version);
  std::optional<VersionPromise> promise;
  const NamedVersion* newest = nullptr;
  for (const auto& row : rows) {
    const auto& known = row.version;
    if (row.file != file || known.kind != wanted.kind) continue;
    if (!promise) promise.emplace();
    const auto& machines = row.machines;
    if (!machines.empty() && std::ranges::find(machines, machine) == machines.end()) continue;
    if (known.number >= wanted.number && (!promise->since || row.since < *promise->since))
      promise->since = row.since;
    if (row.since <= policy && (newest == nullptr || newest->number < known.number)) newest = &known;
  }
  if (newest != nullptr) promise->newest = newest->text;
  return promise;
}

std::string_view libstdcxx_version_of(std::string_view symbol) {
  static const auto versions = [] {
    std::unordered_map<std::string_view, std::string_view> by_symbol;
    for (const auto& row : table_rows(libstdcxx_symbols_table, "symbols"))
      for (auto name = row.begin() + 1; name != row.end(); ++name) by_symbol.emplace(*name, row[0]);
    return by_symbol;
  }();
  const auto found = versions.find(symbol);
  return found == versions.end() ? std::string_view() : found->second;
}

}  // namespace wheelfix
