/** pgrep, pkill, killall, pidof. */
