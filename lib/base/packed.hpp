#pragma once

#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>
#include <wheelfix/finding_catalogue.hpp>

#include "base/bytes.hpp"

namespace wheelfix {

/// Of a struct that is packed: a function of a Packer or an Unpacker and a value, which calls it with all of
/// the value's fields. By structured bindings it doesn't compile once a field is added.
template <class T>
constexpr auto packed_fields = nullptr;

/// Of an enum that is packed: its last value.
template <class T>
constexpr auto last_value = nullptr;

template <class T>
constexpr bool is_packed_list = false;
template <class T>
constexpr bool is_packed_list<std::vector<T>> = true;
template <class Key, class T, class Order>
constexpr bool is_packed_list<std::map<Key, T, Order>> = true;
template <class T>
constexpr bool is_packed_optional = false;
template <class T>
constexpr bool is_packed_optional<std::optional<T>> = true;

/// Values as bytes, for files that only this program reads: a number has 1 to 10 bytes (LEB128), a text its
/// size and bytes, a list its size and elements, an optional value 0, or 1 and the value, a struct its
/// fields, and a code of findings is its name. Rejected: JSON, in which torch's 10,605 entries take ten times
/// as long to read.
class Packer {
 public:
  template <class... T>
  void operator()(const T&... values) {
    (put(values), ...);
  }
  const std::string& bytes() const { return bytes_; }

 private:
  void number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_.push_back(static_cast<char>((value & 0x7F) | 0x80));
    bytes_.push_back(static_cast<char>(value));
  }

  void put(std::string_view text) {
    number(text.size());
    bytes_ += text;
  }

  template <class T>
  requires(!std::convertible_to<T, std::string_view>) void put(const T& value) {
    if constexpr (std::is_same_v<T, FindingCode>) {
      put(to_string(value));
    } else if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
      number(static_cast<std::uint64_t>(value));
    } else if constexpr (is_packed_optional<T>) {
      put(value.has_value());
      if (value) put(*value);
    } else if constexpr (is_packed_list<T>) {
      number(value.size());
      for (const auto& element : value) put(element);
    } else {
      packed_fields<T>(*this, value);
    }
  }

  template <class First, class Second>
  void put(const std::pair<First, Second>& value) {
    put(value.first);
    put(value.second);
  }

  std::string bytes_;
};

/// Reads what Packer wrote. Other bytes throw OutOfBytes, and take no more memory than some times their size.
class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : reader_(bytes) {}

  template <class... T>
  void operator()(T&... values) {
    (take(values), ...);
  }
  bool is_at_end() const { return reader_.remaining() == 0; }

 private:
  static constexpr unsigned deepest = 500;  ///< structs in structs

  [[noreturn]] static void refuse() { throw OutOfBytes("a value that isn't one of its type"); }

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      const auto byte = static_cast<unsigned char>(reader_.take(1).front());
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80) return value;
    }
    refuse();
  }

  void take(std::string& text) { text = reader_.take(number()); }

  template <class T>
  void take(T& value) {
    if constexpr (std::is_same_v<T, FindingCode>) {
      const auto* info = find_finding(reader_.take(number()));
      if (info == nullptr) refuse();
      value = info->code;
    } else if constexpr (std::is_enum_v<T>) {
      const auto found = number();
      if (found > static_cast<std::uint64_t>(last_value<T>)) refuse();
      value = static_cast<T>(found);
    } else if constexpr (std::is_integral_v<T>) {
      const auto found = number();
      value = static_cast<T>(found);
      if (static_cast<std::uint64_t>(value) != found) refuse();
    } else if constexpr (is_packed_optional<T>) {
      bool has_value = false;
      take(has_value);
      value.reset();
      if (has_value) take(value.emplace());
    } else if constexpr (is_packed_list<T>) {
      take_list(value);
    } else {
      if (++depth_ > deepest) refuse();
      packed_fields<T>(*this, value);
      --depth_;
    }
  }

  template <class T>
  void take_list(std::vector<T>& list) {
    list.clear();
    for (auto count = number(); count > 0; --count) take(list.emplace_back());
  }

  template <class Key, class T, class Order>
  void take_list(std::map<Key, T, Order>& list) {
    list.clear();
    for (auto count = number(); count > 0; --count) {
      Key key;
      take(key);
      take(list[std::move(key)]);
    }
  }

  ByteReader reader_;
  unsigned depth_ = 0;
};

}  // namespace wheelfix
