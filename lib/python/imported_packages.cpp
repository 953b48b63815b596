#include "python/imported_packages.hpp"

#include <algorithm>

namespace wheelfix::python {
namespace {

using Kind = Token::Kind;

class ImportReader {
 public:
  explicit ImportReader(const Source& source) : source_(source) {}

  std::set<std::string> run() {
    for (const auto line : source_.lines) {
      const auto found = std::ranges::lower_bound(source_.tokens, line, {}, &Token::begin);
      if (found == source_.tokens.end() || found->begin != line) continue;  // in a block
      take_statement(static_cast<std::size_t>(found - source_.tokens.begin()));
    }
    return std::move(packages_);
  }

 private:
  void take_statement(std::size_t token) {
    if (source_.is_name(token, "from")) return take(token + 1);
    if (!source_.is_name(token, "import")) return;
    do {
      take(++token);
      while (!source_.is_op(token, ",") && !is_end(token)) ++token;
    } while (!is_end(token));
  }

  bool is_end(std::size_t token) const {
    const auto kind = source_.tokens[token].kind;
    return kind == Kind::newline || kind == Kind::end || source_.is_op(token, ";");
  }

  void take(std::size_t token) {
    if (source_.tokens[token].kind == Kind::name) packages_.emplace(source_.text_of(source_.tokens[token]));
  }

  const Source& source_;
  std::set<std::string> packages_;
};

}  // namespace

std::set<std::string> imported_packages(const Source& source) {
  return ImportReader(source).run();
}

}  // namespace wheelfix::python
