#include "access/foreign_address.hpp"

namespace wayleave::access {

Error foreign_address(std::string_view peer) {
  return {ErrorKind::Denied,
          "forbidden",
          "this API key may not be used from " + std::string(peer) +
              "; its allowedAddresses do not hold that address"};
}

AuditRecord foreign_address_record(const ApiKey& key, std::string peer, Instant now) {
  AuditRecord record;
  record.at = now;
  record.workspace = key.workspace;
  record.actor = {"key", key.id.str(), std::move(peer), key.name};
  record.action = "key.refused";
  record.target = key.id.str();
  record.detail = R"({"reason":"address"})";
  return record;
}

}  // namespace wayleave::access
