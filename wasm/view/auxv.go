package view

import "strconv"

// auxTypes are the entries of the auxiliary vector with what each tells. getauxval(3)
var auxTypes = map[uint64][2]string{
	0: {"AT_NULL", "the end"}, 2: {"AT_EXECFD", "descriptor of the file to run"}, 3: {"AT_PHDR", "where the program headers are"},
	4: {"AT_PHENT", "bytes of a program header"}, 5: {"AT_PHNUM", "how many program headers"}, 6: {"AT_PAGESZ", "bytes of a page"},
	7: {"AT_BASE", "where the dynamic linker is; 0 without one"}, 8: {"AT_FLAGS", "flags"}, 9: {"AT_ENTRY", "the program's own first instruction"},
	11: {"AT_UID", "real user"}, 12: {"AT_EUID", "effective user"}, 13: {"AT_GID", "real group"}, 14: {"AT_EGID", "effective group"},
	15: {"AT_PLATFORM", "name of the processor's family"}, 16: {"AT_HWCAP", "CPUID leaf 1, EDX"}, 17: {"AT_CLKTCK", "ticks a second of times(2)"},
	23: {"AT_SECURE", "1: the program has rights that its caller has not"}, 25: {"AT_RANDOM", "where 16 random bytes are"},
	26: {"AT_HWCAP2", "more of the processor's abilities"}, 31: {"AT_EXECFN", "the name that execve was given"}, 32: {"AT_SYSINFO", "entry for system calls"},
	33: {"AT_SYSINFO_EHDR", "where the vDSO is"}, 51: {"AT_MINSIGSTKSZ", "least bytes of a signal's stack"},
}

// AuxName is the name of an entry's type.
func AuxName(kind uint64) string {
	if t, ok := auxTypes[kind]; ok {
		return t[0]
	}
	return "AT_" + strconv.FormatUint(kind, 10)
}

// AuxMeaning says what an entry with the given name tells, "" when that is not known.
func AuxMeaning(name string) string {
	for _, t := range auxTypes {
		if t[0] == name {
			return t[1]
		}
	}
	return ""
}
