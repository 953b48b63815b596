#include "zip/libzip_reader.hpp"

#include <fcntl.h>
#include <unistd.h>
#include <zip.h>

#include <cerrno>
#include <new>
#include <wheelfix/error.hpp>

namespace wheelfix::zip {

namespace {

/// Throws if the system failed: such an error says nothing about the archive.
void throw_if_of_system(zip_error_t& error, const std::string& subject) {
  if (zip_error_code_zip(&error) == ZIP_ER_MEMORY) throw std::bad_alloc();
  if (zip_error_system_type(&error) != ZIP_ET_SYS) return;
  const int number = zip_error_code_system(&error);
  if (number == EMFILE || number == ENFILE || number == ENOMEM || number == EIO)
    throw_io_error(subject, "read", number);
}

}  // namespace

void LibzipReader::Close::operator()(struct ::zip* archive) const {
  zip_discard(archive);
}

std::unique_ptr<LibzipReader> LibzipReader::open(const File& file, Check check, std::string& refusal) {
  Descriptor descriptor(::fcntl(file.fd(), F_DUPFD_CLOEXEC, 0));
  if (descriptor.get() < 0) throw_io_error(file.path(), "open", errno);
  int code = 0;
  zip_t* archive = zip_fdopen(descriptor.get(), check == Check::consistency ? ZIP_CHECKCONS : 0, &code);
  if (archive == nullptr) {
    zip_error_t error;
    zip_error_init_with_code(&error, code);  // with errno
    throw_if_of_system(error, file.path().string());
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

std::uint64_t LibzipReader::count() const {
  return static_cast<std::uint64_t>(zip_get_num_entries(archive_.get(), ZIP_FL_UNCHANGED));
}

bool LibzipReader::sees(std::uint64_t index, const Entry& entry) const {
  const std::lock_guard lock(mutex_);
  const char* name = zip_get_name(archive_.get(), index, ZIP_FL_ENC_RAW | ZIP_FL_UNCHANGED);
  zip_stat_t stat;
  if (name == nullptr || zip_stat_index(archive_.get(), index, ZIP_FL_UNCHANGED, &stat) != 0) return false;
  return entry.raw_name == name && entry.size == stat.size && entry.compressed_size == stat.comp_size &&
         entry.crc32 == stat.crc;
}

}  // namespace wheelfix::zip
