#include "server/link/ask_desk.hpp"

#include <boost/asio/post.hpp>
#include <utility>

namespace warren::server {

namespace asio = boost::asio;
using boost::system::error_code;
using cluster::LinkFrame;
using cluster::LinkPurpose;

namespace {

constexpr std::size_t kWaitingMax = 256;
// For a question to come, and to be answered.
constexpr std::chrono::seconds kAnswerWithin{120};

}  // namespace

// A question of this node on its way.
struct AskDesk::Question : std::enable_shared_from_this<Question> {
  Question(AskDesk& its_desk, std::uint64_t number, std::string words, AskOutcome then)
      : desk(its_desk), id(number), text(std::move(words)), outcome(std::move(then)), deadline(desk.context_.io) {}

  void start(const DialTo& to) {
    deadline.expires_after(to.timeout);
    deadline.async_wait([self = shared_from_this()](error_code error) {
      if (!error) self->finish(false, "no answer came in time");
    });
    dial = Dial::start(desk.context_.io, desk.context_.identity, LinkPurpose::ask, to,
                       [this](std::shared_ptr<FrameSocket> fresh, const std::string& trouble) {
                         if (!fresh) return finish(false, trouble);
                         socket = std::move(fresh);
                         send();
                       });
  }
  void send() {
    socket->hand_to({{},
                     [self = shared_from_this()](LinkFrame kind, std::string_view payload) {
                       if (kind == LinkFrame::answer) return self->finish(true, std::string(payload));
                       self->finish(false, kind == LinkFrame::refusal ? cluster::printable(payload)
                                                                      : "the other side does not answer but talk");
                     },
                     [self = shared_from_this()](const std::string& why) { self->finish(false, why); }},
                    cluster::kQuestionBytesMax);
    socket->send(make_frame(LinkFrame::question, text));
  }
  void finish(bool ok, std::string words) {
    if (closed) return;
    // The desk lets go of it.
    const std::shared_ptr<Question> self = shared_from_this();
    const AskOutcome then = std::move(outcome);
    close();
    desk.questions_.erase(id);
    then(ok, std::move(words));
  }
  void close() {
    closed = true;
    deadline.cancel();
    if (dial) dial->cancel();
    if (socket) socket->close();
  }

  AskDesk& desk;
  const std::uint64_t id;
  const std::string text;
  AskOutcome outcome;
  asio::steady_timer deadline;
  std::shared_ptr<Dial> dial;
  std::shared_ptr<FrameSocket> socket;
  bool closed = false;
};

void AskDesk::ask(DialTo to, std::string question, AskOutcome outcome) {
  const std::uint64_t id = ++asks_;
  const auto asked = std::make_shared<Question>(*this, id, std::move(question), std::move(outcome));
  questions_.emplace(id, asked);
  if (asked->text.size() <= cluster::kQuestionBytesMax) return asked->start(to);
  asio::post(context_.io, [asked] { asked->finish(false, "the question is too long"); });
}

void AskDesk::admit(std::shared_ptr<FrameSocket> socket) {
  if (waiting_.size() >= kWaitingMax) {
    socket->send(make_frame(LinkFrame::refusal, "too many others ask"));
    return socket->close_when_written();
  }
  const std::uint64_t id = ++asks_;
  const auto deadline = std::make_shared<asio::steady_timer>(context_.io, kAnswerWithin);
  deadline->async_wait([this, id, weak = std::weak_ptr(deadline)](error_code error) {
    if (!error && !weak.expired()) forget(id);
  });
  socket->hand_to({{},
                   [this, id](LinkFrame kind, std::string_view payload) { on_question(id, kind, payload); },
                   [this, id](const std::string&) { forget(id); }},
                  cluster::kQuestionBytesMax);
  waiting_.emplace(id, Waiting{std::move(socket), deadline});
}

void AskDesk::on_question(std::uint64_t ask, LinkFrame kind, std::string_view payload) {
  const auto found = waiting_.find(ask);
  if (found == waiting_.end()) return;
  if (kind != LinkFrame::question || std::exchange(found->second.asked, true)) return forget(ask);
  context_.events.asked(ask, std::string(payload));
}

void AskDesk::reply(std::uint64_t ask, std::string_view answer) {
  const auto found = waiting_.find(ask);
  if (found == waiting_.end() || !found->second.asked) return;
  const std::shared_ptr<FrameSocket> socket = found->second.socket;
  const bool fits = answer.size() <= cluster::kQuestionBytesMax;
  socket->send(fits ? make_frame(LinkFrame::answer, answer) : make_frame(LinkFrame::refusal, "the answer is too long"));
  socket->close_when_written();
  found->second.deadline->cancel();
  waiting_.erase(found);
}

void AskDesk::forget(std::uint64_t ask) {
  const auto found = waiting_.find(ask);
  if (found == waiting_.end()) return;
  found->second.deadline->cancel();
  found->second.socket->close();
  waiting_.erase(found);
}

void AskDesk::close() {
  for (const auto& [id, question] : std::exchange(questions_, {})) question->close();
  for (const auto& [id, waiting] : std::exchange(waiting_, {})) {
    waiting.deadline->cancel();
    waiting.socket->close();
  }
}

}  // namespace warren::server
