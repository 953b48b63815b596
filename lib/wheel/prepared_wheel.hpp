#pragma once

#include <memory>
#include <wheelfix/edit.hpp>

#include "base/atomic_file.hpp"
#include "base/made_folder.hpp"

namespace wheelfix {

/// Where an edited wheel is written to.
inline std::filesystem::path output_path(const WheelEdit& edit, const WriteOptions& options) {
  return (options.dest_dir / edit.output_name().to_string()).lexically_normal();
}

/// A wheel that is written and read back, except for its name.
struct PreparedWheel {
  WriteResult result;
  std::unique_ptr<AtomicFile> file;  ///< null on a dry run
};

/// `folder` makes the output's. Throws as `write`; require_free_outputs must have been called.
PreparedWheel prepare_wheel(const WheelEdit& edit, const WriteOptions& options, MadeFolder& folder);

}  // namespace wheelfix
