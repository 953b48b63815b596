#pragma once

#include <memory>
#include <wheelfix/edit.hpp>

#include "base/atomic_file.hpp"
#include "base/made_folder.hpp"

namespace wheelfix {

/// A wheel that is written and read back, except for its name.
struct PreparedWheel {
  WriteResult result;
  std::unique_ptr<AtomicFile> file;  ///< null on a dry run
};

/// `folder` makes the output's. Throws as `write`.
PreparedWheel prepare_wheel(const WheelEdit& edit, const WriteOptions& options, MadeFolder& folder);

}  // namespace wheelfix
