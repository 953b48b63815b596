#include "receipt/wheel_hashes.hpp"

#include "base/file_hash.hpp"
#include "base/workers.hpp"
#include "wheel/archive_of.hpp"

namespace wheelfix {

std::vector<std::string> hashes_of_files(const std::vector<Wheel>& wheels, unsigned jobs) {
  std::vector<std::string> hashes(wheels.size());
  for_each_parallel(wheels.size(), jobs, [&](std::size_t i) {
    hashes[i] = hash_file(archive_of(wheels[i]).file()).finish_as_hex();
  });
  for (const auto& wheel : wheels) wheel.require_unchanged();
  return hashes;
}

}  // namespace wheelfix
