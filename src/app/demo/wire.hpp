#pragma once

#include <iosfwd>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "app/admin.hpp"
#include "app/blocking.hpp"
#include "base/clock.hpp"
#include "base/result.hpp"
#include "net/client.hpp"
#include "net/egress.hpp"
#include "net/message.hpp"
#include "net/resolver.hpp"
#include "net/tls.hpp"

namespace wayleave::app::demo {

/// Text as it may be shown: the named secrets and the values of `code`, `state` and the like in
/// URLs, and of token members in JSON, become dots.
[[nodiscard]] std::string blank(std::string text, const std::vector<std::string>& secrets);

/// Prints what goes over the wire, on a narrow page, in colour only on a terminal.
class Printer {
 public:
  Printer(std::ostream& out, bool colour) : out_(out), colour_(colour) {}
  void step(const std::string& title);
  void note(const std::string& text);
  /// Whoever spoke: `backend`, `browser`, `operator`.
  void request(const std::string& who, const net::Outgoing& request);
  void response(const Reply& reply);
  void keep_secret(std::string text) { secrets_.push_back(std::move(text)); }

 private:
  [[nodiscard]] std::string paint(const char* code, const std::string& text) const;
  [[nodiscard]] std::string shorten(const std::string& text) const;

  std::ostream& out_;
  bool colour_;
  int steps_ = 0;
  std::vector<std::string> secrets_;
};

/// Speaks plain HTTP to the demo's own two servers and prints it. Belongs to one thread.
class Wire {
 public:
  Wire(Printer& printer, std::vector<net::Egress::Permit> permits, net::TlsContext tls);
  [[nodiscard]] Result<Reply> send(const std::string& who, net::Outgoing request);
  /// As a browser goes: follows redirects until a page, keeping cookies per origin.
  [[nodiscard]] Result<Reply> browse(std::string url);

 private:
  Printer& printer_;
  Loop loop_;  // outlives the client
  SystemClock clock_;
  net::Egress egress_;
  net::Resolver resolver_;
  net::TlsContext tls_;
  std::unique_ptr<net::Client> client_;
  std::map<std::string, std::string> cookies_;  ///< by origin, as the Cookie field's value
};

}  // namespace wayleave::app::demo
