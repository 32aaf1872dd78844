/** id, whoami, groups. */
