package cpu

import (
	"golang.org/x/arch/x86/x86asm"

	"vitrine/engine/mmu"
)

// Model-specific registers (SDM 4).

var (
	_ = def(Def{Op: x86asm.RDMSR, Ref: "SDM 2B RDMSR", Fn: rdmsrFn, Traits: End | Ring0, Feature: MSR})
	_ = def(Def{Op: x86asm.WRMSR, Ref: "SDM 2D WRMSR", Fn: wrmsrFn, Traits: End | Ring0, Feature: MSR})
	_ = def(Def{Op: x86asm.RDFSBASE, Ref: "SDM 2B RDFSBASE", Fn: baseFn(FS, false), Feature: FSGSBASE})
	_ = def(Def{Op: x86asm.RDGSBASE, Ref: "SDM 2B RDGSBASE", Fn: baseFn(GS, false), Feature: FSGSBASE})
	_ = def(Def{Op: x86asm.WRFSBASE, Ref: "SDM 2D WRFSBASE", Fn: baseFn(FS, true), Feature: FSGSBASE})
	_ = def(Def{Op: x86asm.WRGSBASE, Ref: "SDM 2D WRGSBASE", Fn: baseFn(GS, true), Feature: FSGSBASE})
	_ = def(Def{Op: x86asm.SWAPGS, Ref: "SDM 2B SWAPGS", Fn: swapgsFn, Traits: Ring0, Feature: LongMode})
	_ = def(Def{Op: x86asm.RDTSC, Ref: "SDM 2B RDTSC", Fn: rdtscFn, Traits: End, Feature: TSC})
	_ = def(Def{Op: x86asm.RDPMC, Ref: "SDM 2B RDPMC", Fn: func(c *CPU, _ *Uop) bool { return c.raise(VecGP, 0) }}) // no counters
	_ = def(Def{Op: x86asm.RDTSCP, Ref: "SDM 2B RDTSCP", Fn: rdtscpFn, Traits: End, Feature: RDTSCP})
)

// Numbers of MSRs.
const (
	msrTSC         = 0x10
	msrPlatformID  = 0x17
	msrAPICBase    = 0x1b
	msrBIOSSignID  = 0x8b // revision of the microcode update: there is none
	msrArchCaps    = 0x10a
	msrSysenterCS  = 0x174
	msrSysenterESP = 0x175
	msrSysenterEIP = 0x176
	msrMisc        = 0x1a0
	msrDebugCtl    = 0x1d9
	msrPAT         = 0x277
	msrEFER        = 0xc0000080
	msrSTAR        = 0xc0000081
	msrLSTAR       = 0xc0000082
	msrCSTAR       = 0xc0000083
	msrSFMASK      = 0xc0000084
	msrFSBase      = 0xc0000100
	msrGSBase      = 0xc0000101
	msrKernelGS    = 0xc0000102
	msrTSCAux      = 0xc0000103
)

// miscReset is IA32_MISC_ENABLE after reset: fast string operations, and neither BTS nor PEBS.
const miscReset = 1<<0 | 1<<11 | 1<<12

// msr is where a register lies in the state; nil when there is none or it takes more than a store.
func (c *CPU) msr(n uint32) *uint64 {
	s := &c.S
	switch n {
	case msrSysenterCS:
		return &s.SysenterCS
	case msrSysenterESP:
		return &s.SysenterESP
	case msrSysenterEIP:
		return &s.SysenterEIP
	case msrMisc:
		return &s.Misc
	case msrDebugCtl:
		return &s.DebugCtl
	case msrPAT:
		return &s.PAT
	case msrEFER:
		return &s.EFER
	case msrSTAR:
		return &s.STAR
	case msrLSTAR:
		return &s.LSTAR
	case msrCSTAR:
		return &s.CSTAR
	case msrSFMASK:
		return &s.SFMASK
	case msrFSBase:
		return &s.Seg[FS].Base
	case msrGSBase:
		return &s.Seg[GS].Base
	case msrKernelGS:
		return &s.KernelGSBase
	case msrTSCAux:
		return &s.TSCAux
	}
	return nil
}

func rdmsrFn(c *CPU, u *Uop) bool {
	v := uint64(0)
	switch n := uint32(c.S.R[RCX]); n {
	case msrTSC:
		v = c.tsc()
	case msrPlatformID, msrBIOSSignID:
	case msrArchCaps:
		v = archCaps
	case msrAPICBase:
		if c.apic == nil {
			return c.raise(VecGP, 0)
		}
		v = c.apic.Base()
	default:
		p := c.msr(n)
		if p == nil {
			return c.raise(VecGP, 0)
		}
		v = *p
	}
	c.S.R[RAX], c.S.R[RDX] = v&0xffffffff, v>>32
	return true
}

func wrmsrFn(c *CPU, u *Uop) bool {
	n := uint32(c.S.R[RCX])
	v := c.S.R[RDX]<<32 | c.S.R[RAX]&0xffffffff
	switch n {
	case msrTSC:
		c.S.TSCOffset = v - c.Now()
		return true
	case msrBIOSSignID:
		return true
	case msrAPICBase:
		return c.writeAPICBase(v)
	case msrEFER:
		return c.writeEFER(v)
	case msrDebugCtl:
		if v&^debugBits != 0 {
			return c.raise(VecGP, 0)
		}
	case msrPAT:
		if !validPAT(v) {
			return c.raise(VecGP, 0)
		}
	case msrLSTAR, msrCSTAR, msrFSBase, msrGSBase, msrKernelGS, msrSysenterESP, msrSysenterEIP:
		if !mmu.Canonical(v, 5) {
			return c.raise(VecGP, 0)
		}
	case msrTSCAux:
		v &= 0xffffffff
	}
	p := c.msr(n)
	if p == nil {
		return c.raise(VecGP, 0)
	}
	*p = v
	c.baseChanged()
	return true
}

// archCaps is IA32_ARCH_CAPABILITIES: nothing is executed before its turn here, so what data leaks by on other processors
// does not exist: RDCL_NO, SKIP_L1DFL_VMENTRY, SSB_NO, MDS_NO, IF_PSCHANGE_MC_NO, TAA_NO, SBDR_SSDP_NO, FBSDP_NO, PSDP_NO,
// BHI_NO, PBRSB_NO, GDS_NO, RFDS_NO. A kernel that reads them keeps one set of page tables.
const archCaps = 1<<0 | 1<<3 | 1<<4 | 1<<5 | 1<<6 | 1<<8 | 1<<13 | 1<<14 | 1<<15 | 1<<20 | 1<<24 | 1<<26 | 1<<27

// debugBits are the bits of IA32_DEBUGCTL: LBR, which records nothing here, and BTF.
const debugBits = 1<<0 | debugBTF

// validPAT tells whether each byte is a memory type (SDM 3A "IA32_PAT MSR").
func validPAT(v uint64) bool {
	const types = 1<<0 | 1<<1 | 1<<4 | 1<<5 | 1<<6 | 1<<7
	for ; v != 0; v >>= 8 {
		if t := v & 0xff; t > 7 || types>>t&1 == 0 {
			return false
		}
	}
	return true
}

func (c *CPU) writeEFER(v uint64) bool {
	const writable = EFERSCE | EFERLME | EFERNXE
	if v&^(writable|EFERLMA) != 0 || (v^c.S.EFER)&EFERLME != 0 && c.S.CR0&CR0PG != 0 {
		return c.raise(VecGP, 0)
	}
	c.S.EFER = c.S.EFER&EFERLMA | v&writable
	c.flushGlobal()
	c.modeChanged()
	return true
}

// tsc is the time-stamp counter: it counts the machine's clock.
func (c *CPU) tsc() uint64 { return c.Now() + c.S.TSCOffset }

func rdtscFn(c *CPU, u *Uop) bool {
	if c.S.CR4&CR4TSD != 0 && c.cpl() != 0 {
		return c.raise(VecGP, 0)
	}
	v := c.tsc()
	c.S.R[RAX], c.S.R[RDX] = v&0xffffffff, v>>32
	return true
}

func rdtscpFn(c *CPU, u *Uop) bool {
	if !rdtscFn(c, u) {
		return false
	}
	c.S.R[RCX] = c.S.TSCAux & 0xffffffff
	return true
}

// baseFn makes RDFSBASE and its kin, which CR4.FSGSBASE must allow.
func baseFn(seg uint8, write bool) func(c *CPU, u *Uop) bool {
	return func(c *CPU, u *Uop) bool {
		if !c.mode64() || c.S.CR4&CR4FSGSBASE == 0 {
			return c.raise(VecUD, 0)
		}
		if !write {
			c.setReg(u.Dst, u.Size, c.S.Seg[seg].Base)
			return true
		}
		v := c.reg(u.Dst, u.Size)
		if !mmu.Canonical(v, c.levels()) {
			return c.raise(VecGP, 0)
		}
		c.S.Seg[seg].Base = v
		c.baseChanged()
		return true
	}
}

func swapgsFn(c *CPU, u *Uop) bool {
	if !c.mode64() {
		return c.raise(VecUD, 0)
	}
	c.S.Seg[GS].Base, c.S.KernelGSBase = c.S.KernelGSBase, c.S.Seg[GS].Base
	c.baseChanged()
	return true
}

// baseChanged is told when the base of FS or GS changed.
func (c *CPU) baseChanged() {}
