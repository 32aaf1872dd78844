/** readlink, realpath, basename, dirname, which, stat, find, pwd. */
