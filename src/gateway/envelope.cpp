#include "gateway/envelope.hpp"

#include <simdjson.h>

#include <algorithm>
#include <set>

#include "base/bytes.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "gateway/json_check.hpp"
#include "net/http1/head.hpp"

namespace wayleave::gateway {
namespace {

namespace json = simdjson::ondemand;

constexpr std::size_t kMethodBytesMax = 32;

std::unexpected<Error> not_json(std::string field, simdjson::error_code code) {
  return reject(std::move(field), std::string("not valid JSON: ") + simdjson::error_message(code));
}

/// The envelope's own members; others are passed over and never repeated in an error.
bool is_known(std::string_view name) {
  return name == "userForeignIdentifier" || name == "method" || name == "url" || name == "body" ||
         name == "headers";
}

Result<std::string> text_of(json::value value, const char* field) {
  std::string_view text;
  if (value.get_string().get(text)) return reject(field, std::string(field) + " must be a string");
  return std::string(text);
}

/// The exact bytes of a value; for a string its content.
Result<std::optional<std::string>> raw_of(json::value value, const char* field) {
  json::json_type type{};
  if (const auto error = value.type().get(type)) return not_json(field, error);
  std::string_view raw;
  simdjson::error_code error = simdjson::SUCCESS;
  switch (type) {
    case json::json_type::null:
      return std::nullopt;
    case json::json_type::string:
      error = value.get_string().get(raw);
      break;
    case json::json_type::object: {
      json::object object;
      error = value.get_object().get(object);
      if (!error) error = object.raw_json().get(raw);
      break;
    }
    case json::json_type::array: {
      json::array array;
      error = value.get_array().get(array);
      if (!error) error = array.raw_json().get(raw);
      break;
    }
    default:
      raw = trim(value.raw_json_token());
      break;
  }
  if (error) return not_json(field, error);
  // On-demand slices may carry the blanks up to the next token.
  while (!raw.empty() && type != json::json_type::string &&
         (raw.back() == ' ' || raw.back() == '\n' || raw.back() == '\r' || raw.back() == '\t')) {
    raw.remove_suffix(1);
  }
  return std::optional<std::string>(raw);
}

Result<> read_headers(json::object object, Envelope& out) {
  for (auto member : object) {
    std::string_view name;
    json::value value;
    if (member.unescaped_key().get(name) || member.value().get(value)) {
      return reject("headers", "headers must be a JSON object of strings");
    }
    const std::string held(name);
    std::string_view text;
    if (value.get_string().get(text)) {
      return reject("headers", "the value of header '" + held + "' must be a string");
    }
    out.headers.emplace_back(held, std::string(text));
  }
  return {};
}

Result<> read_headers(std::string_view text, Envelope& out) {
  if (trim(text).empty()) return {};
  // Reading on demand skips what is not asked for, so all of it is judged first.
  if (!is_json(text)) return reject("headers", "headers is not valid JSON");
  const simdjson::padded_string padded(text);
  json::parser parser;
  json::document document;
  json::object object;
  if (parser.iterate(padded).get(document) || document.get_object().get(object)) {
    return reject("headers", "headers must be a JSON object, or a string that holds one");
  }
  return read_headers(object, out);
}

Result<> check(Envelope& envelope) {
  if (envelope.user.empty()) {
    return reject("userForeignIdentifier", "userForeignIdentifier is missing");
  }
  if (envelope.method.empty()) return reject("method", "method is missing, for example GET");
  if (envelope.url.empty()) {
    return reject("url",
                  "url is missing: a path, or an absolute URL on one of the provider's hosts");
  }
  std::transform(
      envelope.method.begin(), envelope.method.end(), envelope.method.begin(), [](char c) {
        return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
      });
  if (envelope.method.size() > kMethodBytesMax || !net::http1::is_token(envelope.method) ||
      envelope.method == "CONNECT" || envelope.method == "TRACE") {
    return reject("method", "not a method that can be sent; use GET, POST, PATCH, PUT or DELETE");
  }
  if (envelope.headers.size() > kEnvelopeHeadersMax) {
    return reject("headers", "at most 50 headers");
  }
  for (const auto& [name, value] : envelope.headers) {
    if (!net::http1::is_token(name)) return reject("headers", "a header's name is not a token");
    if (!net::http1::is_field_value(value)) {
      return reject("headers", "the value of header '" + name + "' holds a control character");
    }
  }
  return {};
}

Result<Envelope> parse_json(std::string_view text) {
  if (!is_json(text)) return reject("body", "the request body is not valid JSON");
  const simdjson::padded_string padded(text);
  json::parser parser;
  json::document document;
  json::object object;
  if (parser.iterate(padded).get(document) || document.get_object().get(object)) {
    return reject("body", "the envelope must be a JSON object");
  }
  Envelope out;
  std::set<std::string> seen;
  for (auto member : object) {
    std::string_view key;
    json::value value;
    if (member.unescaped_key().get(key) || member.value().get(value)) {
      return reject("body", "the envelope must be a JSON object");
    }
    const std::string name(key);
    if (!is_known(name)) continue;
    if (!seen.insert(name).second) return reject(name, "'" + name + "' stands twice");
    if (name == "userForeignIdentifier") {
      WL_TRY(out.user, text_of(value, "userForeignIdentifier"));
    } else if (name == "method") {
      WL_TRY(out.method, text_of(value, "method"));
    } else if (name == "url") {
      WL_TRY(out.url, text_of(value, "url"));
    } else if (name == "body") {
      WL_TRY(out.body, raw_of(value, "body"));
    } else if (name == "headers") {
      json::json_type type{};
      if (value.type().get(type)) return reject("headers", "headers must be a JSON object");
      if (type == json::json_type::null) continue;
      json::object headers;
      std::string_view held;
      if (type == json::json_type::object && !value.get_object().get(headers)) {
        WL_CHECK(read_headers(headers, out));
      } else if (type == json::json_type::string && !value.get_string().get(held)) {
        WL_CHECK(read_headers(held, out));
      } else {
        return reject("headers", "headers must be a JSON object, or a string that holds one");
      }
    }
  }
  WL_CHECK(check(out));
  return out;
}

Result<Envelope> parse_form_envelope(std::string_view text) {
  auto fields = parse_form(text);
  if (!fields) return reject("body", "the form holds a broken percent escape");
  Envelope out;
  std::set<std::string> seen;
  for (auto& [name, value] : *fields) {
    if (!is_known(name)) continue;
    if (!seen.insert(name).second) return reject(name, "'" + name + "' stands twice");
    if (name == "userForeignIdentifier") {
      out.user = std::move(value);
    } else if (name == "method") {
      out.method = std::move(value);
    } else if (name == "url") {
      out.url = std::move(value);
    } else if (name == "body") {
      if (!value.empty()) out.body = std::move(value);
    } else if (name == "headers") {
      WL_CHECK(read_headers(value, out));
    }
  }
  WL_CHECK(check(out));
  return out;
}

/// A media type without its parameters, in lower case.
std::string media_type(std::string_view content_type) {
  return to_lower(trim(content_type.substr(0, content_type.find(';'))));
}

bool is_json_type(std::string_view type) {
  return type == "application/json" || type == "text/json" || type.ends_with("+json");
}

}  // namespace

Result<Envelope> parse_envelope(std::string_view content_type, std::string_view text) {
  const std::string type = media_type(content_type);
  if (is_json_type(type)) return parse_json(text);
  if (type == "application/x-www-form-urlencoded") return parse_form_envelope(text);
  if (type.empty()) {
    return trim(text).starts_with('{') ? parse_json(text) : parse_form_envelope(text);
  }
  return reject("Content-Type", "send application/json or application/x-www-form-urlencoded");
}

std::string wrap_answer(std::string_view content_type, std::string_view body) {
  std::string out = R"({"data":)";
  if (is_json_type(media_type(content_type)) && is_json(body)) {
    out += body;
  } else if (is_utf8(body)) {
    out += json_quote(body);
  } else {
    out += '"' + to_base64(body) + R"(","encoding":"base64")";
  }
  out += '}';
  return out;
}

}  // namespace wayleave::gateway
