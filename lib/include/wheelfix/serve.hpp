#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include <wheelfix/index.hpp>

#pragma GCC visibility push(default)
namespace wheelfix {

/// A request to an index, as an HTTP server read it.
struct HttpRequest {
  std::string_view method;
  std::string_view path;  ///< as sent: quoted, without a query
  // Headers; nothing if they aren't there.
  std::optional<std::string_view> host = {};
  std::optional<std::string_view> accept = {};
  std::optional<std::string_view> range = {};
  std::optional<std::string_view> if_range = {};
  std::optional<std::string_view> if_none_match = {};
  std::optional<std::string_view> if_modified_since = {};
};

/// A file that is open for reading, closed at the end.
class OpenFile {
 public:
  OpenFile() = default;
  explicit OpenFile(int fd) : fd_(fd) {}
  OpenFile(OpenFile&& other) noexcept : fd_(other.release()) {}
  OpenFile& operator=(OpenFile&& other) noexcept;
  ~OpenFile();

  /// The descriptor, which the caller closes from here on; -1 if there is none.
  int release() noexcept;

 private:
  int fd_ = -1;
};

struct HttpAnswer {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers = {};  ///< but Content-Length and Date
  std::string text = {};                                          ///< the body, if there is no file
  OpenFile file = {};  ///< the body: `size` bytes of it from `offset`
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

/// What an index that make_index made answers to HTTP requests (PEP 503, 691; RFC 9110): its pages, and the
/// files that it links to. All of it is below /simple/, whatever its folder is called. Nothing else of the
/// disk can be read: a name is one that the index gives to files, and a symlink is followed only if it is the
/// one that the index makes. Files are opened for each request, so another run of make_index is seen at once.
/// Safe from many threads.
///
/// A Host other than loopback's is refused with 421, because a web page whose name leads to 127.0.0.1 after
/// it was loaded (DNS rebinding) could read the index through the browser.
///
/// GET and HEAD; pages as JSON or HTML by Accept, 406 if neither is accepted; one range of bytes of a file,
/// several are answered with the whole file; ETag, made of the file's inode, size and time; If-None-Match,
/// If-Range, and If-Modified-Since for the very time that was sent as Last-Modified.
class ServedIndex {
 public:
  /// What make_index was given. With an upstream index, if that is http or https, who requests the page of a
  /// project that isn't in this one is sent there (302), but for projects that are ours alone.
  ServedIndex(std::filesystem::path folder, std::filesystem::path output,
              const std::optional<Upstream>& upstream = {});

  /// Throws nothing but std::bad_alloc.
  HttpAnswer answer(const HttpRequest& request) const;

 private:
  std::filesystem::path folder_;
  std::filesystem::path output_;
  std::string upstream_;  ///< its URL; empty if nobody is sent there
  std::set<std::string> private_;
  std::string link_prefix_;
};

}  // namespace wheelfix
#pragma GCC visibility pop
