/** busybox's applets by name: what each runs, and how its shell runs it. */
