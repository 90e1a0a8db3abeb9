#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "access/second_factor.hpp"
#include "api/parts.hpp"
#include "base/secret.hpp"

namespace wayleave::api {

/// A new secret for a member's authenticator app, stored sealed and not yet in force.
[[nodiscard]] Result<SecretString> begin_totp(db::Transaction& tx,
                                              const Parts& parts,
                                              const access::Member& member);
/// Whether this code is of the secret that was begun; then it is in force.
[[nodiscard]] Result<bool> confirm_totp(db::Transaction& tx,
                                        const Parts& parts,
                                        const access::Member& member,
                                        std::string_view code);
/// Whether the code is right, of the app or a recovery code, and spends it: neither is accepted
/// twice. The use of a recovery code is audited.
[[nodiscard]] Result<bool> spend_code(db::Transaction& tx,
                                      const Parts& parts,
                                      const access::Member& member,
                                      const std::string& address,
                                      std::string_view code);
/// The refusal when it was not; also for none at all.
[[nodiscard]] Error code_required(bool given);

/// `otpauth://totp/…`, which apps read from a QR code.
[[nodiscard]] std::string totp_uri(std::string_view email, std::string_view base32_secret);

}  // namespace wayleave::api
