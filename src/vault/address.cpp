#include "vault/address.hpp"

#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <charconv>
#include <optional>

#include "base/text.hpp"

namespace wayleave::vault {
namespace urls = boost::urls;
namespace {

constexpr std::size_t kUrlBytesMax = 2048;

std::string_view view(urls::string_view text) { return {text.data(), text.size()}; }

bool is_loopback(std::string_view host) {
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

/// Letters of a DNS name, an IPv4 or a bracketed IPv6 address; nothing that needs decoding.
bool is_plain_host(std::string_view host) {
  if (host.empty() || host.size() > 255) return false;
  return host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-:[]") ==
         std::string_view::npos;
}

/// A port as written; the library wraps numbers that are too large around.
std::optional<unsigned> port_of(const urls::url_view& url) {
  const std::string_view text = view(url.port());
  unsigned port = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), port);
  const bool whole = read.ec == std::errc{} && read.ptr == text.data() + text.size();
  if (!whole || port == 0 || port > 65'535) return std::nullopt;
  return port;
}

/// The parsed URL when its scheme and host are fit for a browser or a delivery.
std::optional<urls::url_view> parse_web(std::string_view text) {
  if (text.empty() || text.size() > kUrlBytesMax || has_control(text)) return std::nullopt;
  const auto parsed = urls::parse_uri({text.data(), text.size()});
  if (!parsed) return std::nullopt;
  const urls::url_view url = *parsed;
  const std::string scheme = to_lower(view(url.scheme()));
  const std::string host = to_lower(view(url.encoded_host()));
  if (!is_plain_host(host) || url.has_userinfo()) return std::nullopt;
  if (scheme != "https" && !(scheme == "http" && is_loopback(host))) return std::nullopt;
  if (url.has_port() && !port_of(url)) return std::nullopt;
  return url;
}

}  // namespace

Result<std::string> parse_origin(std::string_view text, std::string_view field) {
  const auto url = parse_web(text);
  if (!url || !url->encoded_path().empty() || url->has_query() || url->has_fragment()) {
    return reject(std::string(field),
                  "each must be https://host or https://host:port without a path "
                  "(http only for localhost)");
  }
  const std::string scheme = to_lower(view(url->scheme()));
  std::string origin = scheme + "://" + to_lower(view(url->encoded_host()));
  const unsigned standard = scheme == "https" ? 443 : 80;
  if (const auto port = port_of(*url); port && *port != standard) {
    origin += ":" + std::to_string(*port);
  }
  return origin;
}

Result<std::string> parse_webhook_url(std::string_view text) {
  const auto url = parse_web(text);
  if (!url || url->has_fragment()) {
    return reject("webhookUrl", "must be an absolute https URL (http only for localhost)");
  }
  return std::string(text);
}

}  // namespace wayleave::vault
