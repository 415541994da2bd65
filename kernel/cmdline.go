package kernel

import (
	"slices"
	"strconv"
	"strings"
)

// option returns the value of "name=value" on the kernel command line; the last one counts.
func (k *Kernel) option(name string) (string, bool) {
	value, ok := "", false
	ours, _ := k.words()
	for _, word := range ours {
		if key, v, has := strings.Cut(word, "="); has && key == name {
			value, ok = v, true
		}
	}
	return value, ok
}

// flag tells whether a bare word is on the kernel command line.
func (k *Kernel) flag(name string) bool {
	ours, _ := k.words()
	return slices.Contains(ours, name)
}

// words are the command line's: what stands after "--" is the first program's.
// Linux Documentation/admin-guide/kernel-parameters.rst
func (k *Kernel) words() (ours, inits []string) {
	all := strings.Fields(k.State.Cmdline)
	if i := slices.Index(all, "--"); i >= 0 {
		return all[:i], all[i+1:]
	}
	return all, nil
}

// ReadOnlyRoot tells whether "ro" is on the command line.
func (k *Kernel) ReadOnlyRoot() bool { return k.flag("ro") }

// number is an option's value within limits, or the default, which is also the answer to nonsense.
func (k *Kernel) number(name string, low, high, def uint64) uint64 {
	s, ok := k.option(name)
	if !ok {
		return def
	}
	n, err := strconv.ParseUint(strings.TrimSuffix(s, "ms"), 10, 64)
	if err != nil || n < low || n > high {
		k.Printk("Malformed early option '%s'", name)
		return def
	}
	return n
}
