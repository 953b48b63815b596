#include <wheelfix/error.hpp>
#include <wheelfix/library.hpp>

#include "base/file.hpp"
#include "binary/second_reader.hpp"
#include "cuda/gpu_code.hpp"
#include "wheel/archive_of.hpp"
#include "wheel/other_kinds.hpp"

namespace wheelfix {

SecondOpinion cross_check(const Wheel& wheel, const WheelLibrary& library) {
  const auto& archive = archive_of(wheel);
  const auto& entry = archive.entries().at(*wheel.find(library.path));
  return SecondReader::find().opinion(library.info, [&](const PieceSink& sink) {
    Inflater inflater;
    archive.stream(entry, inflater, sink);
  });
}

WheelLibrary read_library_file(const std::filesystem::path& path) {
  refuse_other_kinds(path);
  const auto file = File::open(path);
  FileBytes bytes(file);
  if (!binary_format(bytes.read_up_to(0, binary_head_size)))
    throw Error(ErrorCode::bad_binary, path.string(), "is neither a wheel nor an ELF, PE or Mach-O file",
                "name a wheel, or a library like libtorch.so");
  auto [info, cuda_archs] = read_binary_with_cuda(bytes, path.string());
  return {.path = path.string(), .info = std::move(info), .cuda_archs = std::move(cuda_archs)};
}

SecondOpinion cross_check_file(const WheelLibrary& library) {
  const auto file = File::open(library.path);
  FileBytes bytes(file);
  return SecondReader::find().opinion(library.info, pieces(bytes));
}

}  // namespace wheelfix
