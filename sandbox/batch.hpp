#pragma once

#include <string>
#include <vector>

#include <boost/json/fwd.hpp>

#include "sandbox/call.hpp"

namespace wayleave::sandbox {

inline constexpr std::size_t kBatchMax = 100;  ///< CRM records
inline constexpr std::size_t kAssociationBatchReadMax = 1'000;
inline constexpr std::size_t kAssociationBatchWriteMax = 2'000;

/// The `inputs` of a batch: objects, at least one, at most `max`.
[[nodiscard]] Outcome<boost::json::array> batch_inputs(const boost::json::object& body,
                                                       std::size_t max);
/// The same of a call that brings nothing else.
[[nodiscard]] Outcome<boost::json::array> batch_inputs(const Call& call, std::size_t max);
/// A member that is text or a number, as text; empty when absent.
[[nodiscard]] std::string text_member(const boost::json::object& object, std::string_view name);

/// `status`, `results`, times; with errors also those and 207.
[[nodiscard]] net::Response batch_answer(int status,
                                         Instant now,
                                         boost::json::array results,
                                         const std::vector<Problem>& errors);

}  // namespace wayleave::sandbox
