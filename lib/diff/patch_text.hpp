#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace wheelfix {

/// Walks over the lines of a patch file, which the caller keeps alive, and counts them for errors.
class PatchText {
 public:
  PatchText(std::string_view text, std::string_view name)
      : rest_(text), name_(name), binary_left_(std::max<std::uint64_t>(least_binary, 8 * text.size())) {}

  bool at_end() const { return rest_.empty(); }
  std::size_t number() const { return number_; }  ///< of the current line, from 1

  /// The current line, or the one `ahead` lines further, without `\n`; a `\r` before it is kept. Empty after
  /// the end.
  std::string_view raw(unsigned ahead = 0) const;
  /// The same without a `\r` at its end, as header lines are read: Windows may have saved the patch.
  std::string_view line(unsigned ahead = 0) const;
  /// Whether the current line ends without `\n`, which only the file's last can.
  bool is_cut() const { return rest_.find('\n') == rest_.npos; }

  void advance();

  /// Counts a line that is kept in a hunk. Throws Error{limit_exceeded} for too many.
  void keep_line();

  /// How many bytes the patch's binary hunks may still inflate to: each is kept until it is applied.
  std::uint64_t binary_left() const { return binary_left_; }
  void take_binary(std::uint64_t size) { binary_left_ -= size; }

  /// `NAME:LINE` of the current line.
  std::string place() const;
  /// Throws Error{bad_diff} at the current line or at `number`.
  [[noreturn]] void fail(std::string message, std::string hint = {}) const;
  [[noreturn]] void fail_at(std::size_t number, std::string message, std::string hint = {}) const;

 private:
  std::string_view rest_;  // begins with the current line
  std::string_view name_;
  std::size_t number_ = 1;
  std::size_t kept_ = 0;
  static constexpr std::uint64_t least_binary = 32 << 20;
  std::uint64_t binary_left_;
};

}  // namespace wheelfix
