#pragma once

#include <cstddef>
#include <string>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace wayleave::crypto {

/// What one password costs (Argon2id, RFC 9106; OWASP asks for at least 19 MiB and two passes).
inline constexpr std::size_t password_memory_bytes = std::size_t{32} << 20;
inline constexpr unsigned password_passes = 2;

// These take tens of milliseconds and password_memory_bytes: never on a worker. Any thread.

/// Argon2id with a new salt in the usual text form (`$argon2id$…`, below 128 bytes), which is what
/// is stored (AD-02). An error when the memory is not to be had.
[[nodiscard]] Result<std::string> hash_password(const SecretString& password);
/// Whether `stored` was made of this password. A text that is no hash fits none.
[[nodiscard]] bool verify_password(const std::string& stored, const SecretString& password);
/// Whether it was made at another cost than is asked for today.
[[nodiscard]] bool password_needs_rehash(const std::string& stored);
/// A hash of today's cost that no password is known to give: comparing with it takes as long as
/// with a member's, so that time does not tell who is one.
[[nodiscard]] std::string password_decoy();

}  // namespace wayleave::crypto
