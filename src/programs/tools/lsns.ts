/** lsns(8) of util-linux. */
