#pragma once

#include <optional>

#include "app/config.hpp"
#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/result.hpp"
#include "net/tls_identity.hpp"

namespace wayleave::app {

/// How a certificate stands at a moment. Clients refuse NotYet and Expired.
enum class Validity { Good, EndsSoon, NotYet, Expired };
[[nodiscard]] Validity judge_validity(Instant begins, Instant ends, Instant now);

/// Reads `tls-cert` and `tls-key`; empty when they are not given. Blocks on the disk.
[[nodiscard]] Result<std::optional<net::TlsIdentity>> load_identity(const Config& config);

/// Whether others than owner and group may read the private key. Not refused, for secrets that are
/// mounted into a container often are so.
[[nodiscard]] bool others_can_read(const std::string& path);

/// Tells the log what certificate is shown from now on, and warns of what is wrong with it.
void log_identity(const net::TlsIdentity& identity, const Config& config, Instant now, Log& log);

}  // namespace wayleave::app
