#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <wheelfix/binary.hpp>
#include <wheelfix/edit.hpp>

namespace wheelfix {

/// In one wheel, including those that can't be read. The largest known have some hundreds.
constexpr std::size_t max_libraries = 10'000;

/// Throws Error{limit_exceeded} if a wheel has more than max_libraries.
void require_few_libraries(const WheelEdit& edit, std::size_t count);

/// The most memory for all names of one wheel's libraries: 200 kB is the most that was seen. They are kept
/// several times, and a library of a few hundred compressed bytes can have megabytes of them.
constexpr std::uint64_t max_names_size = 8 << 20;

/// The entries of a wheel whose symbols are kept in memory, if they are libraries: all that inflate at most
/// twentyfold, and of the others the first with 64 MiB together. Real libraries inflate two- to fivefold.
std::set<std::string, std::less<>> entries_with_symbols(const WheelEdit& edit);

/// Counts the names in one wheel's libraries. Safe on several threads at once.
class NamesBudget {
 public:
  enum class Of { wheel, edited_libraries };

  explicit NamesBudget(const WheelEdit& edit, Of of = Of::wheel) : edit_(edit), of_(of) {}

  /// Throws Error{limit_exceeded} if all names so far take more than max_names_size.
  void spend(const BinaryInfo& info);

 private:
  const WheelEdit& edit_;
  Of of_;
  std::atomic<std::uint64_t> spent_ = 0;
};

}  // namespace wheelfix
