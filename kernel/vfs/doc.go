// Package vfs is the virtual file system: inodes, dentries, open files, descriptor tables, mounts, the path walk,
// the page cache and pipes. What a file system or a device does is behind the interfaces of driver.go.
//
// Invariants:
//   - State is plain data; an inode, dentry, file or table is named by its ID and lives in an arena.
//   - A pointer from an arena is dead after the next Alloc in it. Drivers never make inodes, so the *Inode they
//     are given is good for the whole call.
//   - An inode's pages are guest frames. The cache holds one reference of each frame; every mapping holds one more.
//   - Nothing here sleeps. What cannot be done now returns abi.EAGAIN, and WaitKey says what to sleep on.
//
// Read in this order: state.go, driver.go, namei.go, open.go, file.go, page.go.
package vfs
