#include "gateway/path.hpp"

namespace wayleave::gateway {
namespace {

/// Cuts the next segment off `path`, which must start with '/'; leaves the rest with its '/'.
std::string_view next_segment(std::string_view& path) {
  path.remove_prefix(1);
  const auto end = path.find('/');
  const std::string_view segment = path.substr(0, end);
  path.remove_prefix(segment.size());
  return segment;
}

std::optional<Path> parse_transparent(std::string_view path) {
  Path out;
  if (path.empty()) return std::nullopt;
  out.app = next_segment(path);
  if (path.starts_with("/@")) {
    out.has_user = true;
    out.encoded_user = next_segment(path).substr(1);
  }
  out.rest = path.empty() ? std::string_view("/") : path;
  return out;
}

}  // namespace

std::optional<Path> parse_path(std::string_view path) {
  constexpr std::string_view proxy = "/proxy";
  constexpr std::string_view api = "/api";
  if (path.starts_with("/proxy/")) return parse_transparent(path.substr(proxy.size()));
  if (!path.starts_with("/api/")) return std::nullopt;
  path.remove_prefix(api.size());
  Path out;
  out.form = Path::Form::Envelope;
  const std::string_view first = next_segment(path);
  if (path.empty()) return std::nullopt;
  const std::string_view second = next_segment(path);
  if (first == "raw" && path.empty()) {
    out.app = second;
    return out;
  }
  if (second != "proxy" || path.empty()) return std::nullopt;
  out.provider = first;
  out.app = next_segment(path);
  if (!path.empty()) return std::nullopt;
  return out;
}

}  // namespace wayleave::gateway
