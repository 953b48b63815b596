#pragma once

#include <string>
#include <vector>
#include <wheelfix/binary.hpp>

#include "base/byte_source.hpp"

namespace wheelfix {

struct BinaryWithCuda {
  BinaryInfo info;
  std::vector<std::string> cuda_archs;  ///< as WheelLibrary::cuda_archs
};

/// Like read_binary, with the architectures of the GPU code in an ELF file's sections .nv_fatbin and
/// __nv_relfatbin or a PE file's .nv_fatb. An ELF file says at its end where these are: a stream isn't read
/// twice for that, but all read-only segments are searched on the way there. GPU code that is damaged, or
/// that no section header names, is skipped. Throws Error{bad_binary}.
BinaryWithCuda read_binary_with_cuda(ByteSource& source, const std::string& subject);

}  // namespace wheelfix
