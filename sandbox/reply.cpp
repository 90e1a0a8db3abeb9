#include "sandbox/reply.hpp"

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.hpp"

namespace wayleave::sandbox {

net::Response reply(int status, const boost::json::object& body) {
  std::string text = boost::json::serialize(body);
  if (!is_utf8(text)) {  // an error repeated bytes of the path that are no text
    std::ranges::replace_if(text, [](char c) { return static_cast<unsigned char>(c) > 0x7f; }, '?');
  }
  return raw_json(status, std::move(text));
}

net::Response raw_json(int status, std::string body) {
  net::Response response;
  response.status = status;
  response.fields.add("Content-Type", "application/json;charset=utf-8");
  response.body = std::move(body);
  return response;
}

net::Response no_content() {
  net::Response response;
  response.status = 204;
  return response;
}

net::Response page(int status, std::string html) {
  net::Response response;
  response.status = status;
  response.fields.add("Content-Type", "text/html;charset=utf-8");
  response.fields.add("Cache-Control", "no-store");
  response.fields.add("Referrer-Policy", "no-referrer");
  response.fields.add("X-Content-Type-Options", "nosniff");
  // No form-action: browsers apply it to the redirect that answers the consent form.
  response.fields.add("Content-Security-Policy",
                      "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; "
                      "base-uri 'none'");
  response.body = std::move(html);
  return response;
}

net::Response redirect(std::string location) {
  net::Response response;
  response.status = 302;
  response.fields.add("Location", std::move(location));
  response.fields.add("Cache-Control", "no-store");
  response.fields.add("Referrer-Policy", "no-referrer");
  return response;
}

}  // namespace wayleave::sandbox
