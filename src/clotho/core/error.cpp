// SPDX-License-Identifier: Apache-2.0
#include <clotho/core/error.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace clotho {
namespace {

using code_entry = std::pair<int, const char*>;

// The OpenCL 3.0 specification, appendix "Return codes", and the extensions a user is likely to meet.
constexpr std::array code_names{
    code_entry{0, "CL_SUCCESS"},
    code_entry{-1, "CL_DEVICE_NOT_FOUND"},
    code_entry{-2, "CL_DEVICE_NOT_AVAILABLE"},
    code_entry{-3, "CL_COMPILER_NOT_AVAILABLE"},
    code_entry{-4, "CL_MEM_OBJECT_ALLOCATION_FAILURE"},
    code_entry{-5, "CL_OUT_OF_RESOURCES"},
    code_entry{-6, "CL_OUT_OF_HOST_MEMORY"},
    code_entry{-7, "CL_PROFILING_INFO_NOT_AVAILABLE"},
    code_entry{-8, "CL_MEM_COPY_OVERLAP"},
    code_entry{-9, "CL_IMAGE_FORMAT_MISMATCH"},
    code_entry{-10, "CL_IMAGE_FORMAT_NOT_SUPPORTED"},
    code_entry{-11, "CL_BUILD_PROGRAM_FAILURE"},
    code_entry{-12, "CL_MAP_FAILURE"},
    code_entry{-13, "CL_MISALIGNED_SUB_BUFFER_OFFSET"},
    code_entry{-14, "CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST"},
    code_entry{-15, "CL_COMPILE_PROGRAM_FAILURE"},
    code_entry{-16, "CL_LINKER_NOT_AVAILABLE"},
    code_entry{-17, "CL_LINK_PROGRAM_FAILURE"},
    code_entry{-18, "CL_DEVICE_PARTITION_FAILED"},
    code_entry{-19, "CL_KERNEL_ARG_INFO_NOT_AVAILABLE"},
    code_entry{-30, "CL_INVALID_VALUE"},
    code_entry{-31, "CL_INVALID_DEVICE_TYPE"},
    code_entry{-32, "CL_INVALID_PLATFORM"},
    code_entry{-33, "CL_INVALID_DEVICE"},
    code_entry{-34, "CL_INVALID_CONTEXT"},
    code_entry{-35, "CL_INVALID_QUEUE_PROPERTIES"},
    code_entry{-36, "CL_INVALID_COMMAND_QUEUE"},
    code_entry{-37, "CL_INVALID_HOST_PTR"},
    code_entry{-38, "CL_INVALID_MEM_OBJECT"},
    code_entry{-39, "CL_INVALID_IMAGE_FORMAT_DESCRIPTOR"},
    code_entry{-40, "CL_INVALID_IMAGE_SIZE"},
    code_entry{-41, "CL_INVALID_SAMPLER"},
    code_entry{-42, "CL_INVALID_BINARY"},
    code_entry{-43, "CL_INVALID_BUILD_OPTIONS"},
    code_entry{-44, "CL_INVALID_PROGRAM"},
    code_entry{-45, "CL_INVALID_PROGRAM_EXECUTABLE"},
    code_entry{-46, "CL_INVALID_KERNEL_NAME"},
    code_entry{-47, "CL_INVALID_KERNEL_DEFINITION"},
    code_entry{-48, "CL_INVALID_KERNEL"},
    code_entry{-49, "CL_INVALID_ARG_INDEX"},
    code_entry{-50, "CL_INVALID_ARG_VALUE"},
    code_entry{-51, "CL_INVALID_ARG_SIZE"},
    code_entry{-52, "CL_INVALID_KERNEL_ARGS"},
    code_entry{-53, "CL_INVALID_WORK_DIMENSION"},
    code_entry{-54, "CL_INVALID_WORK_GROUP_SIZE"},
    code_entry{-55, "CL_INVALID_WORK_ITEM_SIZE"},
    code_entry{-56, "CL_INVALID_GLOBAL_OFFSET"},
    code_entry{-57, "CL_INVALID_EVENT_WAIT_LIST"},
    code_entry{-58, "CL_INVALID_EVENT"},
    code_entry{-59, "CL_INVALID_OPERATION"},
    code_entry{-60, "CL_INVALID_GL_OBJECT"},
    code_entry{-61, "CL_INVALID_BUFFER_SIZE"},
    code_entry{-62, "CL_INVALID_MIP_LEVEL"},
    code_entry{-63, "CL_INVALID_GLOBAL_WORK_SIZE"},
    code_entry{-64, "CL_INVALID_PROPERTY"},
    code_entry{-65, "CL_INVALID_IMAGE_DESCRIPTOR"},
    code_entry{-66, "CL_INVALID_COMPILER_OPTIONS"},
    code_entry{-67, "CL_INVALID_LINKER_OPTIONS"},
    code_entry{-68, "CL_INVALID_DEVICE_PARTITION_COUNT"},
    code_entry{-69, "CL_INVALID_PIPE_SIZE"},
    code_entry{-70, "CL_INVALID_DEVICE_QUEUE"},
    code_entry{-71, "CL_INVALID_SPEC_ID"},
    code_entry{-72, "CL_MAX_SIZE_RESTRICTION_EXCEEDED"},
    code_entry{-1000, "CL_INVALID_GL_SHAREGROUP_REFERENCE_KHR"},
    code_entry{-1001, "CL_PLATFORM_NOT_FOUND_KHR"},
    code_entry{-1057, "CL_DEVICE_PARTITION_FAILED_EXT"},
    code_entry{-1058, "CL_INVALID_PARTITION_COUNT_EXT"},
    code_entry{-1059, "CL_INVALID_PARTITION_NAME_EXT"},
    code_entry{-1138, "CL_INVALID_COMMAND_BUFFER_KHR"},
    code_entry{-1139, "CL_INVALID_SYNC_POINT_WAIT_LIST_KHR"},
    code_entry{-1140, "CL_INCOMPATIBLE_COMMAND_QUEUE_KHR"},
    code_entry{-9999, "CL_ILLEGAL_READ_OR_WRITE_NV"},
};

std::string describe(int code, std::string_view call, std::string_view object) {
  std::string text(call);
  if (code != 0) text += (text.empty() ? "" : ": ") + code_name(code);
  if (!object.empty()) text += " (" + std::string(object) + ")";
  return text;
}

std::string describe(std::string_view program, std::string_view device,
                     const std::vector<diagnostic>& diagnostics, const std::string& log) {
  std::string text = std::string(program) + " does not build for '" + std::string(device) + "'";
  for (const diagnostic& message : diagnostics)
    if (message.level >= severity::error) text += "\n" + to_string(message);
  if (diagnostics.empty())
    text += log.empty() ? "; the compiler left no log" : "; the compiler's log:\n" + log;
  return text;
}

} // namespace

std::string code_name(int code) {
  const auto found =
      std::find_if(code_names.begin(), code_names.end(), [&](auto& e) { return e.first == code; });
  return found != code_names.end() ? found->second : "CL_UNKNOWN_ERROR_" + std::to_string(code);
}

error::error(int code, std::string_view call, std::string_view object)
    : std::runtime_error(describe(code, call, object)), code_(code), call_(call), object_(object) {}

error::error(const std::string& message) : std::runtime_error(message) {}

error::error(const std::string& message, details origin)
    : std::runtime_error(message), code_(origin.code), call_(std::move(origin.call)),
      object_(std::move(origin.object)) {}

device_lost_error::device_lost_error(std::string_view device, const error& shown_by)
    : error("device '" + std::string(device) + "' was lost: " + shown_by.what() +
                "; use another device, or make a new runtime when it is back",
            {shown_by.code(), shown_by.call(), shown_by.object()}),
      device_(device) {}

format_error::format_error(const source_location& where, const std::string& message)
    : error((to_string(where).empty() ? "" : to_string(where) + ": ") + message), where_(where) {}

build_error::build_error(int code, std::string_view program, std::string_view device,
                         std::vector<diagnostic> diagnostics, std::string log)
    : error(describe(program, device, diagnostics, log), {code, "clBuildProgram", std::string(program)}),
      diagnostics_(std::move(diagnostics)), log_(std::move(log)) {}

} // namespace clotho
