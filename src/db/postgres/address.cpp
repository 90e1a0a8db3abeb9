#include "db/postgres/address.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "base/text.hpp"

namespace wayleave::db::postgres {
namespace {

struct FreeOptions {
  void operator()(PQconninfoOption* held) const { PQconninfoFree(held); }
};
using Options = std::unique_ptr<PQconninfoOption, FreeOptions>;

std::unexpected<Error> refuse(std::string_view why) {
  return reject("database", "the PostgreSQL URL is not valid: " + std::string(why));
}

bool is_name(std::string_view host) {
  return std::ranges::all_of(host, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("-._%[]:").contains(c);
  });
}

// libpq ends the password at the first `@` or `/` and would then name the rest of it as a host or
// a port in its own errors.
Result<> check_authority(std::string_view url) {
  constexpr std::string_view advice =
      "; characters such as @ : / ? # in a password are written %40 %3A %2F %3F %23";
  const std::string_view rest = url.substr(url.find("://") + 3);
  std::string_view authority = rest.substr(0, rest.find('/'));
  if (std::ranges::count(authority, '@') > 1) {
    return refuse("it has more than one `@`" + std::string(advice));
  }
  if (url.find('#') != url.npos) return refuse("it contains `#`" + std::string(advice));
  authority.remove_prefix(authority.find('@') + 1);
  authority = authority.substr(0, authority.find('?'));
  for (std::string_view server : split(authority, ',')) {
    if (!is_name(server)) return refuse("its host has odd characters" + std::string(advice));
    const auto bracket = server.rfind(']');
    if (bracket != server.npos) server.remove_prefix(bracket + 1);
    const auto colon = server.find(':');
    if (colon == server.npos) continue;
    const auto port = parse_number<unsigned>(server.substr(colon + 1));
    if (!port || *port == 0 || *port > 65'535) {
      return refuse("its port is not a number from 1 to 65535" + std::string(advice));
    }
  }
  return {};
}

std::string value_of(const Options& options, std::string_view keyword) {
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->keyword == keyword && option->val != nullptr) return option->val;
  }
  return {};
}

bool is_here(std::string_view host) {
  return host.empty() || host.starts_with('/') || host.starts_with('@') || host == "localhost" ||
         host == "::1" || host.starts_with("127.");
}

}  // namespace

Result<Address> Address::parse(const std::string& url) {
  WL_CHECK(check_authority(url));
  char* message = nullptr;
  const Options options(PQconninfoParse(url.c_str(), &message));
  PQfreemem(message);  // it may quote the password
  if (!options) {
    return refuse(
        "it has an unknown parameter or a broken escape; it looks like "
        "postgres://USER:PASSWORD@HOST:5432/DATABASE?sslmode=verify-full");
  }
  Address address;
  address.url_ = SecretString(std::string_view(url.c_str(), url.size() + 1));
  address.database_ = value_of(options, "dbname");
  if (address.database_.empty()) {
    return refuse("it names no database; it ends in the database's name, as in /wayleave");
  }
  const std::string hosts = value_of(options, "host");
  const std::string ports = value_of(options, "port");
  const auto host_list = split(hosts, ',');
  const auto port_list = split(ports, ',');
  address.local_ = std::ranges::all_of(host_list, is_here);
  for (std::size_t i = 0; i < host_list.size(); ++i) {
    const std::string_view port = port_list[std::min(i, port_list.size() - 1)];
    if (i > 0) address.place_ += ", ";
    address.place_ += host_list[i].empty() ? std::string_view("localhost") : host_list[i];
    address.place_ += ":" + std::string(port.empty() ? std::string_view("5432") : port);
  }
  return address;
}

}  // namespace wayleave::db::postgres
