/** `strace -h`: the part of the real one that is here, and what this machine cannot see. */
export const straceHelp = `Usage: strace [-cfqrtttTyzZ] [-e EXPR]... [-a COLUMN] [-o FILE] [-s STRSIZE]
              [-p PID]... { -p PID | PROG [ARGS] }

General:
  -e EXPR        a qualifying expression: OPTION=[!]all or OPTION=[!]VAL1[,VAL2]...
     options:    trace, signal; abbrev, verbose, raw, status, quiet, decode-fds change nothing

Startup:
  -p PID, --attach=PID
                 trace process with process id PID, may be repeated

Tracing:
  -f, --follow-forks
                 follow forks

Filtering:
  -e trace=[!][?]{{SYSCALL|GROUP|all|/REGEX}|none},
   --trace=[!][?]{{SYSCALL|GROUP|all|/REGEX}|none}
                 trace only specified syscalls.
     groups:     %clock, %creds, %desc, %file, %fstat, %fstatfs %ipc, %lstat,
                 %memory, %net, %process, %pure, %signal, %stat, %%stat,
                 %statfs, %%statfs
  -e signal=SET, --signal=SET
                 print only the signals from SET
  -z, --successful-only
                 print only syscalls that returned without an error code
  -Z, --failed-only
                 print only syscalls that returned with an error code

Output format:
  -a COLUMN, --columns=COLUMN
                 alignment COLUMN for printing syscall results (default 40)
  -o FILE, --output=FILE
                 send trace output to FILE instead of stderr
  -q             suppress messages about attaching and detaching
  -r             print relative timestamp
  -s STRSIZE, --string-limit=STRSIZE
                 limit length of printed strings to STRSIZE chars (default 32)
  -t, -tt, -ttt  print absolute timestamp, with microseconds, as Unix time
  -T             print time spent in each syscall
  -y             accepted; paths of descriptors are not printed

Statistics:
  -c, --summary-only
                 count time, calls, and errors for each syscall and report summary

Miscellaneous:
  -h, --help     print help message
  -V, --version  print version

This machine has what its programs ask of its kernel, and no more: a program's
loading (brk, mmap of libraries) and what a Go runtime does by itself (futex,
epoll_wait, its threads) is not there to be seen. A traced process never stops
at its calls; threads are shown under their process's number.
`;
