package kernel

// memoryOptions does what the command line asks for: transparent_hugepage=always|madvise|never.
// Linux mm/huge_memory.c:setup_transparent_hugepage
func (k *Kernel) memoryOptions() {
	if name, ok := k.option("transparent_hugepage"); ok && !k.MM.SetHugeMode(name) {
		k.Printk("transparent_hugepage= cannot parse, ignored")
	}
}
