// SPDX-License-Identifier: Apache-2.0
#include "support/device_json.hpp"

namespace clotho {

NLOHMANN_JSON_SERIALIZE_ENUM(device_type, {{device_type::other, "other"},
                                           {device_type::cpu, "cpu"},
                                           {device_type::gpu, "gpu"},
                                           {device_type::accelerator, "accelerator"}})

void to_json(nlohmann::json& to, const version& from) {
  to = std::to_string(from.major) + "." + std::to_string(from.minor);
}
void from_json(const nlohmann::json& from, version& to) { to = parse_version(from.get<std::string>()); }

namespace {

// One list of the members for both directions. `visit` gets each name and member.
template <class Info, class Visit> void visit_members(Info& info, Visit visit) {
#define CLOTHO_MEMBER(name) visit(#name, info.name)
  CLOTHO_MEMBER(platform_name), CLOTHO_MEMBER(platform_vendor), CLOTHO_MEMBER(platform_version);
  CLOTHO_MEMBER(name), CLOTHO_MEMBER(vendor), CLOTHO_MEMBER(driver_version), CLOTHO_MEMBER(device_version);
  CLOTHO_MEMBER(opencl_c_version), CLOTHO_MEMBER(type), CLOTHO_MEMBER(vendor_id), CLOTHO_MEMBER(opencl);
  CLOTHO_MEMBER(uuid), CLOTHO_MEMBER(extensions), CLOTHO_MEMBER(compute_units), CLOTHO_MEMBER(clock_mhz);
  CLOTHO_MEMBER(global_memory_bytes), CLOTHO_MEMBER(max_allocation_bytes), CLOTHO_MEMBER(local_memory_bytes);
  CLOTHO_MEMBER(local_memory_is_dedicated), CLOTHO_MEMBER(constant_memory_bytes);
  CLOTHO_MEMBER(max_work_group_size), CLOTHO_MEMBER(max_work_item_sizes), CLOTHO_MEMBER(max_parameter_bytes);
  CLOTHO_MEMBER(base_address_align_bytes), CLOTHO_MEMBER(printf_buffer_bytes);
  CLOTHO_MEMBER(timer_resolution_ns), CLOTHO_MEMBER(available), CLOTHO_MEMBER(compiler_available);
  CLOTHO_MEMBER(little_endian), CLOTHO_MEMBER(full_profile), CLOTHO_MEMBER(unified_memory);
  CLOTHO_MEMBER(images), CLOTHO_MEMBER(image2d_max), CLOTHO_MEMBER(image3d_max), CLOTHO_MEMBER(fp64);
  CLOTHO_MEMBER(fp16), CLOTHO_MEMBER(spirv), CLOTHO_MEMBER(non_uniform_groups), CLOTHO_MEMBER(out_of_order);
  CLOTHO_MEMBER(svm_coarse), CLOTHO_MEMBER(svm_fine), CLOTHO_MEMBER(max_sub_devices);
  CLOTHO_MEMBER(sub_device), CLOTHO_MEMBER(platform_index), CLOTHO_MEMBER(index);
#undef CLOTHO_MEMBER
}

} // namespace

void to_json(nlohmann::json& to, const device_info& from) {
  to = nlohmann::json::object();
  visit_members(from, [&](const char* name, const auto& member) { to[name] = member; });
}

void from_json(const nlohmann::json& from, device_info& to) {
  visit_members(to, [&](const char* name, auto& member) { from.at(name).get_to(member); });
}

void to_json(nlohmann::json& to, const platform_problem& from) {
  to = {{"platform", from.platform}, {"what", from.what}};
}

void from_json(const nlohmann::json& from, platform_problem& to) {
  from.at("platform").get_to(to.platform), from.at("what").get_to(to.what);
}

nlohmann::json tool::to_json(const quirk_set& quirks) {
  nlohmann::json list = nlohmann::json::array();
  for (const quirk* entry : quirks.all()) {
    nlohmann::json item{{"id", entry->id},
                        {"action", to_string(entry->action)},
                        {"reason", entry->reason},
                        {"source", entry->source}};
    if (entry->value) item["value"] = *entry->value;
    list.push_back(std::move(item));
  }
  return list;
}

} // namespace clotho
