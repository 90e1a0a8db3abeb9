#include "app/doctor/look.hpp"

#include <fmt/core.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "app/blocking.hpp"
#include "app/client_tls.hpp"
#include "app/core.hpp"
#include "base/text.hpp"

namespace wayleave::app {
namespace {

using State = Finding::State;

constexpr std::uint64_t kDiskLow = std::uint64_t{1} << 30;
constexpr std::uint64_t kDiskOut = std::uint64_t{100} << 20;
constexpr rlim_t kFilesLow = 4096;
constexpr Instant kEarliest{Millis{1'735'689'600'000}};  // 2025-01-01: older is a dead clock

Finding look_at_data(const Config& config) {
  struct stat info{};
  if (::stat(config.data.c_str(), &info) != 0) {
    return {State::Warning,
            "data folder",
            config.data + " is not there yet",
            "it is made at the first start; check that --data is what you mean",
            "data_missing"};
  }
  if (!S_ISDIR(info.st_mode)) {
    return {State::Broken,
            "data folder",
            config.data + " is not a folder",
            "choose another --data",
            "data_not_a_folder"};
  }
  if ((info.st_mode & 077) != 0) {
    const bool writable = (info.st_mode & 022) != 0;
    return {writable ? State::Broken : State::Warning,
            "data folder",
            fmt::format("others can {} {}", writable ? "write to" : "look into", config.data),
            "chmod 700 " + config.data,
            writable ? "data_writable_by_others" : "data_readable_by_others"};
  }
  return {State::Fine, "data folder", config.data};
}

Finding look_at_providers(const Config& config) {
  const auto catalogue = load_catalogue(config);
  if (!catalogue) {
    return {State::Broken,
            "providers",
            catalogue.error().detail,
            "mend the file; wayleave provider check FILE tells more",
            "providers_wrong"};
  }
  return {State::Fine, "providers", fmt::format("{} loaded", catalogue->all().size())};
}

Finding look_at_port(const Config& config) {
  namespace ip = boost::asio::ip;
  const std::string where = server_url(config, config.port);
  boost::asio::io_context context;
  boost::system::error_code ec;
  const ip::tcp::endpoint endpoint(ip::make_address(config.address), config.port);
  ip::tcp::acceptor acceptor(context);
  acceptor.open(endpoint.protocol(), ec);
  if (!ec) acceptor.set_option(ip::tcp::acceptor::reuse_address(true), ec);
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(1, ec);
  if (!ec) return {State::Fine, "listening address", where + " is free"};
  if (ec == boost::asio::error::address_in_use) {
    return {State::Warning,
            "listening address",
            where + " is in use",
            "fine if that is your running server; else choose another --listen",
            "address_in_use"};
  }
  return {State::Broken,
          "listening address",
          where + ": " + ec.message(),
          "choose another --listen; ports below 1024 need CAP_NET_BIND_SERVICE",
          "address_refused"};
}

Finding look_at_sandbox(const Config& config) {
  Loop loop;  // outlives the client
  const SystemClock clock;
  net::Egress egress(config.permits);
  net::Resolver resolver(clock, Millis{10'000});
  auto tls = net::TlsContext::create({config.ca_file});
  if (!tls) return {State::Broken, "sandbox", tls.error().detail, "do what the message says"};
  const auto client = net::make_client({&egress, &resolver, &*tls});
  net::Outgoing outgoing;
  outgoing.url = config.sandbox + "/_sandbox/stats";
  outgoing.timeout = Millis{5'000};
  const auto answer = loop.run(client->call(std::move(outgoing)));
  if (answer && answer->status == 200) {
    return {State::Fine, "sandbox", config.sandbox + " answers"};
  }
  return {State::Broken,
          "sandbox",
          config.sandbox + " does not answer",
          "start it: wayleave sandbox --listen ADDR:PORT",
          "sandbox_silent"};
}

}  // namespace

Finding look_at_disk(const Config& config) {
  std::error_code ec;
  const bool there = std::filesystem::exists(config.data, ec);
  const std::string path = there ? config.data : ".";
  struct statvfs info{};
  if (::statvfs(path.c_str(), &info) != 0) {
    return {State::Warning, "disk space", std::string("unknown: ") + std::strerror(errno)};
  }
  const std::uint64_t free = std::uint64_t{info.f_bavail} * info.f_frsize;
  const std::string text = fmt::format("{} MiB free", free >> 20);
  if (free < kDiskOut)
    return {State::Broken, "disk space", text, "free some space now", "disk_full"};
  if (free < kDiskLow)
    return {State::Warning, "disk space", text, "free some space soon", "disk_low"};
  return {State::Fine, "disk space", text};
}

Finding look_at_files() {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const std::string text = fmt::format("{} at once", limit.rlim_cur);
  if (limit.rlim_cur >= kFilesLow) return {State::Fine, "open files", text};
  return {State::Warning,
          "open files",
          text,
          "ulimit -n 65536, or LimitNOFILE=65536 in the systemd unit: each call takes two",
          "few_open_files"};
}

Finding look_at_clock(Instant now) {
  if (now >= kEarliest) return {State::Fine, "clock", to_rfc3339(now)};
  return {
      State::Broken, "clock", to_rfc3339(now), "set the clock; run an NTP client", "clock_wrong"};
}

Finding look_at_public_url(const Config& config) {
  if (config.public_url.empty()) {
    return {State::Warning,
            "public URL",
            "not set: redirect URLs will name the listening address",
            "set --public-url to the https address that customers' browsers reach",
            "public_url_missing"};
  }
  if (config.public_url.starts_with("https://")) {
    return {State::Fine, "public URL", config.public_url};
  }
  const auto origin = net::Origin::parse(config.public_url);
  if (origin && (origin->host == "localhost" || origin->host.starts_with("127."))) {
    return {State::Fine, "public URL", config.public_url + " (for trying out)"};
  }
  return {State::Broken,
          "public URL",
          config.public_url + " is plain http: codes and cookies would travel in the open",
          "give --tls-cert and --tls-key, or put a TLS proxy in front; use its https address",
          "public_url_plain"};
}

Finding look_at_certificate(const Config& config, Instant now) {
  const std::string name = "certificate for clients";
  const auto loaded = load_identity(config);
  if (!loaded)
    return {State::Broken,
            name,
            loaded.error().detail,
            "do what the message says",
            "certificate_wrong"};
  if (!*loaded) return {State::Fine, name, "none: clients speak plain HTTP to this server"};
  const net::TlsIdentity& identity = **loaded;
  const std::string renew = "renew " + config.tls_cert + ", then send SIGHUP to the server";
  const std::string ends = to_rfc3339(identity.ends());
  switch (judge_validity(identity.begins(), identity.ends(), now)) {
    case Validity::Expired:
      return {State::Broken, name, "expired on " + ends, renew, "certificate_expired"};
    case Validity::NotYet:
      return {State::Broken,
              name,
              "not valid before " + to_rfc3339(identity.begins()),
              "set the clock right, or give the certificate of today",
              "certificate_not_yet"};
    case Validity::EndsSoon:
      return {State::Warning, name, "ends on " + ends, renew, "certificate_ends"};
    case Validity::Good:
      break;
  }
  const auto origin = net::Origin::parse(config.public_url);
  if (origin && origin->tls && !identity.covers(origin->host)) {
    return {State::Warning,
            name,
            "it is not for " + origin->host + ", the host of the public URL",
            "fine behind a TLS proxy; else give a certificate for that name",
            "certificate_other_name"};
  }
  if (others_can_read(config.tls_key)) {
    return {State::Warning,
            name,
            "others can read its key " + config.tls_key,
            "chmod o= " + config.tls_key,
            "certificate_key_readable"};
  }
  return {State::Fine, name, "good until " + ends};
}

std::vector<Finding> look_at_machine(const Config& config) {
  const Instant now = SystemClock().now();
  std::vector<Finding> findings = {look_at_data(config),
                                   look_at_disk(config),
                                   look_at_files(),
                                   look_at_clock(now),
                                   look_at_providers(config),
                                   look_at_port(config),
                                   look_at_public_url(config),
                                   look_at_certificate(config, now)};
  if (!config.sandbox.empty()) findings.push_back(look_at_sandbox(config));
  return findings;
}

}  // namespace wayleave::app
