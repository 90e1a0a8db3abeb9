#include "net/message.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace wayleave::net {
namespace {

std::optional<std::string> decode(std::string_view piece) {
  std::string spaced(piece);
  std::replace(spaced.begin(), spaced.end(), '+', ' ');
  return percent_decode(spaced);
}

/// Calls `use` with the still encoded value of each parameter of that name.
template <class Use>
void for_each_param(std::string_view query, std::string_view name, Use use) {
  for (const std::string_view part : split(query, '&')) {
    const auto equals = part.find('=');
    if (part.empty() || decode(part.substr(0, equals)) != name) continue;
    use(equals == std::string_view::npos ? std::string_view{} : part.substr(equals + 1));
  }
}

Response typed_response(int status, std::string type, std::string body) {
  Response response;
  response.status = status;
  response.fields.add("Content-Type", std::move(type));
  response.body = std::move(body);
  return response;
}

}  // namespace

std::optional<std::string_view> Fields::get(std::string_view name) const {
  for (const auto& [field, value] : fields_) {
    if (iequals(field, name)) return value;
  }
  return std::nullopt;
}

std::size_t Fields::count(std::string_view name) const {
  return static_cast<std::size_t>(std::count_if(
      begin(), end(), [&](const Field& field) { return iequals(field.first, name); }));
}

void Fields::add(std::string name, std::string value) {
  fields_.emplace_back(std::move(name), std::move(value));
}

void Fields::set(std::string_view name, std::string value) {
  remove(name);
  fields_.emplace_back(std::string(name), std::move(value));
}

void Fields::remove(std::string_view name) {
  std::erase_if(fields_, [&](const Field& field) { return iequals(field.first, name); });
}

std::optional<std::string> Request::query_param(std::string_view name) const {
  std::size_t count = 0;
  std::optional<std::string> value;
  for_each_param(query, name, [&](std::string_view encoded) {
    ++count;
    value = decode(encoded);
  });
  return count == 1 ? value : std::nullopt;
}

std::size_t Request::query_count(std::string_view name) const {
  std::size_t count = 0;
  for_each_param(query, name, [&](std::string_view) { ++count; });
  return count;
}

Response text_response(int status, std::string text) {
  return typed_response(status, "text/plain; charset=utf-8", std::move(text));
}

Response json_response(int status, std::string json) {
  return typed_response(status, "application/json", std::move(json));
}

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 207:
      return "Multi-Status";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 402:
      return "Payment Required";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 411:
      return "Length Required";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 423:
      return "Locked";
    case 424:
      return "Failed Dependency";
    case 425:
      return "Too Early";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    case 508:
      return "Loop Detected";
    default:
      return "";
  }
}

}  // namespace wayleave::net
