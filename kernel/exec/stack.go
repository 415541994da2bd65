package exec

import (
	"vitrine/kernel/abi"
	"vitrine/kernel/mm"
)

// setupArgPages makes the stack's VMA from its top, which is that of user space or randomised, down past the strings, with some room below, and
// writes the strings. Linux fs/exec.c:setup_arg_pages
func (l *Loader) setupArgPages(b *binprm, p *elfProgram) abi.Errno {
	top := p.m.top - b.req.Layout.stackShift(p.m)
	b.p -= mm.TaskSize - top
	start := pageStart(b.p)
	limit := pageStart(b.req.Limits.Stack)
	base := start - stackRoom
	if top-start+stackRoom > limit {
		base = top - limit
	}
	base = min(base, start)
	prot := uint32(abi.PROT_READ | abi.PROT_WRITE)
	if p.execStack {
		prot |= abi.PROT_EXEC
	}
	const flags = abi.MAP_PRIVATE | abi.MAP_ANONYMOUS | abi.MAP_FIXED | abi.MAP_GROWSDOWN
	if _, e := l.mm.Map(b.res.Space, base, top-base, prot, flags, 0, 0); e != abi.OK {
		return e
	}
	return l.writeStrings(b)
}

// writeStrings puts argv, envp and the file name where p was counted down for them: the arguments lowest, the file
// name on top, under eight zero bytes.
func (l *Loader) writeStrings(b *binprm) abi.Errno {
	as := l.mm.AS(b.res.Space)
	var block []byte
	as.ArgStart = b.p
	for _, s := range b.argv {
		block = append(append(block, s...), 0)
	}
	as.ArgEnd = b.p + uint64(len(block))
	as.EnvStart = as.ArgEnd
	for _, s := range b.envp {
		block = append(append(block, s...), 0)
	}
	as.EnvEnd = b.p + uint64(len(block))
	block = append(append(block, b.Filename...), 0)
	return l.mm.CopyOut(b.res.Space, b.p, block)
}

// createELFTables builds what the program finds at RSP: argc, argv, envp, auxv. Above them lie 16 random bytes, the
// platform's name and the strings. Linux fs/binfmt_elf.c:create_elf_tables; psABI x86-64 "Initial Process Stack"
func (l *Loader) createELFTables(b *binprm, p *elfProgram, lay *layout) abi.Errno {
	platform := p.m.platform + "\x00"
	as := l.mm.AS(b.res.Space)
	sp := (b.p - b.req.Layout.stackOffset()) &^ 15
	sp -= uint64(len(platform))
	platformAt := sp
	if e := l.mm.CopyOut(b.res.Space, platformAt, []byte(platform)); e != abi.OK {
		return e
	}
	sp -= uint64(len(b.req.Random))
	randomAt := sp
	if e := l.mm.CopyOut(b.res.Space, randomAt, b.req.Random[:]); e != abi.OK {
		return e
	}
	as.Auxv = nil
	if as.VDSO != 0 {
		as.Auxv = append(as.Auxv, abi.AT_SYSINFO, as.VDSO+b.req.Sysinfo, abi.AT_SYSINFO_EHDR, as.VDSO)
	}
	as.Auxv = append(as.Auxv, auxv(b, p, lay, as.EnvEnd, platformAt, randomAt)...)

	words := []uint64{uint64(b.Argc)}
	words, at := pointers(words, b.argv, as.ArgStart)
	words, _ = pointers(words, b.envp, at)
	sp -= uint64(len(as.Auxv) * p.m.word)
	sp = (sp - uint64(len(words)*p.m.word)) &^ 15
	b.res.SP, as.StartStack = sp, sp
	return l.mm.CopyOut(b.res.Space, sp, p.m.words(append(words, as.Auxv...)))
}

// pointers appends the addresses of strings that lie one after the other from at on, and NULL.
func pointers(words []uint64, list [][]byte, at uint64) ([]uint64, uint64) {
	for _, s := range list {
		words = append(words, at)
		at += uint64(len(s)) + 1
	}
	return append(words, 0), at
}

// auxv is the auxiliary vector behind the vDSO's entries in Linux's order, with the terminating AT_NULL.
func auxv(b *binprm, p *elfProgram, lay *layout, execfn, platform, random uint64) []uint64 {
	secure := uint64(0)
	if b.req.Creds.Secure {
		secure = 1
	}
	var v []uint64
	if b.req.MinSigStack != 0 {
		v = append(v, abi.AT_MINSIGSTKSZ, b.req.MinSigStack)
	}
	c := &b.req.Creds
	flags := uint64(0)
	if b.preserveArgv0 {
		flags |= abi.AT_FLAGS_PRESERVE_ARGV0
	}
	v = append(v,
		abi.AT_HWCAP, b.req.HWCap,
		abi.AT_PAGESZ, pageSize,
		abi.AT_CLKTCK, 100,
		abi.AT_PHDR, lay.phdr,
		abi.AT_PHENT, uint64(p.m.phdr),
		abi.AT_PHNUM, uint64(p.h.Phnum),
		abi.AT_BASE, lay.interpBase,
		abi.AT_FLAGS, flags,
		abi.AT_ENTRY, lay.entry,
		abi.AT_UID, uint64(c.UID),
		abi.AT_EUID, uint64(c.EUID),
		abi.AT_GID, uint64(c.GID),
		abi.AT_EGID, uint64(c.EGID),
		abi.AT_SECURE, secure,
		abi.AT_RANDOM, random,
		abi.AT_HWCAP2, b.req.HWCap2,
		abi.AT_EXECFN, execfn,
		abi.AT_PLATFORM, platform)
	if b.res.ExecFile != 0 {
		v = append(v, abi.AT_EXECFD, uint64(b.res.ExecFD))
	}
	return append(v, abi.AT_NULL, 0)
}
