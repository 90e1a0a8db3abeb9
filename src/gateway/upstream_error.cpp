#include "gateway/upstream_error.hpp"

namespace wayleave::gateway {

Error to_error(const net::UpstreamFailure& failure) {
  switch (failure.fault) {
    case net::UpstreamFault::NotAllowed:
      return {ErrorKind::Denied,
              "host_not_allowed",
              "the provider's address is not one this gateway may dial",
              failure.detail};
    case net::UpstreamFault::Timeout:
      return {ErrorKind::Retry,
              "upstream_timeout",
              "the provider did not answer in time",
              failure.detail};
    case net::UpstreamFault::Invalid:
      return {ErrorKind::Retry,
              "upstream_invalid",
              "the provider's answer was not lawful HTTP",
              failure.detail};
    case net::UpstreamFault::TooLarge:
      return {ErrorKind::Limit,
              "upstream_invalid",
              "the provider's answer is too large for an envelope; use the transparent proxy",
              failure.detail};
    case net::UpstreamFault::Unreachable:
    case net::UpstreamFault::Reset:
      break;
  }
  return {ErrorKind::Retry,
          "upstream_unreachable",
          "the provider could not be reached or closed the connection",
          failure.detail};
}

}  // namespace wayleave::gateway
