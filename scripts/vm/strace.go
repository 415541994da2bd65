package main

import "vitrine/kernel/boot"

// attachStrace prints system calls as strace(1) does.
func attachStrace(c *boot.Computer) {}
