// Runs work that starts servers, so that nothing of it stays behind, however it ends.
#pragma once

namespace sqlbus::test {

// Runs `work` in a process of its own whose temporary folders are all below one, and returns what
// it returned, or 128 + the signal that ended it. Ctrl-C, a crash or the normal end: when this
// returns, every process it started is gone, and so is the folder. To be called before the first
// thread starts.
int supervise(int (*work)(int argc, char** argv), int argc, char** argv);

}  // namespace sqlbus::test
