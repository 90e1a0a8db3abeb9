#pragma once

#include <string>
#include <string_view>

#include <boost/json/fwd.hpp>

#include "net/message.hpp"

/// Answers as HubSpot words them.
namespace wayleave::sandbox {

[[nodiscard]] net::Response reply(int status, const boost::json::object& body);
[[nodiscard]] net::Response raw_json(int status, std::string body);
[[nodiscard]] net::Response no_content();
/// A page for a person's browser, with the headers that keep it out of frames and caches.
[[nodiscard]] net::Response page(int status, std::string html);
/// 302; `location` must be free of control characters.
[[nodiscard]] net::Response redirect(std::string location);

}  // namespace wayleave::sandbox
