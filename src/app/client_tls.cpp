#include "app/client_tls.hpp"

#include <sys/stat.h>

namespace wayleave::app {
namespace {

constexpr std::chrono::days kSoon{14};

}  // namespace

Validity judge_validity(Instant begins, Instant ends, Instant now) {
  if (now < begins) return Validity::NotYet;
  if (now >= ends) return Validity::Expired;
  return ends - now < kSoon ? Validity::EndsSoon : Validity::Good;
}

Result<std::optional<net::TlsIdentity>> load_identity(const Config& config) {
  std::optional<net::TlsIdentity> identity;
  if (config.speaks_tls()) {
    WL_TRY(identity, net::TlsIdentity::load({config.tls_cert, config.tls_key}));
  }
  return identity;
}

bool others_can_read(const std::string& path) {
  struct stat info{};
  return ::stat(path.c_str(), &info) == 0 && (info.st_mode & S_IROTH) != 0;
}

void log_identity(const net::TlsIdentity& identity, const Config& config, Instant now, Log& log) {
  const std::string ends = to_rfc3339(identity.ends());
  switch (judge_validity(identity.begins(), identity.ends(), now)) {
    case Validity::Good:
      log.info("tls.certificate", {{"ends", ends}});
      break;
    case Validity::EndsSoon:
      log.warn("tls.certificate_ends_soon", {{"ends", ends}, {"do", "renew it, then send SIGHUP"}});
      break;
    case Validity::Expired:
      log.warn("tls.certificate_expired",
               {{"ended", ends}, {"do", "clients refuse it: renew it, then send SIGHUP"}});
      break;
    case Validity::NotYet:
      log.warn("tls.certificate_not_yet_valid",
               {{"begins", to_rfc3339(identity.begins())}, {"do", "check the clock"}});
      break;
  }
  if (others_can_read(config.tls_key)) {
    log.warn("tls.key_readable_by_others",
             {{"file", config.tls_key}, {"do", "chmod o= that file"}});
  }
}

}  // namespace wayleave::app
