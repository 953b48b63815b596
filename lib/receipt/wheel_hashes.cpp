#include "receipt/wheel_hashes.hpp"

#include "base/growing_file_hash.hpp"
#include "base/workers.hpp"
#include "wheel/archive_of.hpp"

namespace wheelfix {

std::string file_hash(const File& file) {
  GrowingFileHash hash(File::from_descriptor(file.fd(), file.path()), 1);
  hash.advance(file.size());
  return hash.finish();
}

std::vector<std::string> hashes_of_files(const std::vector<Wheel>& wheels, unsigned jobs) {
  std::vector<std::string> hashes(wheels.size());
  for_each_parallel(wheels.size(), jobs,
                    [&](std::size_t i) { hashes[i] = file_hash(archive_of(wheels[i]).file()); });
  for (const auto& wheel : wheels) wheel.require_unchanged();
  return hashes;
}

}  // namespace wheelfix
