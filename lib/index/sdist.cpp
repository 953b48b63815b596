#include "index/sdist.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <zlib.h>

#include <cerrno>
#include <memory>
#include <wheelfix/error.hpp>

#include "index/tar.hpp"
#include "wheel/read_metadata.hpp"

namespace wheelfix {

namespace {

struct CloseGzip {
  void operator()(gzFile_s* stream) const { gzclose_r(stream); }
};

/// A .gz file's content, front to back, within the limits.
class GzipReader {
 public:
  GzipReader(const File& file, const Limits& limits)
      : file_(file), limits_(limits), subject_(file.path().string()) {
    Descriptor descriptor(::fcntl(file.fd(), F_DUPFD_CLOEXEC, 0));
    if (descriptor.get() < 0 || ::lseek(descriptor.get(), 0, SEEK_SET) != 0)
      throw_io_error(file.path(), "read", errno);
    stream_.reset(gzdopen(descriptor.get(), "rb"));
    if (!stream_) throw std::bad_alloc();
    descriptor.release();
    gzbuffer(stream_.get(), 64 << 10);
    if (gzdirect(stream_.get()) != 0) refuse("is not compressed by gzip, so not a .tar.gz");
  }

  std::size_t read(char* buffer, std::size_t size) {
    const int count = gzread(stream_.get(), buffer, static_cast<unsigned>(size));
    if (count < 0) refuse_error();
    produced_ += static_cast<std::uint64_t>(count);
    if (produced_ > Limits::ratio_free_size && produced_ / limits_.max_ratio > file_.size()) {
      refuse("inflates to more than is allowed", ErrorCode::limit_exceeded);
    }
    return static_cast<std::size_t>(count);
  }

 private:
  [[noreturn]] void refuse(std::string message, ErrorCode code = ErrorCode::bad_archive) const {
    throw Error(code, subject_, std::move(message), "download the file again and compare its hash");
  }

  [[noreturn]] void refuse_error() const {
    int error = Z_OK;
    const std::string message = gzerror(stream_.get(), &error);
    if (error == Z_ERRNO) throw_io_error(file_.path(), "read", errno);
    refuse("its compressed data is damaged: " +
           message.substr(message.rfind(": ") == std::string::npos ? 0 : message.rfind(": ") + 2));
  }

  const File& file_;
  const Limits& limits_;
  std::string subject_;
  std::unique_ptr<gzFile_s, CloseGzip> stream_;
  std::uint64_t produced_ = 0;
};

bool is_pkg_info(std::string_view path) {
  if (path.starts_with("./")) path.remove_prefix(2);
  const auto slash = path.find('/');
  return slash != std::string_view::npos && slash > 0 && path.substr(slash + 1) == "PKG-INFO";
}

}  // namespace

std::optional<std::string> read_pkg_info(const File& sdist, const Limits& limits) {
  if (sdist.path().extension() == ".zip") return read_zip_pkg_info(sdist, limits);
  GzipReader reader(sdist, limits);
  return find_in_tar([&](char* buffer, std::size_t size) { return reader.read(buffer, size); }, is_pkg_info,
                     limits.max_document_size, sdist.path().string());
}

}  // namespace wheelfix
