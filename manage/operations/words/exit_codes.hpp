// How a command ends, as in sysexits.h; the numbers are those of rabbitmqctl (management.md 3.3).
#pragma once

namespace warren::manage {

inline constexpr int kOk = 0;
inline constexpr int kUsage = 64;
inline constexpr int kDataError = 65;
inline constexpr int kNoUser = 67;
inline constexpr int kUnavailable = 69;
inline constexpr int kSoftware = 70;
inline constexpr int kTemporary = 75;
inline constexpr int kConfig = 78;

}  // namespace warren::manage
