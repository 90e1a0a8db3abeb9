#pragma once

#include "base/result.hpp"
#include "net/dispatcher.hpp"

namespace wayleave::gateway {

/// What a caller is told of a provider that could not be asked or gave no lawful answer.
[[nodiscard]] Error to_error(const net::UpstreamFailure& failure);

}  // namespace wayleave::gateway
