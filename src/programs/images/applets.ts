/** The names under which the busybox binary is found: those of its applets that are modelled, and those that say that they are not. */
export const applets: readonly string[] = [
  '[', 'arch', 'ash', 'awk', 'basename', 'cat', 'chmod', 'chown', 'clear', 'cp', 'cut', 'date', 'df', 'dirname', 'dmesg', 'du', 'echo', 'env',
  'expr', 'false', 'find', 'free', 'grep', 'head', 'hostname', 'id', 'ip', 'kill', 'killall', 'ln', 'ls', 'md5sum', 'mkdir', 'mkfifo', 'mknod',
  'mktemp', 'mount', 'mv', 'nproc', 'pidof', 'ping', 'printenv', 'printf', 'ps', 'pwd', 'readlink', 'realpath', 'rm', 'rmdir', 'sed', 'seq', 'sh',
  'sleep', 'sort', 'stat', 'stty', 'tail', 'tee', 'test', 'top', 'touch', 'tr', 'true', 'tty', 'umount', 'uname', 'uniq', 'uptime', 'usleep', 'wc',
  'wget', 'which', 'whoami', 'xargs', 'yes',
];
