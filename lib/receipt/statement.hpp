#pragma once

namespace wheelfix {

/// The types of a receipt. Those of wheelfix are names, and lead nowhere: purls, which need no host.
constexpr auto statement_type = "https://in-toto.io/Statement/v1";
constexpr auto provenance_type = "https://slsa.dev/provenance/v1";
constexpr auto receipt_build_type = "pkg:generic/wheelfix#receipt/v1";
constexpr auto receipt_builder = "pkg:generic/wheelfix";

}  // namespace wheelfix
