#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"

namespace wayleave::sandbox {

/// One answered form, newest first in its form's list.
struct Submission {
  struct Value {
    std::string name;
    std::string value;
    std::string object_type_id;
  };
  std::uint64_t sequence = 0;  ///< rises with every submission of the form
  Instant at;
  std::string conversion_id;
  std::string page_url;
  std::vector<Value> values;
};

/// A marketing form. Its description is kept as the JSON text it was created with, since the
/// sandbox passes most of it through.
struct Form {
  std::string id;
  std::string name;
  std::string document;  ///< fieldGroups, configuration, displayOptions, legalConsentOptions
  Instant created;
  Instant updated;
  std::optional<Instant> archived;
  std::deque<Submission> submissions;
  std::uint64_t last_sequence = 0;

  /// Puts it first; the oldest is forgotten beyond kSubmissionsMax.
  void add(Submission submission);
};

/// The forms of one account in the order they were made.
struct Forms {
  std::vector<Form> all;
  [[nodiscard]] Form* find(std::string_view id);
};

/// The JSON document of a form with these fields (`email`, `firstname`, …), as HubSpot builds it.
[[nodiscard]] std::string simple_form_document(const std::vector<std::string>& fields);

}  // namespace wayleave::sandbox
