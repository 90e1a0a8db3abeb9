#include "provider/provider.hpp"

#include <algorithm>

namespace wayleave::provider {

const Host* Provider::host(std::string_view wanted) const {
  const auto at = std::ranges::find(hosts, wanted, &Host::name);
  return at == hosts.end() ? nullptr : &*at;
}

bool Provider::answers_to(std::string_view wanted) const {
  return slug == wanted || std::ranges::find(extends, wanted) != extends.end();
}

}  // namespace wayleave::provider
