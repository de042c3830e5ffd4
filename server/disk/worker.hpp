// A thread that does what it is given, one after the other: for work that waits for a disk.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace warren::server {

class Worker {
 public:
  Worker();
  // Finishes everything that was given.
  ~Worker();
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Any thread.
  void give(std::function<void()> work);

 private:
  void run();

  std::mutex mutex_;
  std::condition_variable wanted_;
  std::deque<std::function<void()>> work_;
  bool ending_ = false;
  std::thread thread_;  // last: everything else is there when it starts
};

}  // namespace warren::server
