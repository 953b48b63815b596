#include "wheelfix-index/upstream.hpp"

#include <curl/curl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cstdlib>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <wheelfix/build_info.hpp>
#include <wheelfix/error.hpp>

#include "common/signals.hpp"
#ifdef WHEELFIX_STATIC_PROGRAMS
#include <nss.h>
#endif

namespace cli {

namespace {

using wheelfix::Error;
using wheelfix::ErrorCode;
using wheelfix::FetchedPage;

constexpr std::size_t max_page_size = 32'000'000;  // boto3's on PyPI has 1.7 MB
constexpr const char* accept =
    "Accept: application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, "
    "text/html;q=0.01";

struct CleanUp {
  void operator()(CURL* handle) const { ::curl_easy_cleanup(handle); }
  void operator()(CURLU* url) const { ::curl_url_cleanup(url); }
  void operator()(curl_slist* list) const { ::curl_slist_free_all(list); }
  void operator()(char* text) const { ::curl_free(text); }
};
using Handle = std::unique_ptr<CURL, CleanUp>;

std::string text_of(CURLU* url, CURLUPart part) {
  char* text = nullptr;
  if (::curl_url_get(url, part, &text, 0) != CURLUE_OK) return {};
  const std::unique_ptr<char, CleanUp> owner(text);
  return text;
}

/// What the system has of certificates, because a static libcurl knows no place: $SSL_CERT_FILE, or the first
/// of those that distributions have.
std::string certificates() {
  if (const char* own = std::getenv("SSL_CERT_FILE"); own != nullptr && *own != '\0') return own;
  for (const auto* path :
       {"/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem",
        "/etc/ssl/cert.pem", "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem"}) {
    if (::access(path, R_OK) == 0) return path;
  }
  return {};
}

std::size_t append(const char* data, std::size_t one, std::size_t size, void* page) {
  auto& bytes = static_cast<FetchedPage*>(page)->bytes;
  if (size > max_page_size - bytes.size()) return CURL_WRITEFUNC_ERROR;
  bytes.append(data, size * one);
  return size;
}

int is_to_end(void* /*unused*/, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return interrupted();
}

/// Reads pages with handles that keep their connections.
class PageClient {
 public:
  /// `url` may have a user and a password, `shown_url` has none.
  PageClient(std::string url, std::string shown_url, bool is_file)
      : url_(std::move(url)),
        shown_url_(std::move(shown_url)),
        is_file_(is_file),
        certificates_(certificates()) {}

  std::optional<FetchedPage> fetch(const std::string& project) {
    if (!is_file_) return get(fmt::format("/{}/", project));
    auto page = get(fmt::format("/{}/index.v1_json", project));
    if (page) page->content_type = "application/vnd.pypi.simple.v1+json";
    return page ? page : get(fmt::format("/{}/index.html", project));
  }

 private:
  std::optional<FetchedPage> get(const std::string& path) {
    auto handle = take_handle();
    FetchedPage page;
    ::curl_easy_setopt(handle.get(), CURLOPT_URL, (url_ + path).c_str());
    ::curl_easy_setopt(handle.get(), CURLOPT_WRITEDATA, &page);
    const auto result = ::curl_easy_perform(handle.get());
    if (result == CURLE_FILE_COULDNT_READ_FILE) return std::nullopt;
    if (result != CURLE_OK) refuse(result, path);
    long status = 0;
    ::curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status == 404 || status == 410) return std::nullopt;
    if (status >= 300) refuse_status(status, path);
    const char* text = nullptr;
    ::curl_easy_getinfo(handle.get(), CURLINFO_EFFECTIVE_URL, &text);
    page.url = text;
    ::curl_easy_getinfo(handle.get(), CURLINFO_CONTENT_TYPE, &text);
    page.content_type = text == nullptr ? "" : text;
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(handle));
    return page;
  }

  Handle take_handle() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        auto handle = std::move(idle_.back());
        idle_.pop_back();
        return handle;
      }
    }
    Handle handle(::curl_easy_init());
    if (!handle) throw std::bad_alloc();
    set_up(handle.get());
    return handle;
  }

  void set_up(CURL* handle) const {
    const auto agent = "wheelfix-index/" + wheelfix::version_string();
    const bool is_secure = url_.starts_with("https:");
    ::curl_easy_setopt(handle, CURLOPT_USERAGENT, agent.c_str());
    ::curl_easy_setopt(handle, CURLOPT_HTTPHEADER, headers_.get());
    ::curl_easy_setopt(handle, CURLOPT_ACCEPT_ENCODING, "");
    ::curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, &append);
    ::curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    ::curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, &is_to_end);
    ::curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    ::curl_easy_setopt(handle, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_OPTIONAL));
    ::curl_easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https,file");
    ::curl_easy_setopt(handle, CURLOPT_REDIR_PROTOCOLS_STR, is_secure ? "https" : "http,https");
    ::curl_easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 1L);
    ::curl_easy_setopt(handle, CURLOPT_MAXREDIRS, 10L);
    ::curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, 30L);
    ::curl_easy_setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L);
    ::curl_easy_setopt(handle, CURLOPT_LOW_SPEED_TIME, 60L);
    if (!certificates_.empty()) ::curl_easy_setopt(handle, CURLOPT_CAINFO, certificates_.c_str());
  }

  [[noreturn]] void refuse(CURLcode result, const std::string& path) const {
    if (result == CURLE_ABORTED_BY_CALLBACK) throw Error(ErrorCode::cancelled, shown_url_, "was cancelled");
    if (result == CURLE_WRITE_ERROR)
      throw Error(ErrorCode::limit_exceeded, shown_url_ + path,
                  fmt::format("has over {} bytes", max_page_size), "is it the URL of a simple index?");
    const bool is_trust = result == CURLE_PEER_FAILED_VERIFICATION || result == CURLE_SSL_CACERT_BADFILE;
    throw Error(
        ErrorCode::io, shown_url_ + path, fmt::format("cannot be read: {}", ::curl_easy_strerror(result)),
        is_trust
            ? "install ca-certificates, or name the file with the certificates to trust in $SSL_CERT_FILE"
            : "check the URL and the network; the index is unchanged");
  }

  [[noreturn]] void refuse_status(long status, const std::string& path) const {
    const bool is_login = status == 401 || status == 403 || status == 407;
    throw Error(
        ErrorCode::io, shown_url_ + path, fmt::format("cannot be read: the server answers {}", status),
        is_login ? "give the user and password in ~/.netrc" : "try again later; the index is unchanged");
  }

  std::string url_;
  std::string shown_url_;
  bool is_file_;
  std::string certificates_;
  std::unique_ptr<curl_slist, CleanUp> headers_{::curl_slist_append(nullptr, accept)};
  std::mutex mutex_;
  std::vector<Handle> idle_;
};

}  // namespace

wheelfix::Upstream upstream_at(const std::string& url, std::vector<std::string> projects,
                               std::vector<std::string> private_projects) {
#ifdef WHEELFIX_STATIC_PROGRAMS
  // Other services are libraries, of another glibc than ours.
  ::__nss_configure_lookup("hosts", "files dns");
  ::__nss_configure_lookup("passwd", "files");  // for ~/.netrc without $HOME
#endif
  ::curl_global_init(CURL_GLOBAL_DEFAULT);
  const std::unique_ptr<CURLU, CleanUp> parts(::curl_url());
  const bool is_url = ::curl_url_set(parts.get(), CURLUPART_URL, url.c_str(), 0) == CURLUE_OK;
  const auto scheme = is_url ? text_of(parts.get(), CURLUPART_SCHEME) : "";
  if (scheme != "http" && scheme != "https" && scheme != "file")
    throw Error(ErrorCode::usage, "--upstream", "what is given is not the URL of an index",
                "give one like https://pypi.org/simple");
  const auto without_slash = [&] {
    auto text = text_of(parts.get(), CURLUPART_URL);
    while (text.ends_with('/')) text.pop_back();
    return text;
  };
  ::curl_url_set(parts.get(), CURLUPART_FRAGMENT, nullptr, 0);
  ::curl_url_set(parts.get(), CURLUPART_QUERY, nullptr, 0);
  const auto whole = without_slash();
  ::curl_url_set(parts.get(), CURLUPART_USER, nullptr, 0);
  ::curl_url_set(parts.get(), CURLUPART_PASSWORD, nullptr, 0);
  const auto shown = without_slash();
  const auto client = std::make_shared<PageClient>(whole, shown, scheme == "file");
  return {.url = shown,
          .projects = std::move(projects),
          .private_projects = std::move(private_projects),
          .fetch = [client](const std::string& project) { return client->fetch(project); }};
}

std::string http_client_version() {
  return fmt::format("libcurl {}", ::curl_version_info(CURLVERSION_NOW)->version);
}

}  // namespace cli
