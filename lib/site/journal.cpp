#include "site/journal.hpp"

#include <nlohmann/json.hpp>
#include <stdexcept>

#include "base/hash.hpp"

namespace wheelfix {
namespace {

using Json = nlohmann::ordered_json;

constexpr int journal_format = 1;

Json json_of(const std::optional<FileStamp>& stamp) {
  if (!stamp) return nullptr;
  return {stamp->size, stamp->mtime_ns, stamp->inode};
}

template <class Number>
Number whole_number(const Json& value) {
  if (!value.is_number_integer()) throw std::invalid_argument("not a whole number");
  return value.get<Number>();
}

std::optional<FileStamp> stamp_of_json(const Json& value) {
  if (value.is_null()) return std::nullopt;
  return FileStamp{whole_number<std::uint64_t>(value.at(0)), whole_number<std::int64_t>(value.at(1)),
                   whole_number<std::uint64_t>(value.at(2))};
}

Journal journal_of(const Json& document) {
  Journal journal;
  for (const auto& file : document.at("files"))
    journal.files.push_back({.path = file.at("path").get<std::string>(),
                             .before = stamp_of_json(file.at("before")),
                             .after = stamp_of_json(file.at("after")),
                             .distribution = whole_number<std::size_t>(file.at("distribution")),
                             .is_record = file.at("record").get<bool>()});
  return journal;
}

}  // namespace

std::string to_text(const Journal& journal) {
  auto files = Json::array();
  for (const auto& file : journal.files)
    files.push_back({{"path", file.path},
                     {"before", json_of(file.before)},
                     {"after", json_of(file.after)},
                     {"distribution", file.distribution},
                     {"record", file.is_record}});
  const Json document = {{"format", journal_format}, {"files", std::move(files)}};
  return sealed(document.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n");
}

std::optional<Journal> parse_journal(std::string_view text) {
  const auto content = unsealed(text);
  if (!content) return std::nullopt;
  try {
    const auto document = Json::parse(*content);
    if (document.at("format") != journal_format) return std::nullopt;
    return journal_of(document);
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

}  // namespace wheelfix
