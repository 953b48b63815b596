#include "binary/helper_answer.hpp"

#include <charconv>
#include <limits>

#include "base/byte_source.hpp"
#include "base/bytes.hpp"
#include "binary/macho_format.hpp"
#include "binary/read_elf.hpp"
#include "binary/read_macho.hpp"
#include "binary/read_pe.hpp"

namespace wheelfix {
namespace {

/// The answer is invalid.
struct BadAnswer {};

std::uint64_t parse_number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) throw BadAnswer();
  return value;
}

bool parse_flag(std::string_view text) {
  if (text != "yes" && text != "no") throw BadAnswer();
  return text == "yes";
}

struct Field {
  std::string_view key, value;
};

class FieldReader {
 public:
  explicit FieldReader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }

  Field next() {
    const auto line = take(rest_.find('\n'));
    const auto space = line.find(' ');
    if (space == std::string_view::npos) throw BadAnswer();
    const auto value = take(parse_number(line.substr(space + 1)));
    return {line.substr(0, space), value};
  }

 private:
  // `size` bytes, and the newline after them.
  std::string_view take(std::uint64_t size) {
    if (size >= rest_.size() || rest_[size] != '\n') throw BadAnswer();
    const auto piece = rest_.substr(0, size);
    rest_.remove_prefix(size + 1);
    return piece;
  }

  std::string_view rest_;
};

BinaryFormat parse_format(std::string_view text) {
  for (const auto format : {BinaryFormat::elf, BinaryFormat::pe, BinaryFormat::macho}) {
    if (text == to_string(format)) return format;
  }
  throw BadAnswer();
}

NeededKind parse_kind(std::string_view text) {
  for (const auto kind :
       {NeededKind::load, NeededKind::weak, NeededKind::reexport, NeededKind::lazy, NeededKind::upward}) {
    if (text == to_string(kind)) return kind;
  }
  throw BadAnswer();
}

template <class T>
T narrowed(std::uint64_t number) {
  if (number > std::numeric_limits<T>::max()) throw BadAnswer();
  return static_cast<T>(number);
}

/// A reading in the making: the machine's name depends on fields that follow.
struct Reading {
  BinaryInfo info;
  std::uint64_t machine = 0;
  std::uint64_t subtype = 0;

  BinaryInfo finish() {
    info.machine = machine_name();
    if (info.format == BinaryFormat::macho && info.needed_kinds.size() != info.needed.size())
      throw BadAnswer();
    return std::move(info);
  }

  void take(const Field& field) {
    const std::string text(field.value);
    if (field.key == "machine") {
      machine = parse_number(text);
    } else if (field.key == "subtype") {
      subtype = parse_number(text);
    } else if (field.key == "bits") {
      info.bits = static_cast<unsigned>(parse_number(text));
    } else if (field.key == "big-endian") {
      info.big_endian = parse_flag(text);
    } else if (field.key == "dynamic") {
      info.is_dynamic = parse_flag(text);
    } else if (field.key == "program") {
      info.is_program = parse_flag(text);
    } else if (field.key == "signature") {
      info.has_signature = parse_flag(text);
    } else {
      take_name(field.key, text);
    }
  }

 private:
  void take_name(std::string_view key, const std::string& text) {
    if (key == "soname") {
      info.soname = text;
    } else if (key == "needed") {
      info.needed.push_back(text);
    } else if (key == "kind" && info.format == BinaryFormat::macho) {
      info.needed_kinds.push_back(parse_kind(text));
    } else if (key == "rpath" && info.format == BinaryFormat::macho) {
      info.rpath.push_back(text);  // one entry per load command, in which a colon is like any other letter
    } else if (key == "rpath") {
      info.rpath = split_search_path(text);
    } else if (key == "runpath") {
      info.runpath = split_search_path(text);
    } else if (key == "versions-of") {
      info.versions_needed.push_back({text, {}});
    } else if (key == "version" && !info.versions_needed.empty()) {
      info.versions_needed.back().versions.push_back(text);
    } else {
      throw BadAnswer();
    }
  }

  /// Numbers have the same meaning as for the first reader.
  std::string machine_name() {
    if (info.format == BinaryFormat::pe) return pe::machine_name(narrowed<std::uint16_t>(machine));
    if (info.format == BinaryFormat::elf) return elf_machine();
    const auto cpu_type = narrowed<std::uint32_t>(machine);
    info.big_endian = macho::is_big_endian(cpu_type);
    return macho::machine_name(cpu_type, narrowed<std::uint32_t>(subtype));
  }

  std::string elf_machine() const {
    elf::Image header_alone;
    header_alone.encoding = {info.bits == 64, info.big_endian};
    header_alone.header.machine = narrowed<std::uint16_t>(machine);
    MemoryBytes nothing({});
    return elf::describe(header_alone, nothing).machine;
  }
};

HelperAnswer parse(std::string_view text) {
  HelperAnswer answer;
  std::optional<Reading> reading;
  const auto finish_reading = [&] {
    if (reading) answer.readings.push_back(reading->finish());
    reading.reset();
  };
  FieldReader fields(text);
  for (auto field = fields.next(); field.key != "end"; field = fields.next()) {
    if (field.key == "failure") {
      answer.failure = field.value;
    } else if (field.key == "library") {
      answer.library = field.value;
    } else if (field.key == "format") {
      finish_reading();
      reading = Reading();
      reading->info.format = parse_format(field.value);
    } else if (reading) {
      reading->take(field);
    } else {
      throw BadAnswer();
    }
  }
  finish_reading();
  const int kinds = answer.failure.has_value() + answer.library.has_value() + !answer.readings.empty();
  if (!fields.at_end() || kinds != 1) throw BadAnswer();
  return answer;
}

}  // namespace

std::optional<HelperAnswer> parse_helper_answer(std::string_view text) {
  try {
    return parse(text);
  } catch (const BadAnswer&) {
    return std::nullopt;
  }
}

}  // namespace wheelfix
