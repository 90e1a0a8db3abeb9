#pragma once

#include "app/cli/context.hpp"

namespace wayleave::app::cli {

/// One function per verb; each adds its subcommand and what it does. `context` outlives `root`.
void add_app(CLI::App& root, Context& context);
void add_audit(CLI::App& root, Context& context);
void add_backup(CLI::App& root, Context& context);
void add_call(CLI::App& root, Context& context);
void add_completion(CLI::App& root, Context& context);
void add_connection(CLI::App& root, Context& context);
void add_copy(CLI::App& root, Context& context);
void add_demo(CLI::App& root, Context& context);
void add_doctor(CLI::App& root, Context& context);
void add_key(CLI::App& root, Context& context);
void add_link(CLI::App& root, Context& context);
void add_member(CLI::App& root, Context& context);
void add_migrate(CLI::App& root, Context& context);
void add_provider(CLI::App& root, Context& context);
void add_requests(CLI::App& root, Context& context);
void add_restore(CLI::App& root, Context& context);
void add_rotate_key(CLI::App& root, Context& context);
void add_sandbox(CLI::App& root, Context& context);
void add_serve(CLI::App& root, Context& context);

/// The whole command line: parses, runs, and gives the exit code (0 done, 1 failed, 2 wrong usage).
[[nodiscard]] int run(int argc, const char* const* argv, Context& context);

}  // namespace wayleave::app::cli
