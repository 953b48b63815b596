#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace wheelfix {

// A hunk of a `GIT binary patch` is a line `literal SIZE` or `delta SIZE`, lines of base85 and an empty line.
// SIZE is that of the inflated data; the lines hold it deflated by zlib, up to 52 bytes each after a letter
// for their count (A to Z are 1 to 26, a to z 27 to 52), four bytes in five digits, the last group padded
// with zeros.

/// No content or delta of a binary hunk may be larger.
inline constexpr std::uint64_t max_binary_size = std::uint64_t{1} << 30;

/// Why a binary hunk is unreadable, as a clause. The caller, who knows the patch's name and line, turns it
/// into an Error.
class DamagedBinary : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// The bytes of one line of base85, its count letter included; nullopt if count, length or a digit is
/// wrong.
std::optional<std::string> decode_base85_line(std::string_view line);

/// Inflates zlib data that must give exactly `size` bytes and have nothing after it; memory grows with the
/// actual output, and never beyond `size`. Throws DamagedBinary.
std::string inflate_exactly(std::string_view deflated, std::uint64_t size);

/// What to do about a patch with such damage, which mail and editors that remove white space cause.
constexpr std::string_view damaged_binary_hint =
    "the patch file is damaged: download it again, or make it again with `git diff --binary`";

/// The sizes that a git pack delta begins with. Throws DamagedBinary.
struct DeltaSizes {
  std::uint64_t source = 0;
  std::uint64_t result = 0;
};
DeltaSizes delta_sizes(std::string_view delta);

/// Applies a git pack delta to the source it was made for; nothing is allocated before the delta is known to
/// be consistent. Throws DamagedBinary, also if the source's size isn't the delta's.
std::string apply_delta(std::string_view source, std::string_view delta);

}  // namespace wheelfix
