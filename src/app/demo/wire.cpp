#include "app/demo/wire.hpp"

#include <fmt/core.h>

#include <ostream>

#include "base/text.hpp"

namespace wayleave::app::demo {
namespace {

constexpr std::size_t kShownMax = 220;
constexpr int kHopsMax = 10;
constexpr Millis kTimeout{20'000};
constexpr std::string_view kUrlEnds = "&#\"' /?<";
constexpr const char* kDots = "•••";

/// Replaces what follows each `mark`, up to one of `ends`, by dots.
void blank_after(std::string& text, std::string_view mark, std::string_view ends) {
  for (auto at = text.find(mark); at != std::string::npos; at = text.find(mark, at + 1)) {
    const auto begin = at + mark.size();
    if (text.compare(begin, 7, "result/") == 0) continue;  // the page's name, no secret
    const auto end = std::min(text.find_first_of(ends, begin), text.size());
    if (end > begin) text.replace(begin, end - begin, kDots);
  }
}

std::string origin_of(const std::string& url) {
  const auto origin = net::Origin::parse(url);
  return origin ? origin->str() : std::string();
}

std::string absolute(const std::string& location, const std::string& base) {
  return location.starts_with('/') ? origin_of(base) + location : location;
}

}  // namespace

std::string blank(std::string text, const std::vector<std::string>& secrets) {
  for (const std::string& secret : secrets) {
    for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret)) {
      const bool key = secret.starts_with("wlk_");
      text.replace(at, secret.size(), std::string(key ? "wlk_" : "") + kDots);
    }
  }
  for (const std::string_view name : {"code", "state", "code_challenge"}) {
    blank_after(text, fmt::format("?{}=", name), kUrlEnds);
    blank_after(text, fmt::format("&{}=", name), kUrlEnds);
  }
  blank_after(text, "/connect/", kUrlEnds);
  for (const std::string_view name : {"access_token", "refresh_token", "clientSecret", "key"}) {
    blank_after(text, fmt::format("\"{}\":\"", name), "\"");
  }
  return text;
}

std::string Printer::paint(const char* code, const std::string& text) const {
  return colour_ ? fmt::format("\x1b[{}m{}\x1b[0m", code, text) : text;
}

std::string Printer::shorten(const std::string& text) const {
  std::string shown = blank(text, secrets_);
  std::string line;
  for (const char c : shown) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte >= 0x20 && byte != 0x7f) line += c;
  }
  if (line.size() <= kShownMax) return line;
  std::size_t end = kShownMax;
  while (end > 0 && (static_cast<unsigned char>(line[end]) & 0xc0) == 0x80) --end;
  return line.substr(0, end) + fmt::format(" … ({} bytes)", text.size());
}

void Printer::step(const std::string& title) {
  out_ << "\n" << paint("1", fmt::format("{}. {}", ++steps_, title)) << "\n";
}

void Printer::note(const std::string& text) { out_ << "   " << blank(text, secrets_) << std::endl; }

void Printer::request(const std::string& who, const net::Outgoing& request) {
  out_ << "   " << paint("36", "→") << " " << paint("2", who) << "  " << request.method << " "
       << blank(request.url, secrets_) << "\n";
  for (const auto& [name, value] : request.fields) {
    if (iequals(name, "Authorization") || iequals(name, "Wayleave-User")) {
      out_ << "       " << name << ": " << blank(value, secrets_) << "\n";
    }
  }
  if (!request.body.empty()) out_ << "       " << shorten(request.body) << "\n";
}

void Printer::response(const Reply& reply) {
  const char* colour = reply.status < 400 ? "32" : "31";
  out_ << "   " << paint(colour, fmt::format("← {}", reply.status)) << " "
       << net::reason_phrase(reply.status) << "\n";
  for (const auto& [name, value] : reply.fields) {
    if (iequals(name, "Location") || iequals(name, "Wayleave-Error") ||
        iequals(name, "X-HubSpot-RateLimit-Remaining")) {
      out_ << "       " << name << ": " << blank(value, secrets_) << "\n";
    }
  }
  const std::string_view type = reply.fields.get("Content-Type").value_or("");
  if (type.find("html") != std::string_view::npos) {
    out_ << "       (a page)\n";
  } else if (!reply.body.empty()) {
    out_ << "       " << shorten(reply.body) << "\n";
  }
  out_.flush();
}

Wire::Wire(Printer& printer, std::vector<net::Egress::Permit> permits, net::TlsContext tls)
    : printer_(printer),
      egress_(std::move(permits)),
      resolver_(clock_, Millis{10'000}),
      tls_(std::move(tls)),
      client_(net::make_client({&egress_, &resolver_, &tls_})) {}

Result<Reply> Wire::send(const std::string& who, net::Outgoing request) {
  request.timeout = kTimeout;
  printer_.request(who, request);
  auto answer = loop_.run(client_->call(std::move(request)));
  if (!answer) return std::unexpected(std::move(answer).error().error);
  Reply reply{answer->status, std::move(answer->fields), std::move(answer->body)};
  printer_.response(reply);
  return reply;
}

Result<Reply> Wire::browse(std::string url) {
  for (int hop = 0; hop < kHopsMax; ++hop) {
    net::Outgoing request;
    request.url = url;
    request.fields.add("Accept", "text/html,application/xhtml+xml,*/*;q=0.8");
    std::string& cookies = cookies_[origin_of(url)];
    if (!cookies.empty()) request.fields.add("Cookie", cookies);
    WL_TRY(auto reply, send("browser", std::move(request)));
    for (const auto& [name, value] : reply.fields) {
      if (!iequals(name, "Set-Cookie")) continue;
      if (!cookies.empty()) cookies += "; ";
      cookies += value.substr(0, value.find(';'));
    }
    const auto location = reply.fields.get("Location");
    if (reply.status < 300 || reply.status >= 400 || !location) return reply;
    url = absolute(std::string(*location), url);
  }
  return fail(ErrorKind::Internal, "internal", "the browser was sent around in circles");
}

}  // namespace wayleave::app::demo
