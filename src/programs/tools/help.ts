/** help: what there is to try here. */
