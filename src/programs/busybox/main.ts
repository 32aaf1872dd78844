/** busybox: one binary under many names, which runs the applet that it is called by. */
