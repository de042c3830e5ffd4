// The world's sockets: how bytes and their ends travel.
#include <utility>

#include "base/limits.hpp"
#include "tests/sim/world/world.hpp"

namespace warren::sim {
namespace {

// A session may add this to its output after it was beyond the bound: what one input asks for.
constexpr std::size_t kOutputSlackBytes = 4 << 20;
constexpr Micros kStallMax = 400 * kMilli;

void append_output(Stream& to, const broker::session::Output& output) {
  const std::string_view bytes = output.bytes().view();
  std::size_t at = 0;
  for (const broker::session::BodyPiece& piece : output.pieces()) {
    to.append(bytes.substr(at, piece.before - at));
    to.append(piece.message->body().substr(piece.first, piece.bytes));
    at = piece.before;
  }
  to.append(bytes.substr(at));
}

}  // namespace

std::uint32_t World::join(Endpoint& endpoint) {
  endpoints_.push_back(&endpoint);
  return static_cast<std::uint32_t>(endpoints_.size() - 1);
}

SocketNumber World::connect(std::uint32_t endpoint, std::uint32_t shard) {
  SimShard& home = shards_[shard];
  const auto number = static_cast<SocketNumber>(sockets_.size());
  Socket& socket = sockets_.emplace_back();
  socket.session = SessionId(std::uint64_t{home.index} << kShardShift | ++home.sessions_given);
  socket.shard = shard;
  socket.endpoint = endpoint;
  home.sockets.push_back(number);
  if (!up_) {
    socket.server_done = true;
    events_.add(scene_.now + 1, EventKind::ended, number);
    return number;
  }
  feed(shard, node::Accepted{socket.session, {fmt::format("client {} socket {}", endpoint, number), true}});
  return number;
}

Micros World::byte_delay() {
  Micros delay = 1 + below(rng_, network_.byte_delay_max);
  if (network_.stall_each != 0 && rng_.one_in(network_.stall_each)) {
    delay += below(rng_, kStallMax);
    scene_.marks.hit(Mark::socket_stalled);
  }
  return delay;
}

// ---- from the client to the server ----

void World::send(SocketNumber number, std::string_view bytes) {
  Socket& socket = sockets_[number];
  if (socket.client_done || socket.server_done || bytes.empty()) return;
  socket.up.append(bytes);
  plan_up(number);
}

void World::plan_up(SocketNumber number) {
  Socket& socket = sockets_[number];
  if (socket.up_planned || socket.up.empty() || !socket.server_reads || socket.server_done) return;
  socket.up_planned = true;
  events_.add(scene_.now + byte_delay(), EventKind::up, number);
}

void World::on_up(SocketNumber number) {
  Socket& socket = sockets_[number];
  socket.up_planned = false;
  if (socket.up.empty() || !socket.server_reads || socket.server_done) return;
  const std::size_t bytes = std::min(piece_of(socket.up.size(), network_, rng_), limits::kReadBytesMax);
  if (bytes == 1) scene_.marks.hit(Mark::one_byte_chunk);
  feed(socket.shard, node::Received{socket.session, socket.up.front(bytes)});
  if (!socket.up.empty()) socket.up.drop(bytes);
  plan_up(number);
}

// ---- from the server to the client ----

void World::begin_write(Socket& socket, SocketNumber number, node::Write& write) {
  if (socket.writing) scene_.fail("one write at a time", "socket {} got a write while another was under way", number);
  if (write.output.size() > limits::kOutputBytesMax + kOutputSlackBytes)
    scene_.fail("bounds", "socket {} has {} bytes of output", number, write.output.size());
  append_output(socket.written, write.output);
  socket.writing = std::move(write.output);
  plan_take(number);
}

void World::plan_take(SocketNumber number) {
  Socket& socket = sockets_[number];
  if (socket.take_planned || !socket.writing) return;
  if (socket.down.size() >= network_.kernel_bytes_max) {
    scene_.marks.hit(Mark::kernel_buffer_full);
    return;
  }
  socket.take_planned = true;
  events_.add(scene_.now + 1, EventKind::take, number);
}

void World::on_take(SocketNumber number) {
  Socket& socket = sockets_[number];
  socket.take_planned = false;
  if (!socket.writing) return;
  const std::size_t room = network_.kernel_bytes_max - std::min(network_.kernel_bytes_max, socket.down.size());
  const std::size_t bytes = std::min(room, socket.written.size());
  socket.down.append(socket.written.front(bytes));
  socket.written.drop(bytes);
  plan_down(number);
  if (!socket.written.empty()) return plan_take(number);
  const std::size_t whole = socket.writing->size();
  broker::session::Output emptied = std::move(*socket.writing);
  socket.writing.reset();
  feed(socket.shard, node::Sent{socket.session, whole, std::move(emptied)});
  if (socket.closing && !socket.writing) close(number);
}

void World::plan_down(SocketNumber number) {
  Socket& socket = sockets_[number];
  if (socket.down_planned || socket.down.empty() || !socket.client_reads || socket.client_done) return;
  socket.down_planned = true;
  events_.add(scene_.now + byte_delay(), EventKind::down, number);
}

void World::on_down(SocketNumber number) {
  Socket& socket = sockets_[number];
  socket.down_planned = false;
  if (socket.down.empty() || !socket.client_reads || socket.client_done) return;
  const std::size_t bytes = piece_of(socket.down.size(), network_, rng_);
  const std::string piece(socket.down.front(bytes));
  socket.down.drop(bytes);
  plan_take(number);
  plan_down(number);
  if (socket.server_done && socket.down.empty()) events_.add(scene_.now + 1, EventKind::ended, number);
  endpoints_[socket.endpoint]->on_bytes(number, piece);
}

void World::set_reading(SocketNumber number, bool on) {
  sockets_[number].client_reads = on;
  plan_down(number);
}

// ---- ends ----

void World::close(SocketNumber number) {
  Socket& socket = sockets_[number];
  if (std::exchange(socket.server_done, true)) return;
  scene_.tell("socket {} is closed by the server", number);
  socket.up.clear();
  events_.add(scene_.now, EventKind::reset, number);
  if (socket.down.empty()) events_.add(scene_.now + 1, EventKind::ended, number);
}

void World::on_ended(SocketNumber number) {
  Socket& socket = sockets_[number];
  if (std::exchange(socket.client_done, true)) return;
  endpoints_[socket.endpoint]->on_ended(number, false);
}

void World::reset(SocketNumber number, bool tell_client) {
  Socket& socket = sockets_[number];
  const bool client_knew = std::exchange(socket.client_done, true);
  const bool server_knew = std::exchange(socket.server_done, true);
  if (!server_knew) {
    scene_.tell("socket {} is cut{}", number, socket.writing ? " in the middle of a write" : "");
    if (socket.writing) scene_.marks.hit(Mark::write_cut_short);
    events_.add(scene_.now + 1 + below(rng_, network_.byte_delay_max), EventKind::reset, number);
  }
  socket.up.clear();
  socket.down.clear();
  socket.written.clear();
  socket.writing.reset();
  if (tell_client && !client_knew) endpoints_[socket.endpoint]->on_ended(number, true);
}

// The server's end is gone. What it had sent may still arrive.
void World::lose_socket(SocketNumber number) {
  Socket& socket = sockets_[number];
  socket.up.clear();
  socket.written.clear();
  socket.writing.reset();
  if (std::exchange(socket.server_done, true)) return;
  if (rng_.one_in(2)) socket.down.clear();
  if (socket.down.empty()) events_.add(scene_.now + 1 + below(rng_, network_.byte_delay_max), EventKind::ended, number);
}

bool World::cut_one() {
  std::vector<SocketNumber> open;
  for (SocketNumber number = 0; number < sockets_.size(); ++number)
    if (!sockets_[number].spared && !sockets_[number].server_done && !sockets_[number].client_done)
      open.push_back(number);
  if (open.empty()) return false;
  reset(open[rng_.below(open.size())], true);
  return true;
}

}  // namespace warren::sim
