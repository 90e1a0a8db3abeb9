#include "gateway/counters.hpp"

namespace wayleave::gateway {

void Totals::add(const Counters& one) {
  // What ended is read before what began, so that no more seem to have ended than began.
  for (std::size_t i = 0; i < by_class.size(); ++i) {
    by_class[i] += one.by_class[i].value();
    api_by_class[i] += one.api_by_class[i].value();
  }
  begun += one.begun.value();
  cut += one.cut.value();
  request_bytes += one.request_bytes.value();
  answer_bytes += one.answer_bytes.value();
  duration.add(one.duration);
  provider_wait.add(one.provider_wait);
  misses += one.misses.value();
  renewals += one.renewals.value();
  retries += one.retries.value();
  gateway_errors += one.gateway_errors.value();
}

}  // namespace wayleave::gateway
