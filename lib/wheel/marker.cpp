#include "wheel/marker.hpp"

#include <fmt/ranges.h>

#include <array>
#include <wheelfix/error.hpp>
#include <wheelfix/version_specifiers.hpp>

namespace wheelfix {

namespace {

/// Deeper ones end pip in a RecursionError.
constexpr int max_depth = 50;

/// Longer ones are compared as texts.
constexpr std::size_t max_compared = 10'000;

struct Operand {
  bool is_variable = false;
  std::string text;  ///< a variable's name as PEP 508 has it, or a string without its quotes
};

constexpr std::array<std::string_view, 18> variables = {
    "python_version",
    "python_full_version",
    "os_name",
    "os.name",
    "sys_platform",
    "sys.platform",
    "platform_release",
    "platform_system",
    "platform_version",
    "platform.version",
    "platform_machine",
    "platform.machine",
    "implementation_name",
    "implementation_version",
    "platform_python_implementation",
    "platform.python_implementation",
    "python_implementation",
    "extra",
};

/// The name of today; those with a dot are of PEP 345.
std::string variable_name(std::string_view text) {
  if (text.ends_with("python_implementation")) return "platform_python_implementation";
  std::string name(text);
  std::ranges::replace(name, '.', '_');
  return name;
}

Truth truth(bool value) noexcept {
  return value ? Truth::yes : Truth::no;
}

bool is_compared_as_version(std::string_view variable) {
  return variable.starts_with("python_") || variable == "implementation_version" ||
         variable == "platform_release";
}

/// Nothing where it is none. One alone, which a comma doesn't end.
std::optional<VersionSpecifiers> one_specifier(const std::string& text) {
  if (text.find(',') != std::string::npos) return std::nullopt;
  try {
    return VersionSpecifiers::parse(text);
  } catch (const Error&) {
    return std::nullopt;
  }
}

Truth compare(const std::string& left, std::string_view op, const std::string& right,
              std::string_view variable) {
  if (is_compared_as_version(variable)) {
    const auto wanted = trim(right);
    if (op == "===" && wanted.find_first_of(" \t;)") == std::string_view::npos)
      return truth(ascii_lower(left) == ascii_lower(wanted));
    if (const auto specifier = one_specifier(std::string(op) + right)) {
      const auto version = Version::try_parse(left);
      return version ? truth(specifier->contains(*version)) : Truth::unknown;
    }
  }
  if (op == "==") return truth(left == right);
  if (op == "!=") return truth(left != right);
  if (op == "in") return truth(right.find(left) != std::string::npos);
  if (op == "not in") return truth(right.find(left) == std::string::npos);
  return Truth::unknown;
}

std::string quoted(const Operand& operand) {
  if (operand.is_variable) return operand.text;
  const char quote = operand.text.find('"') == std::string::npos ? '"' : '\'';
  return quote + operand.text + quote;
}

/// A condition, with its variable on the left if its operator has an opposite.
std::string written(const Operand& left, std::string_view op, const Operand& right) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 7> opposites = {
      {{"==", "=="}, {"!=", "!="}, {"===", "==="}, {"<", ">"}, {"<=", ">="}, {">", "<"}, {">=", "<="}}};
  const auto opposite =
      std::ranges::find(opposites, op, &std::pair<std::string_view, std::string_view>::first);
  if (left.is_variable || opposite == opposites.end())
    return fmt::format("{} {} {}", quoted(left), op, quoted(right));
  return fmt::format("{} {} {}", quoted(right), opposite->second, quoted(left));
}

std::string written(const MarkerAlternatives& alternatives) {
  std::string text;
  for (const auto& conditions : alternatives) {
    text += text.empty() ? "" : " or ";
    text += fmt::format("{}", fmt::join(conditions, " and "));
  }
  return text;
}

/// A marker, or a part of one.
struct Reading {
  Truth truth = Truth::unknown;
  MarkerAlternatives alternatives;
};

/// Adds what is alternatives itself as one condition, which is enclosed.
void add_conditions(std::set<std::string>& conditions, MarkerAlternatives alternatives) {
  if (alternatives.size() > 1)
    conditions.insert("(" + written(alternatives) + ")");
  else if (!alternatives.empty())
    conditions.insert(alternatives.begin()->begin(), alternatives.begin()->end());
}

/// A reader of one marker, from left to right, with its value.
class MarkerReader {
 public:
  MarkerReader(RequirementCursor& cursor, const MarkerEnvironment& environment, bool has_alternatives = false)
      : cursor_(cursor), environment_(environment), has_alternatives_(has_alternatives) {}

  /// One atom, then as many more as `and`, which binds closer, and `or` join.
  std::optional<Reading> read(int depth) {
    if (depth > max_depth) {
      cursor_.fail("has a marker with too many parentheses in each other");
      return std::nullopt;
    }
    auto any = read_all(depth);
    while (any && cursor_.take_word("or")) {
      auto all = read_all(depth);
      if (!all) return std::nullopt;
      any->truth = std::max(any->truth, all->truth);
      any->alternatives.merge(all->alternatives);
    }
    return any;
  }

 private:
  std::optional<Reading> read_all(int depth) {
    auto all = read_atom(depth);
    if (!all || !cursor_.take_word("and")) return all;
    std::set<std::string> conditions;
    add_conditions(conditions, std::move(all->alternatives));
    do {
      auto one = read_atom(depth);
      if (!one) return std::nullopt;
      all->truth = std::min(all->truth, one->truth);
      add_conditions(conditions, std::move(one->alternatives));
    } while (cursor_.take_word("and"));
    all->alternatives.clear();
    if (has_alternatives_) all->alternatives.insert(std::move(conditions));
    return all;
  }

  std::optional<Reading> read_atom(int depth) {
    cursor_.skip_space();
    const bool is_enclosed = cursor_.take("(");
    auto reading = is_enclosed ? read(depth + 1) : read_comparison();
    if (reading && is_enclosed && !cursor_.take(")")) {
      cursor_.expected("a ')'");
      return std::nullopt;
    }
    cursor_.skip_space();
    return reading;
  }

  std::optional<Reading> read_comparison() {
    const auto rest = cursor_.rest();
    auto left = read_operand();
    if (!left) return std::nullopt;
    cursor_.skip_space();
    const auto op = read_operator();
    cursor_.skip_space();
    auto right = op.empty() ? std::nullopt : read_operand();
    if (!right || !check(*left, op, *right, rest)) return std::nullopt;
    const auto variable = left->is_variable ? left->text : right->text;
    auto& literal = left->is_variable ? *right : *left;
    if (variable == "extra" && !literal.is_variable) literal.text = normalize_project_name(literal.text);
    Reading reading{value(*left, op, *right, variable), {}};
    if (has_alternatives_) reading.alternatives.insert({written(*left, op, *right)});
    return reading;
  }

  Truth value(Operand left, std::string_view op, Operand right, const std::string& variable) const {
    const auto known = environment_.find(variable);
    if (known == environment_.end()) return Truth::unknown;
    (left.is_variable ? left : right).text = known->second;
    return compare(left.text, op, right.text, variable);
  }

  std::optional<Operand> read_operand() {
    for (const auto variable : variables)
      if (cursor_.take_word(variable)) return Operand{true, variable_name(variable)};
    const auto rest = cursor_.rest();
    if (!rest.starts_with('"') && !rest.starts_with('\'')) {
      cursor_.expected("a marker's name or a string");
      return std::nullopt;
    }
    const auto end = rest.find(rest.front(), 1);
    if (end == std::string_view::npos) {
      cursor_.fail("has a string without its closing quote");
      return std::nullopt;
    }
    const auto text = rest.substr(1, end - 1);
    if (text.find('\\') != std::string_view::npos) {
      cursor_.fail("has a backslash in a string, which pip takes as the beginning of an escape");
      return std::nullopt;
    }
    cursor_.skip(end + 1);
    return Operand{false, std::string(text)};
  }

  /// Nothing, with a fault, if it is none.
  std::string_view read_operator() {
    constexpr auto what = "an operator that pip and uv know";
    if (cursor_.rest().starts_with("===")) cursor_.expected(what);
    for (const std::string_view op : {"===", "==", "~=", "!=", "<=", ">=", "<", ">"})
      if (cursor_.take(op)) return op;
    if (cursor_.take_word("in")) return "in";
    if (cursor_.take_word("not")) {
      cursor_.skip_space();
      if (cursor_.take_word("in")) return "not in";
    }
    cursor_.expected(what);
    return {};
  }

  /// pip fails on two strings. It compares by ~= only versions with a specifier, and fails where it isn't
  /// one.
  bool check(const Operand& left, std::string_view op, const Operand& right, std::string_view rest) {
    if (!left.is_variable && !right.is_variable)
      return cursor_.fail_at(rest, "has a marker that compares two strings");
    if (op != "~=") return true;
    const auto& variable = left.is_variable ? left : right;
    const auto& text = left.is_variable ? right : left;
    const bool is_version = variable.text.ends_with("version") || variable.text.ends_with("_release");
    if (!is_version || text.is_variable)
      return cursor_.fail_at(rest, "has a marker that uses ~= with what isn't a version");
    if (&text == &left) return true;
    try {
      VersionSpecifiers::parse("~=" + text.text);
      return true;
    } catch (const Error& error) {
      return cursor_.fail_at(
          rest, fmt::format("has a marker with '{}', which {}", error.subject(), error.message()));
    }
  }

  RequirementCursor& cursor_;
  const MarkerEnvironment& environment_;
  bool has_alternatives_;
};

}  // namespace

std::optional<Truth> read_marker(RequirementCursor& cursor, const MarkerEnvironment& environment) {
  const auto reading = MarkerReader(cursor, environment).read(0);
  return reading ? std::optional(reading->truth) : std::nullopt;
}

Truth evaluate_marker(std::string_view marker, const MarkerEnvironment& environment) {
  RequirementCursor cursor(marker);
  cursor.skip_space();
  if (cursor.rest().empty()) return Truth::yes;
  const auto value = read_marker(cursor, environment);
  return cursor.rest().empty() ? value.value_or(Truth::unknown) : Truth::unknown;
}

MarkerAlternatives marker_alternatives(std::string_view marker) {
  if (marker.size() > max_compared) return {{std::string(marker)}};
  RequirementCursor cursor(marker);
  const MarkerEnvironment nothing;
  const auto reading = MarkerReader(cursor, nothing, true).read(0);
  return reading && cursor.rest().empty() ? reading->alternatives : MarkerAlternatives();
}

}  // namespace wheelfix
