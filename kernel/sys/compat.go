package sys

import (
	"encoding/binary"

	"vitrine/kernel"
	"vitrine/kernel/abi"
)

// The i386 system calls: what INT 0x80 asks for. Each names the 64-bit definition that does it and how arguments and
// structures change on the way: "conversions", done in order before each invocation, with what is to be done behind it.
// Linux arch/x86/entry/syscalls/syscall_32.tbl, include/linux/compat.h

// compatCall is one invocation.
type compatCall struct {
	k     *kernel.Kernel
	t     *kernel.Task
	a     kernel.Args
	after []func() abi.Errno
}

// conversion changes arguments of the call.
type conversion func(c *compatCall) abi.Errno

// compatDef is one number.
type compatDef struct {
	nr      uint16
	name    string
	native  int // the 64-bit number; -1 when fn does it all
	fn      kernel.Handler
	convert []conversion
}

var compatDefs []compatDef

// i386 registers number nr as the 64-bit call native behind conversions.
func i386(nr uint16, name string, native int, convert ...conversion) bool {
	compatDefs = append(compatDefs, compatDef{nr: nr, name: name, native: native, convert: convert})
	return true
}

// i386Own registers a call that no 64-bit one does.
func i386Own(nr uint16, name string, fn kernel.Handler) bool {
	compatDefs = append(compatDefs, compatDef{nr: nr, name: name, native: -1, fn: fn})
	return true
}

// CompatTable is all 32-bit system calls whose 64-bit definition is there, numbered from kernel.CompatBase on.
func CompatTable() []kernel.Syscall {
	var native [kernel.CompatBase]*kernel.Syscall
	for i := range table {
		native[table[i].Nr] = &table[i]
	}
	var list []kernel.Syscall
	for i := range compatDefs {
		d := &compatDefs[i]
		s := kernel.Syscall{Nr: kernel.CompatBase + d.nr, Name: d.name, Man: d.name + "(2); arch/x86/entry/syscalls/syscall_32.tbl", Fn: d.fn}
		if d.native >= 0 {
			n := native[d.native]
			if n == nil {
				continue
			}
			s.Man, s.Args, s.Ret, s.OnSignal, s.Fn = n.Man, n.Args, n.Ret, n.OnSignal, n.Fn
			s.Missing, s.Refused = n.Missing, n.Refused
			if len(d.convert) > 0 && n.Fn != nil {
				s.Args = hexArgs(len(n.Args))
				s.Fn = d.handler(n.Fn)
			}
		}
		list = append(list, s)
	}
	return list
}

// hexArgs names converted arguments for strace, which knows the 64-bit structures only.
func hexArgs(n int) []kernel.Arg {
	list := make([]kernel.Arg, n)
	for i := range list {
		list[i] = pHex(string(rune('a' + i)))
	}
	return list
}

// handler wraps a 64-bit handler into the conversions.
func (d *compatDef) handler(fn kernel.Handler) kernel.Handler {
	return func(k *kernel.Kernel, t *kernel.Task, a *kernel.Args) (int64, abi.Errno) {
		c := compatCall{k: k, t: t, a: *a}
		defer k.Unstage()
		for _, convert := range d.convert {
			if e := convert(&c); e != abi.OK {
				return 0, e
			}
		}
		ret, e := fn(k, t, &c.a)
		for _, f := range c.after {
			if e2 := f(); e2 != abi.OK && e == abi.OK {
				return 0, e2
			}
		}
		return ret, e
	}
}

// read copies n bytes in from the program.
func (c *compatCall) read(addr uint64, n int) ([]byte, abi.Errno) {
	b := make([]byte, n)
	return b, c.k.CopyIn(c.t, addr, b)
}

// behind has f run after the handler if it wrote to s; f returns what the program gets at addr.
func (c *compatCall) behind(s *kernel.Staged, addr uint64, f func(b []byte) ([]byte, abi.Errno)) {
	c.after = append(c.after, func() abi.Errno {
		if !s.Written {
			return abi.OK
		}
		b, e := f(s.Data)
		if e != abi.OK {
			return e
		}
		return c.k.CopyOut(c.t, addr, b)
	})
}

// in converts the structure that argument i points to.
func in(i int, s shape) conversion {
	return func(c *compatCall) abi.Errno {
		if c.a[i] == 0 {
			return abi.OK
		}
		b, e := c.read(c.a[i], s.size(false))
		if e == abi.OK {
			_, c.a[i] = c.k.Stage(s.widen(b))
		}
		return e
	}
}

// out converts the structure that the handler fills.
func out(i int, s shape) conversion {
	return func(c *compatCall) abi.Errno {
		if addr := c.a[i]; addr != 0 {
			staged, at := c.k.Stage(make([]byte, s.size(true)))
			c.a[i] = at
			c.behind(staged, addr, s.narrow)
		}
		return abi.OK
	}
}

// inout converts a structure both ways.
func inout(i int, s shape) conversion {
	return func(c *compatCall) abi.Errno {
		addr := c.a[i]
		if addr == 0 {
			return abi.OK
		}
		b, e := c.read(addr, s.size(false))
		if e != abi.OK {
			return e
		}
		staged, at := c.k.Stage(s.widen(b))
		c.a[i] = at
		c.behind(staged, addr, s.narrow)
		return abi.OK
	}
}

// signed extends the sign of 32-bit arguments that a handler takes as 64 bits.
func signed(list ...int) conversion {
	return func(c *compatCall) abi.Errno {
		for _, i := range list {
			c.a[i] = uint64(int64(int32(c.a[i])))
		}
		return abi.OK
	}
}

// pair joins the halves of a 64-bit argument, low one first, and moves those behind it up.
func pair(i int) conversion {
	return func(c *compatCall) abi.Errno {
		c.a[i] |= c.a[i+1] << 32
		copy(c.a[i+1:], c.a[i+2:])
		c.a[5] = 0
		return abi.OK
	}
}

// order puts the arguments at other places: the handler's argument n is the call's list[n]; -1 is 0.
func order(list ...int) conversion {
	return func(c *compatCall) abi.Errno {
		old := c.a
		c.a = kernel.Args{}
		for n, i := range list {
			if i >= 0 {
				c.a[n] = old[i]
			}
		}
		return abi.OK
	}
}

// constant replaces an argument.
func constant(i int, v uint64) conversion {
	return func(c *compatCall) abi.Errno {
		c.a[i] = v
		return abi.OK
	}
}

// block reads arguments that lie in memory: the calls of before i386 Linux used six registers.
func block(n int) conversion {
	return func(c *compatCall) abi.Errno {
		b, e := c.read(c.a[0], 4*n)
		if e != abi.OK {
			return e
		}
		c.a = kernel.Args{}
		for i := range n {
			c.a[i] = uint64(binary.LittleEndian.Uint32(b[4*i:]))
		}
		return abi.OK
	}
}
