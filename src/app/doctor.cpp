#include "app/doctor.hpp"

#include <fmt/core.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <boost/asio/ip/tcp.hpp>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <limits>

#include "access/audit.hpp"
#include "app/blocking.hpp"
#include "app/client_tls.hpp"
#include "app/core.hpp"
#include "app/root_key.hpp"
#include "base/text.hpp"

namespace wayleave::app {
namespace {

using State = Finding::State;

constexpr std::uint64_t kDiskLow = std::uint64_t{1} << 30;
constexpr std::uint64_t kDiskOut = std::uint64_t{100} << 20;
constexpr rlim_t kFilesLow = 4096;
constexpr Millis kClockTolerance{60'000};
constexpr Instant kEarliest{Millis{1'735'689'600'000}};  // 2025-01-01: older is a dead clock

Finding look_at_data(const Config& config) {
  struct stat info{};
  if (::stat(config.data.c_str(), &info) != 0) {
    return {State::Warning,
            "data folder",
            config.data + " is not there yet",
            "it is made at the first start; check that --data is what you mean"};
  }
  if (!S_ISDIR(info.st_mode)) {
    return {
        State::Broken, "data folder", config.data + " is not a folder", "choose another --data"};
  }
  if ((info.st_mode & 077) != 0) {
    const bool writable = (info.st_mode & 022) != 0;
    return {writable ? State::Broken : State::Warning,
            "data folder",
            fmt::format("others can {} {}", writable ? "write to" : "look into", config.data),
            "chmod 700 " + config.data};
  }
  return {State::Fine, "data folder", config.data};
}

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
  if (free < kDiskOut) return {State::Broken, "disk space", text, "free some space now"};
  if (free < kDiskLow) return {State::Warning, "disk space", text, "free some space soon"};
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
          "ulimit -n 65536, or LimitNOFILE=65536 in the systemd unit: each call takes two"};
}

Finding look_at_clock(Instant now) {
  if (now >= kEarliest) return {State::Fine, "clock", to_rfc3339(now)};
  return {State::Broken, "clock", to_rfc3339(now), "set the clock; run an NTP client"};
}

Finding look_at_providers(const Config& config) {
  const auto catalogue = load_catalogue(config);
  if (!catalogue) {
    return {State::Broken,
            "providers",
            catalogue.error().detail,
            "mend the file; wayleave provider check FILE tells more"};
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
            "fine if that is your running server; else choose another --listen"};
  }
  return {State::Broken,
          "listening address",
          where + ": " + ec.message(),
          "choose another --listen; ports below 1024 need CAP_NET_BIND_SERVICE"};
}

Finding look_at_public_url(const Config& config) {
  if (config.public_url.empty()) {
    return {State::Warning,
            "public URL",
            "not set: redirect URLs will name the listening address",
            "set --public-url to the https address that customers' browsers reach"};
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
          "give --tls-cert and --tls-key, or put a TLS proxy in front; use its https address"};
}

Finding look_at_certificate(const Config& config, Instant now) {
  const std::string name = "certificate for clients";
  const auto loaded = load_identity(config);
  if (!loaded) return {State::Broken, name, loaded.error().detail, "do what the message says"};
  if (!*loaded) return {State::Fine, name, "none: clients speak plain HTTP to this server"};
  const net::TlsIdentity& identity = **loaded;
  const std::string renew = "renew " + config.tls_cert + ", then send SIGHUP to the server";
  const std::string ends = to_rfc3339(identity.ends());
  switch (judge_validity(identity.begins(), identity.ends(), now)) {
    case Validity::Expired:
      return {State::Broken, name, "expired on " + ends, renew};
    case Validity::NotYet:
      return {State::Broken,
              name,
              "not valid before " + to_rfc3339(identity.begins()),
              "set the clock right, or give the certificate of today"};
    case Validity::EndsSoon:
      return {State::Warning, name, "ends on " + ends, renew};
    case Validity::Good:
      break;
  }
  const auto origin = net::Origin::parse(config.public_url);
  if (origin && origin->tls && !identity.covers(origin->host)) {
    return {State::Warning,
            name,
            "it is not for " + origin->host + ", the host of the public URL",
            "fine behind a TLS proxy; else give a certificate for that name"};
  }
  if (others_can_read(config.tls_key)) {
    return {State::Warning,
            name,
            "others can read its key " + config.tls_key,
            "chmod o= " + config.tls_key};
  }
  return {State::Fine, name, "good until " + ends};
}

bool database_is_new(const Config& config) {
  constexpr std::string_view scheme = "sqlite:";
  std::error_code ec;
  return config.database.starts_with(scheme) &&
         !std::filesystem::exists(config.database.substr(scheme.size()), ec);
}

std::string remedy_of(const Error& error) {
  if (error.code == "root_key_wrong" || error.code == "root_key_missing") {
    return "put the right root key back from your backup";
  }
  if (error.field == "data" || error.field == "root-key-file") return "do what the message says";
  return "check the path, its permissions and the disk";
}

/// The clock against what is stored: time must not have gone back.
Finding look_at_history(Core& core) {
  auto work = [](db::Transaction& tx) {
    return access::list_audit(
        tx, WorkspaceId("default"), std::numeric_limits<std::int64_t>::max(), 1);
  };
  const auto last = core.database().read_blocking(std::move(work));
  if (!last) return {State::Broken, "audit trail", last.error().operator_detail};
  if (!last->empty() && last->front().at > core.clock().now() + kClockTolerance) {
    return {State::Broken,
            "audit trail",
            "its last record is from the future: " + to_rfc3339(last->front().at),
            "the clock went back; set it right before tokens are judged by it"};
  }
  return {State::Fine, "audit trail", last->empty() ? "empty" : to_rfc3339(last->front().at)};
}

void look_inside(const Config& config,
                 const Environment& environment,
                 std::vector<Finding>& findings) {
  if (database_is_new(config)) {
    findings.push_back({State::Warning,
                        "database",
                        config.database + " is not there yet",
                        "it is made at the first start"});
    return;
  }
  Log log(Log::Level::Off);
  Loop loop;  // outlives the core
  auto core = Core::open(config, environment, {}, log);
  if (!core) {
    const Error& error = core.error();
    std::string detail = error.detail;
    if (error.kind == ErrorKind::Internal) detail += ": " + error.operator_detail;
    findings.push_back({State::Broken, "database and root key", detail, remedy_of(error)});
    return;
  }
  findings.push_back({State::Fine, "database and root key", "open; the root key fits"});
  findings.push_back(look_at_history(**core));
  if (config.sandbox.empty()) return;
  net::Outgoing outgoing;
  outgoing.url = config.sandbox + "/_sandbox/stats";
  outgoing.timeout = Millis{5'000};
  const auto answer = loop.run((*core)->client().call(std::move(outgoing)));
  if (answer && answer->status == 200) {
    findings.push_back({State::Fine, "sandbox", config.sandbox + " answers"});
  } else {
    findings.push_back({State::Broken,
                        "sandbox",
                        config.sandbox + " does not answer",
                        "start it: wayleave sandbox --listen ADDR:PORT"});
  }
}

}  // namespace

std::vector<Finding> examine(const OptionValues& flags, const Environment& environment) {
  const auto config = settle(flags, environment);
  if (!config) {
    return {{State::Broken, "configuration", config.error().detail, "mend what it names"}};
  }
  std::vector<Finding> findings = {{State::Fine, "configuration", "read"},
                                   look_at_data(*config),
                                   look_at_disk(*config),
                                   look_at_files(),
                                   look_at_clock(SystemClock().now()),
                                   look_at_providers(*config),
                                   look_at_port(*config),
                                   look_at_public_url(*config),
                                   look_at_certificate(*config, SystemClock().now())};
  look_inside(*config, environment, findings);
  return findings;
}

}  // namespace wayleave::app
