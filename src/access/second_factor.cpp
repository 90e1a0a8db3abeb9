#include "access/second_factor.hpp"

#include <algorithm>
#include <array>

#include "access/digest.hpp"
#include "crypto/totp.hpp"

namespace wayleave::access {
namespace {

constexpr std::size_t kCodeBytes = 10;  // 80 bits: nobody finds one from its digest
constexpr std::size_t kGroup = 4;

/// `ABCD-EFGH-IJKL-MNOP`.
std::string make_code(Random& random) {
  std::array<std::uint8_t, kCodeBytes> bytes{};
  random.fill(bytes);
  const std::string letters = crypto::to_base32(as_text(bytes));
  std::string code;
  for (std::size_t i = 0; i < letters.size(); i += kGroup) {
    if (i > 0) code += '-';
    code += letters.substr(i, kGroup);
  }
  return code;
}

std::string code_digest(std::string_view code) {
  std::string plain;
  for (const char c : code) {
    if (c == '-' || c == ' ') continue;
    plain += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return hex_digest(SecretString(plain));
}

}  // namespace

Result<std::optional<SecondFactor::Stored>> SecondFactor::find(db::Transaction& tx,
                                                               const MemberId& member) {
  WL_TRY(const auto row,
         tx.query_one("SELECT secret, confirmed_at, last_step FROM member_totp WHERE member = $1",
                      {member}));
  if (!row) return std::optional<Stored>{};
  return std::optional<Stored>{Stored{(*row)[0].blob(), !(*row)[1].is_null(), (*row)[2].integer()}};
}

Result<> SecondFactor::begin(db::Transaction& tx, const Member& member, const std::string& sealed) {
  WL_TRY(const auto there, find(tx, member.id));
  if (there && there->confirmed) {
    return fail(ErrorKind::Conflict, "conflict", "a second factor is set up; remove it first");
  }
  WL_CHECK(tx.execute("DELETE FROM member_totp WHERE member = $1", {member.id}));
  WL_CHECK(tx.execute("INSERT INTO member_totp (member, workspace, secret) VALUES ($1, $2, $3)",
                      {member.id, member.workspace, db::Blob{sealed}}));
  return {};
}

Result<> SecondFactor::confirm(db::Transaction& tx, const MemberId& member, Instant now) {
  WL_CHECK(tx.execute("UPDATE member_totp SET confirmed_at = $2 WHERE member = $1", {member, now}));
  return {};
}

Result<bool> SecondFactor::spend_step(db::Transaction& tx,
                                      const MemberId& member,
                                      std::int64_t step) {
  WL_TRY(const auto spent,
         tx.execute("UPDATE member_totp SET last_step = $2 WHERE member = $1 AND last_step < $2",
                    {member, step}));
  return spent == 1;
}

Result<> SecondFactor::remove(db::Transaction& tx, const MemberId& member) {
  WL_CHECK(tx.execute("DELETE FROM member_totp WHERE member = $1", {member}));
  WL_CHECK(tx.execute("DELETE FROM recovery_code WHERE member = $1", {member}));
  return {};
}

Result<std::vector<std::string>> SecondFactor::make_recovery_codes(db::Transaction& tx,
                                                                   const MemberId& member,
                                                                   Random& random,
                                                                   Instant now) {
  WL_CHECK(tx.execute("DELETE FROM recovery_code WHERE member = $1", {member}));
  std::vector<std::string> codes;
  for (int i = 0; i < kRecoveryCodes; ++i) {
    codes.push_back(make_code(random));
    WL_CHECK(
        tx.execute("INSERT INTO recovery_code (member, digest, created_at) VALUES ($1, $2, $3)",
                   {member, code_digest(codes.back()), now}));
  }
  return codes;
}

Result<bool> SecondFactor::spend_recovery_code(db::Transaction& tx,
                                               const MemberId& member,
                                               std::string_view code) {
  WL_TRY(const auto spent,
         tx.execute("DELETE FROM recovery_code WHERE member = $1 AND digest = $2",
                    {member, code_digest(code)}));
  return spent == 1;
}

Result<std::int64_t> SecondFactor::recovery_codes_left(db::Transaction& tx,
                                                       const MemberId& member) {
  WL_TRY(const auto row,
         tx.query_one("SELECT count(*) FROM recovery_code WHERE member = $1", {member}));
  return row ? (*row)[0].integer() : 0;
}

}  // namespace wayleave::access
