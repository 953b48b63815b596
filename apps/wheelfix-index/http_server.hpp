#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <wheelfix/serve.hpp>

namespace cli {

/// An HTTP/1.1 server on 127.0.0.1 and, if the machine has it, ::1, with libmicrohttpd's threads. What it is
/// asked is bounded: 1,000 connections each, 32 KiB of headers, 30 seconds without a byte. Files are sent by
/// the kernel, so a connection takes no more memory for a large one.
class HttpServer {
 public:
  /// Safe from many threads; must not throw.
  using Handler = std::function<wheelfix::HttpAnswer(const wheelfix::HttpRequest&)>;

  /// Port 0 is any that is free. Throws Error{io} if the port is in use.
  HttpServer(std::uint16_t port, Handler handler);
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;
  /// Ends all connections.
  ~HttpServer();

  std::uint16_t port() const noexcept { return port_; }

 private:
  struct Daemon;

  std::uint16_t port_ = 0;
  Handler handler_;
  std::unique_ptr<Daemon> v4_;
  std::unique_ptr<Daemon> v6_;
};

/// libmicrohttpd's, as "libmicrohttpd 0.9.75".
std::string http_server_version();

}  // namespace cli
