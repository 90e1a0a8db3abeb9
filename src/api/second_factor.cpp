#include "api/second_factor.hpp"

#include <algorithm>
#include <array>

#include "api/people.hpp"
#include "base/bytes.hpp"
#include "base/text.hpp"
#include "crypto/totp.hpp"
#include "vault/data_keys.hpp"

namespace wayleave::api {
namespace {

crypto::Place place_of(const access::Member& member) {
  return {member.workspace.str(), "member_totp", member.id.str(), "secret", 0};
}

/// The step whose code this is by the stored secret.
Result<std::optional<std::int64_t>> matching_step(db::Transaction& tx,
                                                  const Parts& parts,
                                                  const access::Member& member,
                                                  const access::SecondFactor::Stored& stored,
                                                  std::string_view code) {
  WL_TRY(const auto secret, vault::open_sealed(tx, parts.keys, stored.sealed, place_of(member)));
  return secret.expose([&](std::string_view bytes) {
    return crypto::matching_totp_step(bytes, code, parts.clock.now());
  });
}

bool is_app_code(std::string_view code) {
  return code.size() == 6 && std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

Result<SecretString> begin_totp(db::Transaction& tx,
                                const Parts& parts,
                                const access::Member& member) {
  std::array<std::uint8_t, crypto::totp_secret_bytes> bytes{};
  parts.random.fill(bytes);
  SecretString secret(as_text(bytes));
  wipe(bytes.data(), bytes.size());
  WL_CHECK(access::SecondFactor::begin(tx, member, parts.keys.seal(secret, place_of(member))));
  return secret;
}

Result<bool> confirm_totp(db::Transaction& tx,
                          const Parts& parts,
                          const access::Member& member,
                          std::string_view code) {
  WL_TRY(const auto stored, access::SecondFactor::find(tx, member.id));
  if (!stored || stored->confirmed) {
    return fail(ErrorKind::Conflict, "conflict", "begin with POST /v1/me/totp");
  }
  WL_TRY(const auto step, matching_step(tx, parts, member, *stored, code));
  if (!step) return false;
  WL_TRY(const bool fresh, access::SecondFactor::spend_step(tx, member.id, *step));
  if (!fresh) return false;
  WL_CHECK(access::SecondFactor::confirm(tx, member.id, parts.clock.now()));
  return true;
}

Result<bool> spend_code(db::Transaction& tx,
                        const Parts& parts,
                        const access::Member& member,
                        const std::string& address,
                        std::string_view code) {
  WL_TRY(const auto stored, access::SecondFactor::find(tx, member.id));
  if (!stored || !stored->confirmed) return false;
  if (is_app_code(code)) {
    WL_TRY(const auto step, matching_step(tx, parts, member, *stored, code));
    if (!step) return false;
    return access::SecondFactor::spend_step(tx, member.id, *step);
  }
  WL_TRY(const bool spent, access::SecondFactor::spend_recovery_code(tx, member.id, code));
  if (!spent) return false;
  WL_CHECK(access::append_audit(tx, member_record(parts, member, address, "recovery_code.used")));
  return true;
}

Error code_required(bool given) {
  return {ErrorKind::Denied,
          "code_required",
          given ? "code: is wrong or was used before; wait for the next one"
                : "code: give the six digits of your authenticator app, or a recovery code",
          {},
          "code"};
}

std::string totp_uri(std::string_view email, std::string_view base32_secret) {
  return "otpauth://totp/Wayleave:" + percent_encode(email) +
         "?secret=" + std::string(base32_secret) + "&issuer=Wayleave";
}

}  // namespace wayleave::api
