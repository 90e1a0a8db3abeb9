#pragma once

#include "sandbox/call.hpp"

/// Forms and their submissions; scope `forms`.
namespace wayleave::sandbox {

// marketing_forms.cpp: /marketing/v3/forms[/{formId}]
[[nodiscard]] Outcome<net::Response> list_forms(Call& call);
[[nodiscard]] Outcome<net::Response> get_form(Call& call);
[[nodiscard]] Outcome<net::Response> create_form(Call& call);
[[nodiscard]] Outcome<net::Response> replace_form(Call& call);
[[nodiscard]] Outcome<net::Response> change_form(Call& call);
[[nodiscard]] Outcome<net::Response> archive_form(Call& call);

// form_submissions.cpp
[[nodiscard]] Outcome<net::Response> list_submissions(Call& call);
/// api.hsforms.com, with an access token or without.
[[nodiscard]] Outcome<net::Response> submit_secure(Call& call);
[[nodiscard]] Outcome<net::Response> submit_open(Call& call);

}  // namespace wayleave::sandbox
