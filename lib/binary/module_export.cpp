#include "binary/module_export.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <wheelfix/binary.hpp>
#include <wheelfix/error.hpp>

#include "base/text.hpp"
#include "base/unicode.hpp"

namespace wheelfix {
namespace {

constexpr std::size_t longest_name = 255;  // of a file

/// The characters of a name; nothing if it isn't UTF-8.
std::optional<std::u32string> characters(std::string_view name) {
  std::u32string all;
  while (!name.empty()) {
    const auto next = first_character(name);
    if (next.length == 0) return std::nullopt;
    all += next.value;
    name.remove_prefix(next.length);
  }
  return all;
}

// The numbers of RFC 3492, chapter 5, and its "bias adaptation function" and encoding procedure.
constexpr std::uint32_t radix = 36, least_threshold = 1, most_threshold = 26, first_bias = 72;

std::uint32_t adapted(std::uint32_t delta, std::uint32_t count, bool is_first) {
  constexpr std::uint32_t skew = 38, damp = 700, step = radix - least_threshold;
  delta = is_first ? delta / damp : delta / 2;
  delta += delta / count;
  std::uint32_t steps = 0;
  for (; delta > step * most_threshold / 2; steps += radix) delta /= step;
  return steps + (step + 1) * delta / (delta + skew);
}

char digit(std::uint32_t value) {
  return static_cast<char>(value < 26 ? 'a' + value : '0' + (value - 26));
}

void append_number(std::string& out, std::uint32_t number, std::uint32_t bias) {
  for (auto k = radix;; k += radix) {
    const auto threshold = std::clamp(k > bias ? k - bias : 0, least_threshold, most_threshold);
    if (number < threshold) break;
    out += digit(threshold + (number - threshold) % (radix - threshold));
    number = (number - threshold) / (radix - threshold);
  }
  out += digit(number);
}

std::string punycode(const std::u32string& name) {
  std::string out;
  for (const auto c : name)
    if (c < 0x80) out += static_cast<char>(c);
  const auto plain = static_cast<std::uint32_t>(out.size());
  if (plain > 0) out += '-';
  auto handled = plain;
  std::uint32_t least_left = 0x80, delta = 0, bias = first_bias;
  while (handled < name.size()) {
    auto next = std::numeric_limits<std::uint32_t>::max();
    for (const auto c : name)
      if (c >= least_left) next = std::min<std::uint32_t>(next, c);
    delta += (next - least_left) * (handled + 1);
    least_left = next;
    for (const auto c : name) {
      if (c < least_left) ++delta;
      if (c != least_left) continue;
      append_number(out, delta, bias);
      bias = adapted(delta, handled + 1, handled == plain);
      delta = 0;
      ++handled;
    }
    ++delta;
    ++least_left;
  }
  return out;
}

/// The last part of the name by which Python imports the file.
std::string_view module_name(std::string_view path) {
  auto name = file_name(path);
  name = name.substr(0, name.find('.'));
  if (name != "__init__") return name;
  const auto folder = folder_part(path);
  return folder.empty() ? name : file_name(folder.substr(0, folder.size() - 1));
}

}  // namespace

std::vector<std::string> init_functions(std::string_view path) {
  const auto name = module_name(path);
  const auto letters = name.size() > longest_name ? std::nullopt : characters(name);
  if (!letters) return {};
  auto tail = is_ascii(name) ? "_" + std::string(name) : "U_" + punycode(*letters);
  std::ranges::replace(tail, '-', '_');
  return {"PyInit" + tail, "PyModExport" + tail};
}

std::optional<bool> exports_init(ByteSource& source, const std::string& path) {
  const auto functions = init_functions(path);
  const auto format = binary_format(source.read_up_to(0, binary_head_size));
  if (functions.empty() || !format) return std::nullopt;
  try {
    switch (*format) {
      case BinaryFormat::elf:
        return elf::exports_one_of(source, functions);
      case BinaryFormat::pe:
        return pe::exports_one_of(source, functions);
      case BinaryFormat::macho:
        return macho::exports_one_of(source, functions);
    }
  } catch (const OutOfBytes&) {
  } catch (const Error& error) {
    if (error.code() != ErrorCode::bad_binary) throw;
  }
  return std::nullopt;
}

}  // namespace wheelfix
