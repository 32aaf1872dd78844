/** nsenter(1) and unshare(1). */
