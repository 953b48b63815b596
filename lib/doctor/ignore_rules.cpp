#include <wheelfix/doctor.hpp>
#include <wheelfix/error.hpp>

#include "base/file.hpp"
#include "toml/toml_table.hpp"

namespace wheelfix {

std::vector<IgnoreRule> read_ignore_rules(const std::filesystem::path& file) {
  const auto name = file.filename().string();
  const auto document = TomlTable::parse(read_file(file, TomlTable::max_size), name);
  const auto table = document.table("doctor");
  if (!table) return {};
  table->allow_only({"ignore"});
  std::vector<IgnoreRule> rules;
  for (const auto& rule : table->strings("ignore")) {
    try {
      rules.push_back(IgnoreRule::parse(rule.text, rule.where));
    } catch (const Error& error) {
      throw Error(ErrorCode::bad_recipe, error.subject(), error.message(), error.hint());
    }
  }
  return rules;
}

}  // namespace wheelfix
