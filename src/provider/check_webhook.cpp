#include <algorithm>
#include <array>

#include "provider/read.hpp"

namespace wayleave::provider {
namespace {

void check_member(Section& section, std::string_view key) {
  const std::string name = section.text(key);
  if (!name.empty() && !is_member_name(name)) section.complain(key, "must be the name of a member");
}

void check_field_name(Section& section, std::string_view key) {
  const std::string name = section.text(key);
  if (!name.empty() && !is_field_name(name)) section.complain(key, "must be the name of a header");
}

/// How a request is signed: the parts are concatenated in order and hashed.
void check_signature(Section& scheme) {
  (void)scheme.required_text("name");
  if (!scheme.has("header")) scheme.complain("header", "is missing");
  check_field_name(scheme, "header");
  check_field_name(scheme, "version_header");
  (void)scheme.text("version");
  (void)scheme.text("prefix");
  check_field_name(scheme, "timestamp_header");
  (void)scheme.one_of("timestamp_unit", {"s", "ms"});
  (void)scheme.duration("tolerance");
  (void)scheme.one_of("algorithm", {"sha256", "hmac-sha1", "hmac-sha256", "hmac-sha512"});
  if (!scheme.has("algorithm")) scheme.complain("algorithm", "is missing");
  (void)scheme.one_of("encoding", {"hex", "base64"});
  (void)scheme.one_of("key", {"client_secret", "webhook_secret"});
  const auto parts = scheme.texts("input");
  constexpr std::array kParts = {"secret", "method", "url", "body", "timestamp"};
  if (parts.empty()) scheme.complain("input", "must name what is signed");
  for (const auto& part : parts) {
    const bool quoted_text = part.starts_with('\'') && part.ends_with('\'') && part.size() > 2;
    if (!quoted_text && std::ranges::find(kParts, part) == kParts.end()) {
      scheme.complain("input", "may hold secret, method, url, body, timestamp or 'literal text'");
    }
  }
  (void)scheme.texts("url_decode");
}

}  // namespace

void check_webhook(Section& section) {
  section.each("signatures", check_signature);
  (void)section.one_of("events", {"array", "object"});
  (void)section.integer("batch_max", 1, 100'000);
  for (const std::string_view key : {"event_id",
                                     "account_field",
                                     "app_field",
                                     "object_id",
                                     "occurred_at",
                                     "attempt",
                                     "property",
                                     "value"}) {
    check_member(section, key);
  }
  const auto types = section.texts("event_type");
  if (!std::ranges::all_of(types, is_member_name)) {
    section.complain("event_type", "must hold names of members");
  }
  (void)section.one_of("occurred_at_unit", {"s", "ms", "rfc3339"});
  (void)section.duration("answer_within");
  section.each("types", [](Section& type) {
    (void)type.required_text("name");
    (void)type.text("object");
    (void)type.one_of(
        "change", {"created", "updated", "deleted", "merged", "restored", "associated", "other"});
  });
}

}  // namespace wayleave::provider
