package main

import (
	"bytes"
	"fmt"
)

// archive is a cpio archive in the "newc" form. Linux Documentation/driver-api/early-userspace/buffer-format.rst
type archive struct {
	b     bytes.Buffer
	inode int
}

// Types of files in a mode, as in Linux include/uapi/linux/stat.h.
const (
	typeFolder = 0o040000
	typeFile   = 0o100000
	typeLink   = 0o120000
	typeChar   = 0o020000
)

// add appends a file; major and minor are a device's. Nothing in an entry depends on when and by whom it is made.
func (a *archive) add(name string, mode int, content []byte, major, minor int) {
	a.inode++
	fmt.Fprintf(&a.b, "070701%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x", a.inode, mode, 0, 0, 1, 0, len(content),
		0, 0, major, minor, len(name)+1, 0)
	a.b.WriteString(name + "\x00")
	a.pad()
	a.b.Write(content)
	a.pad()
}

// pad goes on at a multiple of four.
func (a *archive) pad() {
	for a.b.Len()%4 != 0 {
		a.b.WriteByte(0)
	}
}

// close ends the archive and returns it.
func (a *archive) close() []byte {
	a.inode = -1
	a.add("TRAILER!!!", 0, nil, 0, 0)
	return a.b.Bytes()
}
