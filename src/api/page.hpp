#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/result.hpp"
#include "net/message.hpp"

namespace wayleave::api {

inline constexpr int kPageDefault = 50;
inline constexpr int kPageMax = 200;

/// The query parameter, decoded; an error names one that came twice or is not well encoded.
[[nodiscard]] Result<std::optional<std::string>> query_text(const net::Request& request,
                                                            std::string_view name);
/// The same for one that must be there.
[[nodiscard]] Result<std::string> required_query(const net::Request& request,
                                                 std::string_view name);

/// The same, UTF-8 without control characters.
[[nodiscard]] Result<std::optional<std::string>> query_plain(const net::Request& request,
                                                             std::string_view name);
/// The same for a moment in UTC.
[[nodiscard]] Result<std::optional<Instant>> query_time(const net::Request& request,
                                                        std::string_view name);

/// What part of a list is asked for: `?cursor=…&limit=…`.
struct Page {
  std::string after;  ///< the last item's place in the order; empty: from the start
  int limit = kPageDefault;
};
[[nodiscard]] Result<Page> read_page(const net::Request& request);
/// The error for a cursor that no list of ours gave.
[[nodiscard]] std::unexpected<Error> foreign_cursor();

/// `{"data":[…],"nextCursor":…}`. `items` may hold one more than `limit`: then there is a next page
/// after `place(limit - 1)`.
template <class Items, class Write, class PlaceOf>
[[nodiscard]] net::Response list_response(const Items& items,
                                          const Page& page,
                                          Write write,
                                          PlaceOf place);

/// The pieces of list_response.
[[nodiscard]] std::string make_cursor(std::string_view place);
[[nodiscard]] net::Response list_document(const std::vector<std::string>& data,
                                          const std::string& next_cursor);

template <class Items, class Write, class PlaceOf>
net::Response list_response(const Items& items, const Page& page, Write write, PlaceOf place) {
  std::vector<std::string> data;
  std::string next;
  for (const auto& item : items) {
    if (data.size() == static_cast<std::size_t>(page.limit)) {
      next = make_cursor(place(items[data.size() - 1]));
      break;
    }
    data.push_back(write(item));
  }
  return list_document(data, next);
}

}  // namespace wayleave::api
