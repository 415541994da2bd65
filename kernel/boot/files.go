package boot

import (
	"errors"

	"vitrine/kernel/abi"
	"vitrine/kernel/fs/ext2"
	"vitrine/kernel/vfs"
)

// installFiles registers the file systems and says how the root is mounted.
func (c *Computer) installFiles() {
	c.disk = &disk{m: c.M}
	c.ext2 = ext2.New(c.disk)
	c.K.VFS.Register(vfs.Ext2, c.ext2)
	c.K.MountRoot = c.mountRoot
}

// mountRoot mounts the disk's first partition as the root.
func (c *Computer) mountRoot() error {
	if e := c.disk.probe(); e != abi.OK {
		return errors.New(e.Error())
	}
	if e := c.K.VFS.MountRoot(vfs.Ext2, "/dev/sda1", false); e != abi.OK {
		return errors.New(e.Error())
	}
	return nil
}
