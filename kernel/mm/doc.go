// Package mm manages the guest's memory the way Linux's mm/ does: frames, page tables in guest RAM, address spaces
// made of VMAs, demand paging, copy on write, shared mappings, reclaim and swap, and the kernel's copies from and to user
// space.
//
// It knows nothing of files: what stands behind a file mapping is a Pager, which the kernel joins to the page cache.
package mm
