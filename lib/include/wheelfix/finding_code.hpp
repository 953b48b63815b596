#pragma once

#include <cstdint>
#include <string_view>

#pragma GCC visibility push(default)
namespace wheelfix {

/// What findings are about. finding_catalogue() says what each means, in this order; a code without its entry
/// there, or out of order, doesn't compile.
enum class FindingCode : std::uint8_t {
  // the archive and its entries
  unreadable,
  inconsistent_archive,
  local_header_mismatch,
  entries_overlap,
  archive_gap,
  stream_unreadable,
  duplicate_entry,
  unflagged_name,
  reserved_name,
  hidden_character,
  binary_comment,
  bad_extra_field,
  folder_with_content,
  special_mode,
  case_fold_twins,
  file_is_directory,
  unsafe_path,
  symlink_entry,
  encrypted_entry,
  unknown_method,
  limit_exceeded,
  damaged_entry,

  // names and metadata
  bad_file_name,
  no_dist_info,
  two_dist_info,
  dist_info_mismatch,
  metadata_mismatch,
  not_utf8,
  metadata_unreadable,
  wheel_file_unreadable,
  stray_header_line,
  wheel_version,
  requires_dist_unreadable,
  requires_python_unreadable,
  entry_points,
  root_is_purelib,
  tags_mismatch,
  build_mismatch,
  data_scheme,
  data_dir_mismatch,
  installed_twice,
  entry_order,

  // RECORD
  record_unreadable,
  record_blank_line,
  record_missing_entry,
  record_missing_row,
  record_hash_mismatch,
  record_size_mismatch,
  record_no_hash,
  record_weak_hash,
  record_hash_form,
  record_duplicate_row,
  record_directory,
  record_self_hash,

  // what patch and repair report
  record_signature,
  second_reader_absent,
  second_reader_died,
  no_longer_loads,
  requires_other_version,

  // what verify --against reports
  receipt_mismatch,
  undeclared_change,
  missing_change,

  // imports
  import_fails,
  program_fails,
  needs_import_first,
  missing_library,
  overridden_library,
  undefined_symbol,
  missing_version,
  needs_driver,
  needs_redistributable,
  bad_library,

  // tags
  tag_of_no_python,
  extension_suffix,
  not_abi3,
  not_stable_abi,
  suffix_of_one_python,
  python_library,
  wrong_machine,
  missing_slice,
  wrong_libc,
  glibc_too_new,
  libstdcxx_too_new,
  zlib_too_new,
  macos_too_new,
  any_with_libraries,
  platform_without_library,
  not_examined,

  // search paths
  rpath_outside,
  rpath_relative,
  rpath_file,
  rpath_and_runpath,

  // CUDA
  cuda_mismatch,
  cudnn_mismatch,
  two_cuda_majors,
  cuda_label,

  // this machine
  host_no_driver,
  host_no_gpu,
  host_driver_too_old,
  host_no_kernel_image,
  host_ptx_too_new,
  host_cuda_fails,
  host_driver_path,
  host_library,
  host_cuda,
  host_not_asked,

  // another Python
  wrong_python,
  wrong_abi,
  wrong_platform,
  requires_python,

  // installed packages
  no_metadata,
  no_record,
  two_versions,
  half_deleted,
  python_fails,
  foreign_modules,
  no_distributions,
  unowned_package,
  file_missing,
  file_unreadable,
  file_changed,
};

/// The name that commands print and take: stable, lower case, words joined by `-`.
std::string_view to_string(FindingCode code) noexcept;

}  // namespace wheelfix
#pragma GCC visibility pop
