// auxv: the auxiliary vector and what it points to
#include "t.h"
#include <cpuid.h>
#include <elf.h>

int main(int argc, char **argv, char **envp)
{
	uint64_t *sp = (uint64_t *)argv - 1;
	enter(argc, argv);
	printf("argc %d, aligned %d, argv ends %d\n", (int)*sp, (int)((uint64_t)sp & 15), argv[argc] == NULL);
	while (*envp)
		envp++;
	Elf64_auxv_t *a = (void *)(envp + 1);
	unsigned eax, ebx, ecx, edx;
	__cpuid(1, eax, ebx, ecx, edx);
	Elf64_Phdr *ph = NULL;
	uint64_t entry = 0, execfn = 0, random = 0, platform = 0;
	for (; a->a_type != AT_NULL; a++) {
		uint64_t v = a->a_un.a_val;
		switch (a->a_type) {
		case AT_SYSINFO_EHDR: // there is no vDSO everywhere
		case 27: // AT_RSEQ_FEATURE_SIZE, AT_RSEQ_ALIGN: since Linux 6.3
		case 28:
		case AT_HWCAP2: // depends on the processor
		case 29: // AT_HWCAP3
		case 30:
			continue;
		case AT_HWCAP:
			// a kernel that does not use the local APIC says that there is none
			printf("hwcap %s\n", (v | 1 << 9) == (edx | 1 << 9) ? "is CPUID 1, EDX" : "is something else");
			continue;
		case AT_PHDR: ph = (void *)v; v = v & 0xfff; break;
		case AT_ENTRY: entry = v; v = 0; break;
		case AT_EXECFN: execfn = v; v = 0; break;
		case AT_RANDOM: random = v; v = 0; break;
		case AT_PLATFORM: platform = v; v = 0; break;
		case AT_MINSIGSTKSZ: v = v > 1024 && v % 16 == 0 ? 1 : v; break;
		}
		printf("%d: %llx\n", (int)a->a_type, (long long)v);
	}
	uint64_t end = (uint64_t)(a + 1);
	printf("strings above %d, random %d, platform [%s] above it %d\n", execfn > end, random >= end && random < platform, (char *)platform, platform < execfn);
	int inside = 0;
	for (int i = 0; ph && i < 4; i++)
		inside |= ph[i].p_type == PT_LOAD && ph[i].p_flags & PF_X && entry >= ph[i].p_vaddr && entry < ph[i].p_vaddr + ph[i].p_memsz;
	printf("entry in text %d\n", inside);
	char *name = (char *)execfn;
	printf("eight zeros at the top %d, page %d\n", !memcmp(name + strlen(name), "\0\0\0\0\0\0\0\0\0", 9), (int)(((uint64_t)name + strlen(name) + 9) & 0xfff));
	return 0;
}
