#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <wheelfix/error.hpp>
#include <wheelfix/receipt.hpp>

#include "base/file.hpp"
#include "receipt/statement.hpp"

namespace wheelfix {

namespace {

using ReadJson = nlohmann::json;

constexpr std::uint64_t max_receipt_size = 8 << 20;
constexpr int max_depth = 32;

std::string sha256_in(const ReadJson& resource) {
  auto sha256 = resource.at("digest").at("sha256").get<std::string>();
  if (sha256.size() != 64 || sha256.find_first_not_of("0123456789abcdef") != std::string::npos)
    throw std::invalid_argument("a SHA-256 that is not 64 digits in lower case");
  return sha256;
}

Change change_in(const ReadJson& item) {
  const auto word = item.at("how").get<std::string>();
  const auto how = how_from(word);
  if (!how) throw std::invalid_argument("an unknown change, " + printable(word));
  return {item.at("path").get<std::string>(), *how};
}

Receipt::Subject subject_in(const ReadJson& item) {
  const auto& notes = item.at("annotations");
  Receipt::Subject subject{.name = item.at("name").get<std::string>(),
                           .sha256 = sha256_in(item),
                           .source_sha256 = sha256_in(notes.at("source")),
                           .changed = {}};
  for (const auto& change : notes.at("changed")) subject.changed.push_back(change_in(change));
  return subject;
}

/// A level takes a hundred times its byte. Rejected: the parser's callback, with which it takes a time that
/// grows with the square of an array's length.
void require_shallow(std::string_view text) {
  int depth = 0;
  bool is_in_string = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"') is_in_string = !is_in_string;
    if (is_in_string) {
      i += c == '\\' ? 1 : 0;
      continue;
    }
    if (c == '[' || c == '{') ++depth;
    if (c == ']' || c == '}') --depth;
    if (depth > max_depth) throw std::invalid_argument("values in values, too deep to be one");
  }
}

[[noreturn]] void refuse_receipt(const std::string& name, const std::string& message) {
  throw Error(ErrorCode::bad_receipt, name, message,
              "give the file that `wheelfix patch --receipt` or `wheelfix repair --receipt` wrote");
}

}  // namespace

Receipt parse_receipt(std::string_view text, const std::string& name) {
  try {
    require_shallow(text);
    const auto document = ReadJson::parse(text);
    if (!document.is_object() || document.value("_type", ReadJson()) != statement_type)
      refuse_receipt(name, "is not an in-toto Statement v1");
    const auto& predicate = document.at("predicate");
    if (document.at("predicateType") != provenance_type ||
        predicate.at("buildDefinition").at("buildType") != receipt_build_type)
      refuse_receipt(name, "is an in-toto statement of another program");
    Receipt receipt;
    for (const auto& item : document.at("subject")) receipt.subjects.push_back(subject_in(item));
    return receipt;
  } catch (const ReadJson::parse_error& error) {
    refuse_receipt(name, fmt::format("is not JSON, at byte {}", error.byte));
  } catch (const ReadJson::exception&) {
    refuse_receipt(name, "is not a receipt: a field is missing, or has another type");
  } catch (const std::invalid_argument& error) {
    refuse_receipt(name, std::string("is not a receipt: it has ") + error.what());
  }
}

Receipt read_receipt(const std::filesystem::path& path) {
  return parse_receipt(read_file(path, max_receipt_size), path.string());
}

}  // namespace wheelfix
