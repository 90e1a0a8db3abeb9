#include <sodium.h>

#include <algorithm>
#include <array>

#include "base/bytes.hpp"
#include "crypto/aead.hpp"
#include "crypto/digest.hpp"
#include "crypto/key_ring.hpp"

namespace wayleave::crypto {
namespace {

constexpr std::size_t fingerprint_bytes = 8;

std::unexpected<Error> refuse(std::string what) {
  return fail(ErrorKind::Reject,
              "root_key_invalid",
              "root key: " + what +
                  "; it must be 32 random bytes written as base64, as `openssl rand -base64 32` "
                  "prints them");
}

std::string_view without_blanks(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

// A key file usually ends with a newline; anything else foreign is an error.
Result<SecretString> decode(std::string_view padded) {
  const std::string_view text = without_blanks(padded);
  if (text.empty()) return refuse("is missing");
  // One byte more than a key, so that a longer one is seen to be longer.
  std::array<unsigned char, aead_key_bytes + 1> raw{};
  std::size_t size = 0;
  const char* end = nullptr;
  const int failed = sodium_base642bin(raw.data(),
                                       raw.size(),
                                       text.data(),
                                       text.size(),
                                       nullptr,
                                       &size,
                                       &end,
                                       sodium_base64_VARIANT_ORIGINAL);
  const bool too_long =
      text.size() > sodium_base64_ENCODED_LEN(aead_key_bytes, sodium_base64_VARIANT_ORIGINAL);
  const bool whole = failed == 0 && end == text.data() + text.size();
  SecretString key(whole ? std::string_view(reinterpret_cast<char*>(raw.data()), size)
                         : std::string_view());
  wipe(raw.data(), raw.size());
  if (too_long) return refuse("is longer than 32 bytes");
  if (!whole) return refuse("is not base64");
  return key;
}

}  // namespace

Result<RootKey> RootKey::from_base64(const SecretString& text) {
  require_sodium();
  WL_TRY(SecretString raw, text.expose(decode));
  if (raw.size() < aead_key_bytes) {
    return refuse("has only " + std::to_string(raw.size()) + " bytes");
  }
  if (raw.size() > aead_key_bytes) return refuse("is longer than 32 bytes");
  const bool one_value = raw.expose(
      [](std::string_view key) { return key.find_first_not_of(key.front()) == key.npos; });
  if (one_value) return refuse("has 32 equal bytes, so it is a placeholder and no key");
  return RootKey(std::move(raw));
}

RootKey RootKey::generate(Random& random) {
  require_sodium();
  std::array<std::uint8_t, aead_key_bytes> raw{};
  random.fill(raw);
  SecretString key(as_text(raw));
  wipe(raw.data(), raw.size());
  return RootKey(std::move(key));
}

SecretString RootKey::to_base64() const {
  return raw_.expose([](std::string_view key) {
    std::string text = wayleave::to_base64(key);
    SecretString out(text);
    wipe(text.data(), text.size());
    return out;
  });
}

std::string RootKey::authenticate(std::string_view purpose, std::string_view bytes) const {
  // A key of its own for each purpose, so that no code says anything about another use.
  const Sha256 own = raw_.expose(
      [&](std::string_view key) { return hmac_sha256(key, "wayleave " + std::string(purpose)); });
  return std::string(as_text(hmac_sha256(as_text(own), bytes)));
}

std::string RootKey::fingerprint() const {
  const Sha256 digest = raw_.expose(
      [](std::string_view key) { return hmac_sha256(key, "wayleave root key fingerprint"); });
  return to_hex(as_text(digest).substr(0, fingerprint_bytes));
}

}  // namespace wayleave::crypto
