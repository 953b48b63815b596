#include "zip/libzip_reader.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <zip.h>

#include <algorithm>
#include <array>
#include <wheelfix/error.hpp>

namespace wheelfix::zip {

namespace {

struct CloseFile {
  void operator()(zip_file_t* file) const { zip_fclose(file); }
};

[[noreturn]] void refuse(const std::string& subject, const std::string& reason) {
  throw Error(ErrorCode::bad_archive, subject, "cannot be read: " + reason,
              "download the wheel again and compare its hash");
}

}  // namespace

void LibzipReader::Close::operator()(struct ::zip* archive) const {
  zip_discard(archive);
}

std::unique_ptr<LibzipReader> LibzipReader::open(const File& file, std::string& refusal) {
  Descriptor descriptor(::fcntl(file.fd(), F_DUPFD_CLOEXEC, 0));
  if (descriptor.get() < 0) throw_io_error(file.path(), "open", errno);
  int code = 0;
  zip_t* archive = zip_fdopen(descriptor.get(), ZIP_CHECKCONS, &code);
  if (archive == nullptr) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    refusal = zip_error_strerror(&error);
    zip_error_fini(&error);
    return nullptr;
  }
  descriptor.release();  // libzip closed it: it reads through a duplicate of its own
  return std::unique_ptr<LibzipReader>(new LibzipReader(archive));
}

std::string LibzipReader::name(std::uint64_t index) const {
  const std::lock_guard lock(mutex_);
  const char* name = zip_get_name(archive_.get(), index, ZIP_FL_ENC_STRICT);
  return name == nullptr ? std::string() : std::string(name);
}

std::string LibzipReader::read(std::uint64_t index, std::uint64_t size, const std::string& subject) const {
  const std::lock_guard lock(mutex_);
  const std::unique_ptr<zip_file_t, CloseFile> file(zip_fopen_index(archive_.get(), index, 0));
  if (!file) refuse(subject, zip_error_strerror(zip_get_error(archive_.get())));
  std::string content;
  std::array<char, 64 << 10> piece;
  for (;;) {
    const auto count = zip_fread(file.get(), piece.data(), piece.size());
    if (count < 0) refuse(subject, zip_error_strerror(zip_file_get_error(file.get())));
    if (count == 0) break;
    content.append(piece.data(), static_cast<std::size_t>(count));
    if (content.size() > size) refuse(subject, "it holds more than the size that the archive states");
  }
  if (content.size() < size) refuse(subject, "it holds less than the size that the archive states");
  return content;
}

}  // namespace wheelfix::zip
