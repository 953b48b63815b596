#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <utility>
#include <wheelfix/finding.hpp>
#include <wheelfix/serve.hpp>
#include <wheelfix/version.hpp>

#include "base/file.hpp"
#include "base/text.hpp"
#include "index/output_tree.hpp"
#include "index/package_name.hpp"
#include "serve/accept.hpp"
#include "serve/byte_range.hpp"
#include "serve/conditions.hpp"
#include "serve/request_path.hpp"

namespace wheelfix {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view root_name = "simple";
constexpr std::string_view html_page_name = "index.html";
constexpr std::string_view json_page_name = "index.v1_json";
constexpr int reading = O_RDONLY | O_CLOEXEC | O_NONBLOCK;

HttpAnswer say(int status, std::string text) {
  HttpAnswer answer{.status = status};
  answer.headers = {{"Content-Type", "text/plain; charset=utf-8"}, {"Cache-Control", "no-cache"}};
  answer.text = std::move(text) + "\n";
  return answer;
}

HttpAnswer redirect(std::string location, int status = 301) {
  auto answer = say(status, "It is at " + location);
  answer.headers.emplace_back("Location", std::move(location));
  return answer;
}

/// Why a file can't be opened.
HttpAnswer refusal(int error) {
  switch (error) {
    case EACCES:
    case EPERM:
      return say(403, "The file can't be read: its permissions don't allow it");
    case EMFILE:
    case ENFILE:
    case ENOMEM:
      return say(503, "The server has too many files open");
    case EIO:
      return say(500, "The file can't be read");
    default:
      return say(404, "There is no such file in this index");
  }
}

std::string link_target(int folder, const std::string& name) {
  std::array<char, PATH_MAX> target{};
  const auto size = ::readlinkat(folder, name.c_str(), target.data(), target.size());
  return size < 0 ? std::string() : std::string(target.data(), static_cast<std::size_t>(size));
}

/// The names of an index's files.
bool is_served(std::string_view name) {
  constexpr std::string_view metadata = ".metadata";
  if (name == html_page_name || name == json_page_name) return true;
  if (name.ends_with(metadata))
    return package_kind(name.substr(0, name.size() - metadata.size())) == PackageKind::wheel;
  return package_kind(name) != PackageKind::none;
}

std::string_view type_of(std::string_view name) {
  if (name.ends_with(".metadata")) return "text/plain; charset=utf-8";
  if (name == html_page_name) return media_type(PageType::html);
  if (name == json_page_name) return media_type(PageType::json);
  return "application/octet-stream";  // an sdist as gzip may be unpacked on the way, and then its hash is
                                      // wrong
}

/// Opens a file of an index; -1 with errno.
class Opener {
 public:
  Opener(const fs::path& folder, const fs::path& output, const std::string& link_prefix)
      : folder_(folder), output_(output), link_prefix_(link_prefix) {}

  Descriptor open(const std::string& project, const std::string& name) const {
    const Descriptor root(::open(output_.c_str(), reading | O_DIRECTORY));
    if (project.empty() || root.get() < 0) return open_in(root.get(), name);
    const Descriptor folder(::openat(root.get(), project.c_str(), reading | O_DIRECTORY | O_NOFOLLOW));
    return open_in(folder.get(), name);
  }

 private:
  /// A symlink other than the index's own may lead anywhere. That one leads into the folder of the packages,
  /// where a package may be a symlink of the user's own.
  Descriptor open_in(int folder, const std::string& name) const {
    if (folder < 0) return Descriptor();
    Descriptor file(::openat(folder, name.c_str(), reading | O_NOFOLLOW));
    if (file.get() >= 0 || errno != ELOOP) return file;
    if (link_target(folder, name) == link_prefix_ + name)
      return Descriptor(::open((folder_ / name).c_str(), reading));
    errno = ELOOP;
    return file;
  }

  const fs::path& folder_;
  const fs::path& output_;
  const std::string& link_prefix_;
};

void add_validators(HttpAnswer& answer, const Validators& state) {
  answer.headers.emplace_back("ETag", state.etag);
  answer.headers.emplace_back("Last-Modified", state.last_modified);
}

/// The answer with a file that is open, or a part of it.
HttpAnswer send(Descriptor file, const HttpRequest& request, std::string_view type, char type_letter) {
  struct stat status {};
  if (file.get() < 0) return refusal(errno);
  if (::fstat(file.get(), &status) != 0) return refusal(EIO);
  if (!S_ISREG(status.st_mode)) return refusal(ENOENT);
  const auto stamp = stamp_of(status);
  const auto state = validators_of(stamp, type_letter);
  HttpAnswer answer;
  answer.headers = {{"Cache-Control", "no-cache"}, {"X-Content-Type-Options", "nosniff"}};
  add_validators(answer, state);
  if (is_known_to_client(request, state)) {
    answer.status = 304;
    return answer;
  }
  answer.headers.emplace_back("Content-Type", type);
  answer.headers.emplace_back("Accept-Ranges", "bytes");
  const bool is_part = request.method == "GET" && may_send_part(request, state);
  const auto range = parse_range(is_part ? request.range : std::nullopt, stamp.size);
  if (range.kind == ByteRange::Kind::outside) {
    auto refused = say(416, fmt::format("The file has {} bytes", stamp.size));
    refused.headers.emplace_back("Content-Range", fmt::format("bytes */{}", stamp.size));
    return refused;
  }
  answer.offset = range.offset;
  answer.size = stamp.size;
  if (range.kind == ByteRange::Kind::part) {
    answer.status = 206;
    answer.size = range.size;
    answer.headers.emplace_back("Content-Range", fmt::format("bytes {}-{}/{}", range.offset,
                                                             range.offset + range.size - 1, stamp.size));
  }
  answer.file = OpenFile(file.release());
  return answer;
}

/// Where projects are that this index doesn't have.
struct Elsewhere {
  const std::string& url;                         ///< empty: nowhere
  const std::set<std::string>& private_projects;  ///< nor these
};

HttpAnswer send_page(const Opener& opener, const std::string& project, const HttpRequest& request,
                     const Elsewhere* elsewhere) {
  const auto type = negotiate(request.accept);
  HttpAnswer answer;
  if (type) {
    constexpr std::array letters = {'j', 'h', 's'};
    const auto name = *type == PageType::json ? json_page_name : html_page_name;
    auto page = opener.open(project, std::string(name));
    const bool is_absent = page.get() < 0 && (errno == ENOENT || errno == ENOTDIR) && !project.empty();
    if (is_absent && elsewhere != nullptr && !elsewhere->url.empty() &&
        !elsewhere->private_projects.contains(project))
      return redirect(fmt::format("{}/{}/", elsewhere->url, project), 302);
    if (is_absent) return say(404, fmt::format("There is no project {} in this index", project));
    answer = send(std::move(page), request, media_type(*type), letters.at(static_cast<std::size_t>(*type)));
  } else {
    answer = say(406, fmt::format("This page is available as {} and text/html", media_type(PageType::json)));
  }
  answer.headers.emplace_back("Vary", "Accept");
  return answer;
}

/// Of a project's page, by any spelling of its name; a missing slash is added too.
HttpAnswer answer_project(const Opener& opener, const RequestPath& path, const HttpRequest& request,
                          const Elsewhere& elsewhere) {
  const auto& given = path.names[1];
  const bool is_project = std::ranges::all_of(
      given, [](char c) { return is_ascii_alnum(c) || c == '-' || c == '_' || c == '.'; });
  if (!is_project) return say(404, "There is no such project in this index");
  const auto project = normalize_project_name(given);
  if (project != given || !path.has_slash) return redirect(fmt::format("/{}/{}/", root_name, project));
  return send_page(opener, project, request, &elsewhere);
}

/// `localhost`, `127.0.0.1` or `[::1]`, each with or without a port.
bool is_loopback(std::string_view host) {
  const auto colon = host.rfind(':');
  const bool has_port = colon != std::string_view::npos && host.find(']', colon) == std::string_view::npos;
  const auto name = ascii_lower(has_port ? host.substr(0, colon) : host);
  return name == "localhost" || name == "127.0.0.1" || name == "[::1]";
}

}  // namespace

OpenFile& OpenFile::operator=(OpenFile&& other) noexcept {
  if (this != &other) {
    const Descriptor closed(fd_);
    fd_ = other.release();
  }
  return *this;
}

OpenFile::~OpenFile() {
  const Descriptor closed(fd_);
}

int OpenFile::release() noexcept {
  return std::exchange(fd_, -1);
}

ServedIndex::ServedIndex(fs::path folder, fs::path output, const std::optional<Upstream>& upstream)
    : folder_(std::move(folder)), output_(std::move(output)), link_prefix_(link_prefix(folder_, output_)) {
  if (!upstream) return;
  if (upstream->url.starts_with("http")) upstream_ = upstream->url;
  for (const auto& name : upstream->private_projects) private_.insert(normalize_project_name(name));
}

HttpAnswer ServedIndex::answer(const HttpRequest& request) const {
  if (request.host && !is_loopback(trim(*request.host)))
    return say(421, "This index is served as localhost, 127.0.0.1 and [::1] alone");
  if (request.method != "GET" && request.method != "HEAD") {
    auto refused = say(405, "This index only takes GET and HEAD");
    refused.headers.emplace_back("Allow", "GET, HEAD");
    return refused;
  }
  const auto path = parse_request_path(request.path);
  if (!path) return refusal(ENOENT);
  const Opener opener(folder_, output_, link_prefix_);
  const auto& names = path->names;
  if (names.empty() || (names.size() == 1 && names[0] == root_name && !path->has_slash))
    return redirect(fmt::format("/{}/", root_name));
  if (names[0] != root_name || names.size() > 3) return refusal(ENOENT);
  if (names.size() == 1) return send_page(opener, "", request, nullptr);
  const auto& last = names.back();
  const bool is_file = !path->has_slash && is_served(last);
  if (names.size() == 2 && !(is_file && (last == html_page_name || last == json_page_name)))
    return answer_project(opener, *path, request, {upstream_, private_});
  if (!is_file) return refusal(ENOENT);
  return send(opener.open(names.size() == 3 ? names[1] : "", last), request, type_of(last), 'f');
}

}  // namespace wheelfix
