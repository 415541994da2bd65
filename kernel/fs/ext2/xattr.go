package ext2

import (
	"cmp"
	"slices"
	"strings"

	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

// Extended attributes lie in one block of their own, which the inode names: a header, the entries in order of their
// names, a zero word, and at the block's end the values. Linux fs/ext2/xattr.c

// Offsets in the header of an attribute block.
const (
	xaMagicAt  = 0
	xaRefs     = 4
	xaBlocks   = 8
	xaHash     = 12
	xaHead     = 32
	xattrMagic = 0xea020000
)

// Offsets in an entry, whose name follows.
const (
	xeNameLen   = 0
	xeIndex     = 1
	xeOffset    = 2
	xeBlock     = 4
	xeSize      = 8
	xeHash      = 12
	xeName      = 16
	xattrAlign  = 4
	compatXattr = 8 // EXT2_FEATURE_COMPAT_EXT_ATTR
)

// xattrPrefixes are the name spaces by the index that stands for them on the disk; 2 and 3 are access control lists.
var xattrPrefixes = [...]string{1: "user.", 4: "trusted.", 6: "security."}

// Xattrs reads an inode's attributes.
func (fs *FS) Xattrs(v *vfs.VFS, in *vfs.Inode) ([]vfs.Xattr, abi.Errno) {
	if in.ACL == 0 {
		return nil, abi.OK
	}
	o := fs.op(v, in)
	b, err := o.xattrBlock(in.ACL)
	if err != abi.OK {
		return nil, err
	}
	list, err := parseXattrs(b)
	if err != abi.OK {
		return nil, o.damaged("inode %d: bad attributes in block %d", in.Ino, in.ACL)
	}
	return list, abi.OK
}

// xattrBlock reads an attribute block.
func (o op) xattrBlock(block uint32) ([]byte, abi.Errno) {
	if !o.m.valid(block) {
		return nil, o.damaged("attributes in block %d", block)
	}
	b := make([]byte, o.m.BlockSize)
	if err := o.get(o.m.at(block), b); err != abi.OK {
		return nil, err
	}
	if le.Uint32(b[xaMagicAt:]) != xattrMagic || le.Uint32(b[xaBlocks:]) != 1 {
		return nil, o.damaged("bad attributes in block %d", block)
	}
	return b, abi.OK
}

// parseXattrs takes a block apart; attributes of name spaces that are not here are passed over.
func parseXattrs(b []byte) ([]vfs.Xattr, abi.Errno) {
	var list []vfs.Xattr
	for at := xaHead; ; {
		if at+4 > len(b) {
			return nil, abi.EUCLEAN
		}
		if le.Uint32(b[at:]) == 0 {
			return list, abi.OK
		}
		if at+xeName > len(b) || at+xeName+int(b[at+xeNameLen]) > len(b) {
			return nil, abi.EUCLEAN
		}
		e := b[at:]
		name := string(e[xeName : xeName+int(e[xeNameLen])])
		offset, size := uint64(le.Uint16(e[xeOffset:])), uint64(le.Uint32(e[xeSize:]))
		if le.Uint32(e[xeBlock:]) != 0 || offset+size > uint64(len(b)) {
			return nil, abi.EUCLEAN
		}
		if i := int(e[xeIndex]); i < len(xattrPrefixes) && xattrPrefixes[i] != "" {
			list = append(list, vfs.Xattr{Name: xattrPrefixes[i] + name, Value: slices.Clone(b[offset : offset+size])})
		}
		at += (xeName + len(name) + xattrAlign - 1) &^ (xattrAlign - 1)
	}
}

// entry is an attribute as the disk has it.
type xattrEntry struct {
	index byte
	name  string
	value []byte
}

// order is that of the entries in a block. Linux fs/ext2/xattr.c:ext2_xattr_cmp_entry
func (e xattrEntry) order(o xattrEntry) int {
	return cmp.Or(cmp.Compare(e.index, o.index), cmp.Compare(len(e.name), len(o.name)), cmp.Compare(e.name, o.name))
}

// hash is over name and value. Linux fs/ext2/xattr.c:ext2_xattr_hash_entry
func (e xattrEntry) hash() uint32 {
	h := uint32(0)
	for _, c := range []byte(e.name) {
		h = h<<5 ^ h>>27 ^ uint32(c)
	}
	padded := append(slices.Clone(e.value), 0, 0, 0)
	for i := 0; i < len(e.value); i += 4 {
		h = h<<16 ^ h>>16 ^ le.Uint32(padded[i:])
	}
	return h
}

// packXattrs makes a block of a list; ENOSPC when it does not fit.
func packXattrs(list []vfs.Xattr, size uint32) ([]byte, abi.Errno) {
	var entries []xattrEntry
	for _, x := range list {
		for i, prefix := range xattrPrefixes {
			if name, ok := strings.CutPrefix(x.Name, prefix); ok && prefix != "" {
				entries = append(entries, xattrEntry{byte(i), name, x.Value})
			}
		}
	}
	slices.SortFunc(entries, xattrEntry.order)
	b := make([]byte, size)
	le.PutUint32(b[xaMagicAt:], xattrMagic)
	le.PutUint32(b[xaRefs:], 1)
	le.PutUint32(b[xaBlocks:], 1)
	at, end, sum, whole := xaHead, int(size), uint32(0), true
	for _, e := range entries {
		next := at + (xeName+len(e.name)+xattrAlign-1)&^(xattrAlign-1)
		start := end - (len(e.value)+xattrAlign-1)&^(xattrAlign-1)
		if next+4 > start {
			return nil, abi.ENOSPC
		}
		b[at+xeNameLen], b[at+xeIndex] = byte(len(e.name)), e.index
		if len(e.value) > 0 {
			le.PutUint16(b[at+xeOffset:], uint16(start))
		}
		le.PutUint32(b[at+xeSize:], uint32(len(e.value)))
		le.PutUint32(b[at+xeHash:], e.hash())
		copy(b[at+xeName:], e.name)
		copy(b[start:], e.value)
		sum = sum<<16 ^ sum>>16 ^ e.hash()
		whole = whole && e.hash() != 0
		at, end = next, start
	}
	if whole {
		le.PutUint32(b[xaHash:], sum)
	}
	return b, abi.OK
}

// SetXattrs writes an inode's attributes. Linux fs/ext2/xattr.c:ext2_xattr_set2
func (fs *FS) SetXattrs(v *vfs.VFS, in *vfs.Inode, list []vfs.Xattr) abi.Errno {
	o := fs.op(v, in)
	o.modify()
	if len(list) == 0 {
		return o.dropXattrs(in)
	}
	b, err := packXattrs(list, o.m.BlockSize)
	if err != abi.OK {
		return err
	}
	if in.ACL != 0 && o.sharesXattrs(in.ACL) {
		if err := o.dropXattrs(in); err != abi.OK {
			return err
		}
	}
	if in.ACL == 0 {
		block, err := o.newBlock(in, o.goal(in, 0), false)
		if err != abi.OK {
			return err
		}
		in.ACL, in.Dirty = block, true
	}
	if err := o.put(o.m.at(in.ACL), b); err != abi.OK {
		return err
	}
	return o.xattrFeature()
}

// sharesXattrs tells whether another inode has the same attribute block, as other systems do when attributes are equal.
func (o op) sharesXattrs(block uint32) bool {
	refs, err := o.get32(o.m.at(block) + xaRefs)
	return err == abi.OK && refs > 1
}

// dropXattrs lets go of an inode's attribute block. Linux fs/ext2/xattr.c:ext2_xattr_delete_inode
func (o op) dropXattrs(in *vfs.Inode) abi.Errno {
	block := in.ACL
	if block == 0 {
		return abi.OK
	}
	if _, err := o.xattrBlock(block); err != abi.OK {
		return err
	}
	refs, err := o.get32(o.m.at(block) + xaRefs)
	if err != abi.OK {
		return err
	}
	in.ACL, in.Dirty = 0, true
	if refs > 1 {
		in.Sects -= min(in.Sects, uint64(o.m.BlockSize/512))
		return o.put32(o.m.at(block)+xaRefs, refs-1)
	}
	return o.freeBlock(in, block)
}

// xattrFeature notes in the super block that there are attributes.
func (o op) xattrFeature() abi.Errno {
	features, err := o.get32(superAt + sCompat)
	if err != abi.OK || features&compatXattr != 0 {
		return err
	}
	return o.put32(superAt+sCompat, features|compatXattr)
}
