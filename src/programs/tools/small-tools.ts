/** true, false, yes, seq, sleep, env, printenv. */
