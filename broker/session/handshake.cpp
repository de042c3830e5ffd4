// From the protocol header to connection.open-ok (amqp.md 2).
#include <fmt/core.h>

#include <algorithm>

#include "broker/session/authentication.hpp"
#include "broker/session/session.hpp"

namespace warren::broker::session {
namespace {

using amqp::ReplyCode;

// A client that breaks the rules before it is let in waits this long, so that guessing is slow.
constexpr std::int64_t kDamper_ms = 3000;

constexpr std::string_view kProduct = "RabbitMQ";
// The release of RabbitMQ whose behaviour is meant where clients ask for the version.
constexpr std::string_view kVersion = "3.13.7";

constexpr std::string_view kCapabilities[] = {
    "publisher_confirms",           "exchange_exchange_bindings", "basic.nack",
    "consumer_cancel_notify",       "connection.blocked",         "consumer_priorities",
    "authentication_failure_close", "per_consumer_qos",           "direct_reply_to",
};

amqp::Table server_properties(const SessionSettings& settings, const Catalog& catalog) {
  amqp::Table capabilities;
  for (const std::string_view capability : kCapabilities) capabilities.set(capability, true);
  amqp::Table properties;
  properties.set("capabilities", std::move(capabilities));
  const std::string& agreed = catalog.cluster_name();
  properties.set("cluster_name", std::string_view(agreed.empty() ? settings.cluster_name : agreed));
  properties.set("copyright", "The authors of Warren");
  properties.set("information", "Warren, a clustered AMQP 0-9-1 broker");
  properties.set("platform", "C++20");
  properties.set("product", kProduct);
  properties.set("version", kVersion);
  return properties;
}

bool capable(const amqp::Table& capabilities, std::string_view name) {
  const amqp::Value* value = capabilities.find(name);
  const bool* held = value == nullptr ? nullptr : value->get<bool>();
  return held != nullptr && *held;
}

ClientCapabilities read_capabilities(const amqp::Table& properties) {
  const amqp::Value* value = properties.find("capabilities");
  const amqp::Table* table = value == nullptr ? nullptr : value->get<amqp::Table>();
  if (table == nullptr) return {};
  return {capable(*table, "authentication_failure_close"), capable(*table, "consumer_cancel_notify"),
          capable(*table, "connection.blocked")};
}

// Whether a value of tune-ok lies within what the server offered; zero means "no limit" on both sides (amqp.md 1.5).
template <class Number>
bool within_offer(Number offered, Number chosen, Number least) {
  if (chosen == 0) return offered == 0;
  return chosen >= least && (offered == 0 || chosen <= offered);
}

}  // namespace

void Session::send_start(SessionContext& context) {
  std::string mechanisms;
  for (const std::string& mechanism : context.settings.auth_mechanisms)
    mechanisms.append(mechanisms.empty() ? "" : " ").append(mechanism);
  core_.send(0, amqp::ConnectionStart{.version_major = 0,
                                      .version_minor = 9,
                                      .server_properties = server_properties(context.settings, context.catalog),
                                      .mechanisms = mechanisms,
                                      .locales = "en_US"});
  state_ = State::starting;
}

void Session::on_handshake(const amqp::Method& method, SessionContext& context) {
  const auto* start_ok = std::get_if<amqp::ConnectionStartOk>(&method);
  const auto* tune_ok = std::get_if<amqp::ConnectionTuneOk>(&method);
  const auto* open = std::get_if<amqp::ConnectionOpen>(&method);
  const auto* secure_ok = std::get_if<amqp::ConnectionSecureOk>(&method);
  if (state_ == State::starting && start_ok != nullptr) return on_start_ok(*start_ok, context);
  if (state_ == State::securing && secure_ok != nullptr) return on_secure_ok(*secure_ok, context);
  if (state_ == State::tuning && tune_ok != nullptr) return on_tune_ok(*tune_ok, context);
  if (state_ == State::opening && open != nullptr) return on_open(*open, context);
  if (state_ == State::opening)
    return fail_connection(ReplyCode::channel_error, "unexpected method in connection state opening",
                           amqp::method_id(method), context);
  mute(context, kDamper_ms);
}

void Session::on_start_ok(const amqp::ConnectionStartOk& method, SessionContext& context) {
  core_.capabilities = read_capabilities(method.client_properties);
  core_.mechanism = std::string(method.mechanism);
  if (method.mechanism == kChallengeMechanism && offered(context.settings, kChallengeMechanism)) {
    core_.user = std::string(method.response);
    core_.send(0, amqp::ConnectionSecure{.challenge = kChallenge});
    state_ = State::securing;
    return;
  }
  admit(authenticate(method.mechanism, method.response, core_.peer.loopback, context.catalog, context.settings),
        context);
}

void Session::on_secure_ok(const amqp::ConnectionSecureOk& method, SessionContext& context) {
  admit(answer_challenge(core_.user, method.response, core_.peer.loopback, context.catalog, context.settings), context);
}

void Session::admit(const Authentication& who, SessionContext& context) {
  if (!who.log.empty()) context.log.push_back("closing connection " + core_.peer.name + ": " + who.log);
  if (who.result == AuthenticationResult::accepted) {
    core_.user = who.user;
    const UserDefinition* user = context.catalog.find_user(who.user);
    core_.impersonator = std::find(user->tags.begin(), user->tags.end(), "impersonator") != user->tags.end();
    core_.send(0, amqp::ConnectionTune{.channel_max = context.settings.channel_max,
                                       .frame_max = context.settings.frame_max,
                                       .heartbeat = context.settings.heartbeat_s});
    state_ = State::tuning;
    return;
  }
  if (who.result == AuthenticationResult::refused && core_.capabilities.authentication_failure_close) {
    const std::string text = fmt::format(
        "Login was refused using authentication mechanism {}. For details see the broker logfile.", core_.mechanism);
    fail_connection(ReplyCode::access_refused, text, {0, 0}, context);
  }
  mute(context, kDamper_ms);
}

void Session::on_tune_ok(const amqp::ConnectionTuneOk& method, SessionContext& context) {
  const SessionSettings& settings = context.settings;
  constexpr std::uint16_t kChannelsMin = 1;
  if (!within_offer(settings.channel_max, method.channel_max, kChannelsMin) ||
      !within_offer(settings.frame_max, method.frame_max, limits::kFrameBytesMin)) {
    context.log.push_back(fmt::format(
        "closing connection {}: negotiated channel_max = {}, frame_max = {}, allowed are at most {} and {} to {}",
        core_.peer.name, method.channel_max, method.frame_max, settings.channel_max, limits::kFrameBytesMin,
        settings.frame_max));
    return mute(context, kDamper_ms);
  }
  core_.channel_max = method.channel_max;
  core_.frame_max = method.frame_max;
  core_.heartbeat_s = method.heartbeat;
  reader_.set_frame_max(method.frame_max);
  state_ = State::opening;
  arm_heartbeat(context.now);
}

void Session::on_open(const amqp::ConnectionOpen& method, SessionContext& context) {
  const VhostDefinition* vhost = context.catalog.find_vhost(method.virtual_host);
  if (vhost == nullptr)
    return fail_connection(ReplyCode::not_allowed, fmt::format("vhost {} not found", method.virtual_host), method.id,
                           context);
  const std::optional<std::uint32_t> limit = vhost->limits.connections;
  if (limit && context.connections != nullptr && context.connections->all(vhost->id) >= *limit)
    return fail_connection(ReplyCode::not_allowed,
                           fmt::format("access to vhost '{}' refused for user '{}': connection limit ({}) is reached",
                                       vhost->name, core_.user, *limit),
                           method.id, context);
  if (context.catalog.find_permission(vhost->id, core_.user) == nullptr)
    return fail_connection(ReplyCode::not_allowed,
                           fmt::format("access to vhost '{}' refused for user '{}'", vhost->name, core_.user),
                           method.id, context);
  core_.vhost = vhost->id;
  core_.vhost_name = vhost->name;
  core_.send(0, amqp::ConnectionOpenOk{});
  state_ = State::running;
  deadline_ms_ = kNever;
  arm_consumer_timeout(context);
}

void Session::on_connection_frame(const amqp::Frame& frame, SessionContext& context) {
  amqp::Method method;
  const amqp::DecodeStatus status = amqp::decode_method(frame.payload, method);
  if (state_ == State::starting || state_ == State::securing || state_ == State::tuning || state_ == State::opening) {
    if (status != amqp::DecodeStatus::ok) return mute(context, kDamper_ms);
    return on_handshake(method, context);
  }
  if (std::holds_alternative<amqp::ConnectionCloseOk>(method) && state_ == State::closing) {
    cut_ = true;
    return;
  }
  if (std::holds_alternative<amqp::ConnectionClose>(method)) {
    if (state_ == State::closing || state_ == State::left) return core_.send(0, amqp::ConnectionCloseOk{});
    if (state_ == State::running) leave_when_idle(context);
    return;
  }
  if (state_ != State::running) return;
  if (status == amqp::DecodeStatus::unknown_method) {
    cut_ = true;
    return;
  }
  if (status != amqp::DecodeStatus::ok)
    return fail_connection(ReplyCode::frame_error, amqp::cannot_decode_text(amqp::method_arguments(frame.payload)),
                           amqp::method_id(frame.payload), context);
  if (std::holds_alternative<amqp::ConnectionUpdateSecret>(method))
    return core_.send(0, amqp::ConnectionUpdateSecretOk{});
  fail_connection(ReplyCode::channel_error, "unexpected method in connection state running",
                  amqp::method_id(frame.payload), context);
}

}  // namespace warren::broker::session
