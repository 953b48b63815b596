// Reads Python sources for the tests in Python: a file's name a line on stdin, an answer a line on stdout, in
// JSON. Text is given as Latin-1 would read its bytes, so that all of them come through.
#include <array>
#include <filesystem>
#include <iostream>
#include <nlohmann/json.hpp>
#include <wheelfix/error.hpp>

#include "base/file.hpp"
#include "python/import_place.hpp"
#include "python/library_loads.hpp"
#include "python/string_literals.hpp"

using namespace wheelfix;
using nlohmann::json;

namespace {

std::string as_latin1(std::string_view bytes) {
  std::string text;
  for (const char c : bytes) python::append_utf8(text, static_cast<unsigned char>(c));
  return text;
}

json tokens_of(const python::Source& source) {
  constexpr std::array kinds = {"name",       "number", "string",  "format_start", "format_text",
                                "format_end", "op",     "newline", "end"};
  json tokens = json::array();
  for (const auto& token : source.tokens)
    tokens.push_back({kinds.at(static_cast<std::size_t>(token.kind)), token.begin, token.end});
  return tokens;
}

json literals_of(const python::Source& source) {
  json literals = json::array();
  for (const auto& literal : python::string_literals(source))
    literals.push_back({{"begin", literal.begin},
                        {"end", literal.end},
                        {"bytes", literal.kind == python::LiteralKind::bytes},
                        {"format", literal.is_format},
                        {"value", as_latin1(literal.value)}});
  return literals;
}

json loads_of(const python::Source& source, const std::string& file) {
  json loads = json::array();
  for (const auto& load : python::library_loads(source, file)) {
    json names = json::array();
    for (const auto& name : load.names) names.push_back({as_latin1(name.text), name.in_wheel});
    loads.push_back({{"begin", load.begin},
                     {"function", load.function},
                     {"names", names},
                     {"complete", load.is_complete}});
  }
  return loads;
}

json answer(const std::string& file) {
  const auto text = read_file(file);
  const auto source = python::read_source(text, file);
  const auto place = python::import_place(source);
  return {{"place", {{"offset", place.offset}, {"before", place.before}, {"after", place.after}}},
          {"tokens", tokens_of(source)},
          {"literals", literals_of(source)},
          {"loads", loads_of(source, std::filesystem::path(file).filename())}};
}

}  // namespace

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    json reply;
    try {
      reply = answer(line);
    } catch (const Error& error) {
      reply = {{"error", error.what()}, {"hint", error.hint()}};
    }
    std::cout << reply.dump(-1, ' ', false, json::error_handler_t::replace) << std::endl;
  }
}
