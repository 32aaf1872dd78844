/** free, uptime, nproc, uname, hostname, df, date, tty, stty, clear, reset, dmesg, top. */
