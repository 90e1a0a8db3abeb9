#pragma once

#include "sandbox/call.hpp"
#include "sandbox/object_types.hpp"

/// CRM endpoints of api.hubapi.com. All but the searches count against the rolling window.
namespace wayleave::sandbox {

/// The object type a path names, once the grant may use it so.
enum class Access { Read, Write, SchemaRead, SchemaWrite };
[[nodiscard]] Outcome<const ObjectType*> open_type(const Call& call,
                                                   std::string_view name,
                                                   Access access);

// crm_objects.cpp: /crm/v3/objects/{objectType}[/{objectId}]
[[nodiscard]] Outcome<net::Response> list_objects(Call& call);
[[nodiscard]] Outcome<net::Response> get_object(Call& call);
[[nodiscard]] Outcome<net::Response> create_object(Call& call);
[[nodiscard]] Outcome<net::Response> update_object(Call& call);
[[nodiscard]] Outcome<net::Response> archive_object(Call& call);
[[nodiscard]] Outcome<net::Response> merge_objects(Call& call);
[[nodiscard]] Outcome<net::Response> gdpr_delete(Call& call);

// crm_search.cpp
[[nodiscard]] Outcome<net::Response> search_objects(Call& call);

// crm_batch.cpp, crm_batch_write.cpp: /crm/v3/objects/{objectType}/batch/…
[[nodiscard]] Outcome<net::Response> batch_read(Call& call);
[[nodiscard]] Outcome<net::Response> batch_create(Call& call);
[[nodiscard]] Outcome<net::Response> batch_update(Call& call);
[[nodiscard]] Outcome<net::Response> batch_upsert(Call& call);
[[nodiscard]] Outcome<net::Response> batch_archive(Call& call);

// crm_associations.cpp: /crm/v4/objects/{fromType}/{fromId}/associations/…
[[nodiscard]] Outcome<net::Response> list_associations(Call& call);
[[nodiscard]] Outcome<net::Response> put_default_association(Call& call);
[[nodiscard]] Outcome<net::Response> put_association(Call& call);
[[nodiscard]] Outcome<net::Response> delete_association(Call& call);

// crm_associations_batch.cpp: /crm/v4/associations/{fromType}/{toType}/…
[[nodiscard]] Outcome<net::Response> batch_read_associations(Call& call);
[[nodiscard]] Outcome<net::Response> batch_create_associations(Call& call);
[[nodiscard]] Outcome<net::Response> batch_default_associations(Call& call);
[[nodiscard]] Outcome<net::Response> batch_archive_associations(Call& call);
[[nodiscard]] Outcome<net::Response> batch_archive_labels(Call& call);
[[nodiscard]] Outcome<net::Response> list_association_labels(Call& call);
[[nodiscard]] Outcome<net::Response> create_association_label(Call& call);

// crm_properties.cpp: /crm/v3/properties/{objectType}[/{propertyName}]
[[nodiscard]] Outcome<net::Response> list_properties(Call& call);
[[nodiscard]] Outcome<net::Response> get_property(Call& call);
[[nodiscard]] Outcome<net::Response> create_property(Call& call);
[[nodiscard]] Outcome<net::Response> update_property(Call& call);
[[nodiscard]] Outcome<net::Response> archive_property(Call& call);
[[nodiscard]] Outcome<net::Response> batch_read_properties(Call& call);
[[nodiscard]] Outcome<net::Response> batch_create_properties(Call& call);
[[nodiscard]] Outcome<net::Response> batch_archive_properties(Call& call);

// crm_property_groups.cpp
[[nodiscard]] Outcome<net::Response> list_groups(Call& call);
[[nodiscard]] Outcome<net::Response> get_group(Call& call);
[[nodiscard]] Outcome<net::Response> create_group(Call& call);
[[nodiscard]] Outcome<net::Response> update_group(Call& call);
[[nodiscard]] Outcome<net::Response> archive_group(Call& call);

// crm_settings.cpp: owners, pipelines
[[nodiscard]] Outcome<net::Response> list_owners(Call& call);
[[nodiscard]] Outcome<net::Response> get_owner(Call& call);
[[nodiscard]] Outcome<net::Response> list_pipelines(Call& call);
[[nodiscard]] Outcome<net::Response> get_pipeline(Call& call);
[[nodiscard]] Outcome<net::Response> list_stages(Call& call);

}  // namespace wayleave::sandbox
