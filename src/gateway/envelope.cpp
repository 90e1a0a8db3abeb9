#include "gateway/envelope.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "base/bytes.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "gateway/json_check.hpp"
#include "gateway/json_string.hpp"
#include "net/http1/word.hpp"

namespace wayleave::gateway {
namespace {

constexpr std::size_t kMethodBytesMax = 32;

/// The envelope's own members; others are passed over and never repeated in an error.
enum Known : std::size_t { User, Method, Url, Body, Headers, kKnown };
constexpr std::array<std::string_view, kKnown> kNames{
    "userForeignIdentifier", "method", "url", "body", "headers"};

Known known(std::string_view name) {
  return static_cast<Known>(std::ranges::find(kNames, name) - kNames.begin());
}

std::unexpected<Error> wrong(Known which, std::string detail) {
  return reject(std::string(kNames[which]), std::move(detail));
}

std::unexpected<Error> no_object(Known which, std::string_view text, std::string if_valid) {
  if (is_json(text)) return wrong(which, std::move(if_valid));
  return wrong(which,
               which == Body ? "the request body is not valid JSON" : "headers is not valid JSON");
}

void make_upper(std::span<char> text) {
  for (char& c : text) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - ('a' - 'A'));
  }
}

/// One envelope being read: first the raw text of each member it knows, then what they mean.
class Reader {
 public:
  Reader(std::span<char> text, Envelope& out) : text_(text), out_(out) {}

  Result<> read_json() {
    WL_CHECK(find_members());
    WL_TRY(out_.user, string_in(User));
    WL_TRY(out_.method, string_in(Method));
    WL_TRY(out_.url, string_in(Url));
    WL_CHECK(take_body());
    WL_CHECK(take_headers());
    return check();
  }

  Result<> read_form() {
    WL_CHECK(find_fields());
    out_.user = raw_[User];
    out_.method = raw_[Method];
    out_.url = raw_[Url];
    if (!raw_[Body].empty()) out_.body = raw_[Body];
    WL_CHECK(take_headers(raw_[Headers]));
    return check();
  }

 private:
  [[nodiscard]] std::string_view text() const { return {text_.data(), text_.size()}; }
  [[nodiscard]] std::span<char> bytes_of(std::string_view part) const {
    return text_.subspan(static_cast<std::size_t>(part.data() - text_.data()), part.size());
  }

  /// Notes the first of each known name; `twice_` is the first to come again.
  void note(Known which, std::string_view value) {
    if (which == kKnown) return;
    if (seen_[which] && twice_ == kKnown) twice_ = which;
    if (!std::exchange(seen_[which], true)) raw_[which] = value;
  }
  Result<> check_once() const {
    if (twice_ == kKnown) return {};
    return wrong(twice_, "'" + std::string(kNames[twice_]) + "' stands twice");
  }

  Result<> find_members() {
    JsonObject object(text());
    for (JsonMember member; object.next(member);) {
      Known which = known(member.name);
      if (which == kKnown) {  // or it is spelt with escapes
        const auto name = unescape(bytes_of(member.name));
        if (!name) return wrong(Body, "a member's name holds half a surrogate pair");
        which = known(*name);
      }
      note(which, member.value);
    }
    if (!object.whole()) return no_object(Body, text(), "the envelope must be a JSON object");
    return check_once();
  }

  Result<> find_fields() {
    std::string_view rest = text();
    while (!rest.empty()) {
      const std::string_view field = rest.substr(0, rest.find('&'));
      rest.remove_prefix(std::min(field.size() + 1, rest.size()));
      const std::size_t equals = std::min(field.find('='), field.size());
      const auto name = decode_form_piece(bytes_of(field.substr(0, equals)));
      const auto value =
          decode_form_piece(bytes_of(field.substr(std::min(equals + 1, field.size()))));
      if (!name || !value) return wrong(Body, "the form holds a broken percent escape");
      note(known(*name), *value);
    }
    return check_once();
  }

  /// The content of the JSON string that `raw` is.
  Result<std::string_view> content(std::string_view raw, Known which) {
    const auto inside = unescape(bytes_of(raw.substr(1, raw.size() - 2)));
    if (!inside) return wrong(which, "a string holds half a surrogate pair");
    return *inside;
  }

  Result<std::string_view> string_in(Known which) {
    const std::string_view raw = raw_[which];
    if (raw.empty()) return raw;
    if (!raw.starts_with('"')) {
      return wrong(which, std::string(kNames[which]) + " must be a string");
    }
    return content(raw, which);
  }

  Result<> take_body() {
    const std::string_view raw = raw_[Body];
    if (raw.empty() || raw == "null") return {};
    if (!raw.starts_with('"')) {
      out_.body = raw;
      return {};
    }
    WL_TRY(out_.body, content(raw, Body));
    return {};
  }

  Result<> take_headers() {
    const std::string_view raw = raw_[Headers];
    if (raw.empty() || raw == "null") return {};
    if (!raw.starts_with('"')) return take_headers(raw);
    WL_TRY(const std::string_view held, content(raw, Headers));
    return take_headers(held);
  }

  Result<> take_headers(std::string_view object_text) {
    if (trim(object_text).empty()) return {};
    JsonObject object(object_text);
    for (JsonMember member; object.next(member);) {
      if (out_.headers.size() == kEnvelopeHeadersMax) return wrong(Headers, "at most 50 headers");
      WL_CHECK(take_header(member));
    }
    if (object.whole()) return {};
    return no_object(
        Headers, object_text, "headers must be a JSON object, or a string that holds one");
  }

  Result<> take_header(const JsonMember& member) {
    const auto name = unescape(bytes_of(member.name));
    if (!name || !net::http1::is_token(*name)) {
      return wrong(Headers, "a header's name is not a token");
    }
    if (!member.value.starts_with('"')) {
      return wrong(Headers, "the value of header '" + std::string(*name) + "' must be a string");
    }
    WL_TRY(const std::string_view value, content(member.value, Headers));
    if (!net::http1::is_field_value(value)) {
      return wrong(Headers,
                   "the value of header '" + std::string(*name) + "' holds a control character");
    }
    out_.headers.push_back({*name, value});
    return {};
  }

  Result<> check() {
    if (out_.user.empty()) {
      return wrong(User, "userForeignIdentifier is missing");
    }
    if (out_.method.empty()) return wrong(Method, "method is missing, for example GET");
    if (out_.url.empty()) {
      return wrong(Url,
                   "url is missing: a path, or an absolute URL on one of the provider's hosts");
    }
    make_upper(bytes_of(out_.method));
    if (out_.method.size() > kMethodBytesMax || !net::http1::is_token(out_.method) ||
        out_.method == "CONNECT" || out_.method == "TRACE") {
      return wrong(Method, "not a method that can be sent; use GET, POST, PATCH, PUT or DELETE");
    }
    return {};
  }

  std::span<char> text_;
  Envelope& out_;
  std::array<std::string_view, kKnown> raw_{};
  std::array<bool, kKnown> seen_{};
  Known twice_ = kKnown;
};

/// A Content-Type without its parameters.
std::string_view media_type(std::string_view content_type) {
  return trim(content_type.substr(0, content_type.find(';')));
}

}  // namespace

void Envelope::clear() {
  user = method = url = {};
  body.reset();
  headers.clear();
}

Result<> read_envelope(std::string_view content_type, std::span<char> text, Envelope& out) {
  Reader reader(text, out);
  const std::string_view type = media_type(content_type);
  if (is_json_type(type)) return reader.read_json();
  if (net::http1::same_word(type, "application/x-www-form-urlencoded")) return reader.read_form();
  if (type.empty()) {
    const bool json = trim({text.data(), text.size()}).starts_with('{');
    return json ? reader.read_json() : reader.read_form();
  }
  return reject("Content-Type", "send application/json or application/x-www-form-urlencoded");
}

bool is_json_type(std::string_view content_type) {
  using net::http1::same_word;
  constexpr std::string_view suffix = "+json";
  const std::string_view type = media_type(content_type);
  if (type.size() < suffix.size()) return false;
  return same_word(type, "application/json") || same_word(type, "text/json") ||
         same_word(type.substr(type.size() - suffix.size()), suffix);
}

net::Wrapping wrap_answer(bool said_to_be_json, std::string& body) {
  if (said_to_be_json && is_json(body)) return {R"({"data":)", "}"};
  if (is_utf8(body)) {
    body = json_quote(body);
    return {R"({"data":)", "}"};
  }
  body = to_base64(body);
  return {R"({"data":")", R"(","encoding":"base64"})"};
}

}  // namespace wayleave::gateway
