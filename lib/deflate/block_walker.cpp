#include "deflate/block_walker.hpp"

#include <algorithm>

namespace wheelfix {

BlockWalker::BlockWalker(const DeflateStream& stream, const Checkpoint& from)
    : bit_base_(from.start.bit / 8 * 8), piece_offset_(from.start.content) {
  const auto source = [&file = *stream.file, at = stream.offset + from.start.bit / 8,
                       end = stream.offset + stream.size](char* buffer, std::size_t size) mutable {
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(size, end - at));
    file.read(at, buffer, count);
    at += count;
    return count;
  };
  decoder_.begin(source, stream.subject, static_cast<unsigned>(from.start.bit % 8), from.window);
}

BlockDecoder::Step BlockWalker::next() {
  piece_offset_ += piece_.size();
  piece_ = {};
  const auto step = decoder_.next();
  piece_ = step.content;
  return step;
}

void BlockWalker::skip_to(const BlockStart& target) {
  while (position().bit < target.bit) next();
}

}  // namespace wheelfix
