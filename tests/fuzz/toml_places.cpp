// What toml++ reads of a text is what the reader of places finds in it: the same keys, strings and lists,
// each within the text, and a value within its table.
#include "toml/toml_places.hpp"

#include <wheelfix/error.hpp>

#include "fuzz/check.hpp"
#include "toml/toml_plus_plus.hpp"
#include "toml/toml_table.hpp"

namespace {

using namespace wheelfix;

void check_same(const toml::node& node, const TomlPlace& place, std::string_view text) {
  using enum TomlPlace::Kind;
  CHECK_PROPERTY(place.begin <= place.end && place.end <= text.size());
  if (const auto* table = node.as_table()) {
    CHECK_PROPERTY(place.kind == TomlPlace::Kind::table && table->size() == place.entries.size());
    for (const auto& [key, value] : *table) {
      const auto* entry = place.find(key.str());
      CHECK_PROPERTY(entry != nullptr);
      check_same(value, entry->value, text);
    }
  } else if (const auto* items = node.as_array()) {
    CHECK_PROPERTY(place.kind == list && items->size() == place.items.size());
    for (std::size_t i = 0; i < items->size(); ++i) check_same((*items)[i], place.items[i], text);
  } else if (const auto* words = node.as_string()) {
    CHECK_PROPERTY(place.kind == string && words->get() == place.text);
    const auto quote = text[place.begin];
    CHECK_PROPERTY((quote == '"' || quote == '\'') && place.end - place.begin > 1 &&
                   text[place.end - 1] == quote);
  } else {
    CHECK_PROPERTY(place.kind == scalar && text.substr(place.begin, place.end - place.begin) == place.text);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = as_text(data, size);
  try {
    TomlTable::parse(text, "fuzz.toml");
  } catch (const Error&) {
    return 0;
  }
  const auto document = toml::parse(text);
  check_same(document, toml_places(text), text);
  return 0;
}
