#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <iostream>
#include <map>
#include <memory>

#include "app/cli/verbs.hpp"
#include "base/secret.hpp"

namespace {

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define WAYLEAVE_SANITIZED 1
#endif
#endif

/// No file of ours is readable by others; no crash leaves memory on disk (VT-09).
void protect_process() {
  ::umask(077);
  const rlimit none{0, 0};
  ::setrlimit(RLIMIT_CORE, &none);
#ifndef WAYLEAVE_SANITIZED  // the leak checker has to trace its own process
  ::prctl(PR_SET_DUMPABLE, 0);
#endif
  std::signal(SIGPIPE, SIG_IGN);
}

using Secrets = std::map<std::string, wayleave::SecretString>;

/// Takes the secrets out of the environment, where children and /proc would show them (VT-09).
Secrets take_secrets() {
  Secrets secrets;
  for (const char* name :
       {"WAYLEAVE_ROOT_KEY", "WAYLEAVE_NEW_ROOT_KEY", "WAYLEAVE_KEY", "WAYLEAVE_CLIENT_SECRET"}) {
    char* value = std::getenv(name);
    if (value == nullptr) continue;
    secrets.emplace(name, wayleave::SecretString(value));
    wayleave::wipe(value, std::strlen(value));
    ::unsetenv(name);
  }
  return secrets;
}

wayleave::app::Environment make_environment(const Secrets& secrets) {
  return [&secrets](const std::string& name) -> std::optional<std::string> {
    if (const auto at = secrets.find(name); at != secrets.end()) {
      return at->second.expose([](std::string_view text) { return std::string(text); });
    }
    const char* value = std::getenv(name.c_str());
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

}  // namespace

int main(int argc, char** argv) {
  protect_process();
  const Secrets secrets = take_secrets();
  wayleave::app::cli::Context context{make_environment(secrets),
                                      std::cout,
                                      std::cerr,
                                      std::cin,
                                      ::isatty(STDOUT_FILENO) == 1,
                                      ::isatty(STDERR_FILENO) == 1};
  try {
    return wayleave::app::cli::run(argc, argv, context);
  } catch (const std::exception& error) {
    std::cerr << "wayleave: unexpected: " << error.what() << "\n";
    return wayleave::app::cli::kFailed;
  }
}
