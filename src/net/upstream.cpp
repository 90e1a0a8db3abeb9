#include "net/upstream.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <optional>

#include "base/text.hpp"

namespace wayleave::net {
namespace {

namespace urls = boost::urls;

constexpr std::size_t kUrlBytesMax = 8 * 1024;
constexpr std::size_t kNameBytesMax = 253;  // RFC 1035 section 2.3.4
constexpr std::size_t kLabelBytesMax = 63;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= kLabelBytesMax &&
         std::all_of(label.begin(), label.end(), [](char c) {
           return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
         });
}

/// The last label of a name in the DNS is never a number; where it is one, some resolvers read the
/// whole as an IPv4 address in an old spelling (`127.1`, `0x7f.1`, `2130706433`; PX-06).
bool is_number(std::string_view label) {
  if (label.starts_with("0x")) {
    return label.find_first_not_of("0123456789abcdef", 2) == std::string_view::npos;
  }
  return std::all_of(label.begin(), label.end(), is_digit);
}

/// A lower-case DNS name. A final dot is refused: it would be a second spelling of the same name
/// (PX-02).
bool is_name(std::string_view name) {
  if (name.empty() || name.size() > kNameBytesMax) return false;
  const auto labels = split(name, '.');
  return std::all_of(labels.begin(), labels.end(), is_label) && !is_number(labels.back());
}

/// The canonical spelling of the URL's host; nullopt when it has none that may be dialled.
std::optional<std::string> parse_host(const urls::url_view& url) {
  const std::string encoded = to_lower(std::string_view(url.encoded_host()));
  boost::system::error_code error;
  switch (url.host_type()) {
    case urls::host_type::name:
      return is_name(encoded) ? std::optional(encoded) : std::nullopt;
    case urls::host_type::ipv4: {
      const auto address = boost::asio::ip::make_address_v4(encoded, error);
      return error ? std::nullopt : std::optional(address.to_string());
    }
    case urls::host_type::ipv6: {
      const auto literal = encoded.substr(1, encoded.size() - 2);
      const auto address = boost::asio::ip::make_address_v6(literal, error);
      if (error || address.scope_id() != 0) return std::nullopt;
      return address.to_string();
    }
    case urls::host_type::none:
    case urls::host_type::ipvfuture:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  if (text.empty() || text.size() > 5 || !std::all_of(text.begin(), text.end(), is_digit)) {
    return std::nullopt;
  }
  std::uint32_t port = 0;
  for (const char c : text) port = port * 10 + static_cast<std::uint32_t>(c - '0');
  if (port == 0 || port > 65535) return std::nullopt;
  return static_cast<std::uint16_t>(port);
}

/// Bytes that other readers of URLs drop, translate or split at, so that they see another host.
bool has_confusing_byte(std::string_view url) {
  return has_control(url) || url.find_first_of(" \\") != std::string_view::npos;
}

/// True when the authority reaches to the path, query or fragment. Boost.URL 1.81 ends it early
/// where the host's text goes on (`http://127.0.0.1.1/`, `http://a:80x/`) and calls the rest a
/// path.
bool has_whole_authority(std::string_view url, const urls::url_view& parsed) {
  const std::string_view authority(parsed.encoded_authority());
  const auto begin = static_cast<std::size_t>(authority.data() - url.data());
  const std::string_view rest = url.substr(begin + authority.size());
  return rest.empty() || rest.front() == '/' || rest.front() == '?' || rest.front() == '#';
}

std::string with_brackets(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

std::uint16_t default_port(bool tls) { return tls ? 443 : 80; }

}  // namespace

std::string Origin::str() const { return (tls ? "https://" : "http://") + authority(); }

std::string Origin::authority() const {
  std::string text = with_brackets(host);
  if (port != default_port(tls)) text += ":" + std::to_string(port);
  return text;
}

Result<Origin> Origin::parse(std::string_view url) {
  if (url.size() > kUrlBytesMax) return reject("url", "the URL is longer than 8 KiB");
  if (has_confusing_byte(url)) {
    return reject("url", "the URL holds a space, a backslash or a control character");
  }
  const auto parsed = urls::parse_uri(url);
  if (!parsed) return reject("url", "the URL is not absolute or not well-formed");
  const std::string scheme = to_lower(std::string_view(parsed->scheme()));
  if (scheme != "https" && scheme != "http") return reject("url", "the URL must be https or http");
  if (!parsed->has_authority()) return reject("url", "the URL has no host");
  if (parsed->has_userinfo()) return reject("url", "the URL must not hold a user or password");
  Origin origin;
  origin.tls = scheme == "https";
  origin.port = default_port(origin.tls);
  auto host = has_whole_authority(url, *parsed) ? parse_host(*parsed) : std::nullopt;
  if (!host) return reject("url", "the URL's host is not a DNS name or an IP address");
  origin.host = *std::move(host);
  if (parsed->has_port()) {
    const auto port = parse_port(std::string_view(parsed->port()));
    if (!port) return reject("url", "the URL's port must be 1 to 65535");
    origin.port = *port;
  }
  return origin;
}

std::string Endpoint::str() const {
  namespace ip = boost::asio::ip;
  if (v6) return "[" + ip::address_v6(bytes).to_string() + "]:" + std::to_string(port);
  const ip::address_v4 address({bytes[0], bytes[1], bytes[2], bytes[3]});
  return address.to_string() + ":" + std::to_string(port);
}

}  // namespace wayleave::net
