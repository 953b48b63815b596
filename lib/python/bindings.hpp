#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "python/source.hpp"

namespace wheelfix::python {

/// What gives a name its value.
struct Binding {
  enum class Kind : std::uint8_t {
    value,         ///< `name = EXPRESSION`, and its like
    addition,      ///< `name += EXPRESSION`
    element,       ///< `for name in EXPRESSION`
    element_part,  ///< `for a, b in EXPRESSION`: the one of number `index`
    parameter,     ///< of the function `scope`, of number `index`; EXPRESSION is its default
    unknown,
  };

  Kind kind = Kind::unknown;
  std::uint32_t scope = 0;
  std::size_t index = 0;
  std::size_t expression = 0;  ///< its first token; 0 where there is none
  std::size_t from = 0;        ///< the first token that it holds for
  std::uint32_t line = 0;      ///< logical
  std::uint32_t block = 0;     ///< that it is in
};

/// A function's body, or, as the first, the module's.
struct Scope {
  std::string name;
  std::uint32_t parent = 0;
  bool is_method = false;  ///< its first parameter is the object
  std::vector<std::string> parameters = {};
  std::vector<std::size_t> returns = {};  ///< the first tokens of what it returns
};

/// Where a token stands.
struct Place {
  std::uint32_t line = 0;
  std::uint32_t scope = 0;
  std::uint32_t block = 0;
};

/// Where names get their values and functions are called: found by the shape of statements alone.
struct Bindings {
  std::vector<Scope> scopes;
  std::vector<Place> places;                 ///< of each token
  std::vector<std::uint32_t> block_parents;  ///< of each block of lines with the same indentation
  std::unordered_map<std::string, std::vector<Binding>> names;      ///< dotted ones too: `self.path`
  std::unordered_map<std::string, std::vector<std::size_t>> calls;  ///< by function: the opening brackets
  std::unordered_map<std::string, std::string> renamed;             ///< `import CDLL as C`: C is CDLL
  std::unordered_map<std::string, std::vector<std::uint32_t>> functions;  ///< the scopes of a name

  /// What may give a name its value at this token: of the innermost scope around it that has any, those
  /// behind the last that must have run before. For another function's name that is global, all.
  std::vector<const Binding*> find(const std::string& name, std::size_t token) const;

 private:
  std::vector<const Binding*> reaching(std::vector<const Binding*> all, std::size_t token) const;
  bool must_run_before(const Binding& binding, std::size_t token) const;
};

Bindings find_bindings(const Source& source);

/// The end of a dotted name that begins at `token`, or `token` itself where none does.
std::size_t dotted_name_end(const Source& source, std::size_t token);
/// The tokens of a dotted name as one text.
std::string dotted_name(const Source& source, std::size_t begin, std::size_t end);

/// The first tokens of the parts between commas, from behind an opening bracket to its close; no more than
/// some hundreds.
std::vector<std::size_t> bracket_parts(const Source& source, std::size_t opening);

}  // namespace wheelfix::python
