#include "wheelfix-index/http_server.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <optional>
#include <string_view>
#include <thread>
#include <utility>
#include <wheelfix/error.hpp>

namespace cli {

namespace {

using wheelfix::Error;
using wheelfix::ErrorCode;
using wheelfix::HttpAnswer;
using wheelfix::HttpRequest;

/// A socket that listens on a loopback address; -1 with errno. Port 0 is replaced by the one that it got.
int listen_on(sockaddr* address, socklen_t size, in_port_t& port) {
  const int listener = ::socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (listener < 0) return -1;
  const int on = 1;
  ::setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (address->sa_family == AF_INET6) ::setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  if (::bind(listener, address, size) != 0 || ::listen(listener, SOMAXCONN) != 0 ||
      ::getsockname(listener, address, &size) != 0) {
    const int failure = errno;
    ::close(listener);
    errno = failure;
    return -1;
  }
  port = address->sa_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(address)->sin6_port
                                        : reinterpret_cast<sockaddr_in*>(address)->sin_port;
  return listener;
}

int listen_v4(in_port_t& port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = port;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return listen_on(reinterpret_cast<sockaddr*>(&address), sizeof address, port);
}

int listen_v6(in_port_t port) {
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = port;
  address.sin6_addr = in6addr_loopback;
  return listen_on(reinterpret_cast<sockaddr*>(&address), sizeof address, port);
}

[[noreturn]] void refuse_port(std::uint16_t port, int failure) {
  throw Error(ErrorCode::io, fmt::format("port {}", port),
              fmt::format("cannot be listened on: {}", std::strerror(failure)),
              failure == EADDRINUSE ? "give another one, or `--serve 0` for any that is free"
                                    : "give one over 1023, or `--serve 0` for any that is free");
}

/// Listeners with one port, on 127.0.0.1 and ::1. The second is -1 if the machine has no IPv6.
std::pair<int, int> listen_on_loopback(std::uint16_t wanted) {
  for (int attempt = 0;; ++attempt) {
    in_port_t port = htons(wanted);
    const int v4 = listen_v4(port);
    if (v4 < 0) refuse_port(wanted, errno);
    const int v6 = listen_v6(port);
    if (v6 >= 0 || errno != EADDRINUSE) return {v4, v6};
    ::close(v4);
    if (wanted != 0 || attempt == 10) refuse_port(ntohs(port), EADDRINUSE);  // another program's on ::1
  }
}

std::optional<std::string_view> header(MHD_Connection* connection, const char* name) {
  const char* value = ::MHD_lookup_connection_value(connection, MHD_HEADER_KIND, name);
  return value == nullptr ? std::nullopt : std::optional<std::string_view>(value);
}

MHD_Response* make_response(HttpAnswer& answer) {
  const int file = answer.file.release();
  MHD_Response* response = nullptr;
  if (file >= 0) {
    response = ::MHD_create_response_from_fd_at_offset64(answer.size, file, answer.offset);
    if (response == nullptr) ::close(file);
  } else {
    response =
        ::MHD_create_response_from_buffer(answer.text.size(), answer.text.data(), MHD_RESPMEM_MUST_COPY);
  }
  if (response == nullptr) return nullptr;
  for (const auto& [name, value] : answer.headers)
    ::MHD_add_response_header(response, name.c_str(), value.c_str());
  return response;
}

MHD_Result send(MHD_Connection* connection, HttpAnswer answer) {
  auto* response = make_response(answer);
  if (response == nullptr) return MHD_NO;
  const auto result = ::MHD_queue_response(connection, static_cast<unsigned>(answer.status), response);
  ::MHD_destroy_response(response);
  return result;
}

/// libmicrohttpd calls it when it has the headers, for each piece of a body, and at the request's end.
MHD_Result answer_request(void* handler, MHD_Connection* connection, const char* url, const char* method,
                          const char* version, const char* /*body*/, std::size_t* body_size, void** state) {
  static int has_headers;
  const HttpRequest request{.method = method,
                            .path = url,
                            .host = header(connection, "Host"),
                            .accept = header(connection, "Accept"),
                            .range = header(connection, "Range"),
                            .if_range = header(connection, "If-Range"),
                            .if_none_match = header(connection, "If-None-Match"),
                            .if_modified_since = header(connection, "If-Modified-Since")};
  const bool is_first = std::exchange(*state, &has_headers) == nullptr;
  const bool may_have_body = request.method != "GET" && request.method != "HEAD";
  if (is_first && !may_have_body) return MHD_YES;
  if (*body_size > 0) {  // it means nothing
    *body_size = 0;
    return MHD_YES;
  }
  try {
    // libmicrohttpd's own check for it sends the headers of its answer twice.
    if (!request.host && version == std::string_view(MHD_HTTP_VERSION_1_1))
      return send(connection, {.status = 400, .text = "The request has no Host header\n"});
    return send(connection, (*static_cast<HttpServer::Handler*>(handler))(request));
  } catch (const std::exception&) {
    return MHD_NO;
  }
}

/// Paths stay quoted: the index unquotes them itself, so that %00 and %2F are seen.
std::size_t keep_quoted(void* /*unused*/, MHD_Connection* /*connection*/, char* text) {
  return std::strlen(text);
}

}  // namespace

struct HttpServer::Daemon {
  MHD_Daemon* daemon;

  Daemon(int listener, Handler& handler) {
    constexpr unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC;
    const auto threads = std::clamp(std::thread::hardware_concurrency(), 2U, 8U);
    daemon = ::MHD_start_daemon(flags, 0, nullptr, nullptr, &answer_request, &handler,
                                MHD_OPTION_LISTEN_SOCKET, listener, MHD_OPTION_UNESCAPE_CALLBACK,
                                &keep_quoted, nullptr, MHD_OPTION_CONNECTION_LIMIT, 1000U,
                                MHD_OPTION_CONNECTION_TIMEOUT, 30U, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                                static_cast<std::size_t>(32768), MHD_OPTION_THREAD_POOL_SIZE, threads,
                                MHD_OPTION_SIGPIPE_HANDLED_BY_APP, 1, MHD_OPTION_END);
    if (daemon == nullptr) {
      ::close(listener);
      throw Error(ErrorCode::io, "the server", "cannot be started", "see `ulimit -a` for limits");
    }
  }
  Daemon(const Daemon&) = delete;
  Daemon& operator=(const Daemon&) = delete;
  ~Daemon() { ::MHD_stop_daemon(daemon); }
};

HttpServer::HttpServer(std::uint16_t port, Handler handler) : handler_(std::move(handler)) {
  const auto [v4, v6] = listen_on_loopback(port);
  sockaddr_in address{};
  socklen_t size = sizeof address;
  ::getsockname(v4, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  v4_ = std::make_unique<Daemon>(v4, handler_);
  if (v6 >= 0) v6_ = std::make_unique<Daemon>(v6, handler_);
}

HttpServer::~HttpServer() = default;

std::string http_server_version() {
  return fmt::format("libmicrohttpd {}", ::MHD_get_version());
}

}  // namespace cli
