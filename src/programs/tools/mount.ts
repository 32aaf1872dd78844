/** mount(8) and umount(8). */
