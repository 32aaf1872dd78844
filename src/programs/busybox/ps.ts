/** ps as busybox has it. */
