#include "../t.h"
#include <elf.h>
// The core file of a 32-bit program.

static unsigned char b[1 << 20];

CASE(segments_and_notes)
{
	int st;
	if (fork() == 0) {
		struct rlimit r = { RLIM_INFINITY, RLIM_INFINITY }; setrlimit(RLIMIT_CORE, &r);
		__asm__ volatile("mov $0x11223344, %esi; mov $0x55667788, %edi; xor %eax, %eax; mov %eax, 0x1238(%eax)");
	}
	wait(&st);
	int fd = open("core", O_RDONLY), n = read(fd, b, sizeof b), loads = 0;
	struct stat f;
	if (fd < 0 || fstat(fd, &f)) { puts("core files go elsewhere here"); exit(CANNOT); }
	Elf32_Ehdr *h = (void *)b; Elf32_Phdr *p = (void *)(b + h->e_phoff); unsigned end = 0, stack = 0;
	printf("status %x class %d machine %d type %d headers of %d\n", st, h->e_ident[EI_CLASS], h->e_machine, h->e_type, h->e_phentsize);
	for (int i = 0; i < h->e_phnum; i++) {
		if (p[i].p_offset + p[i].p_filesz > end) end = p[i].p_offset + p[i].p_filesz;
		loads += p[i].p_type == PT_LOAD;
		stack += p[i].p_type == PT_LOAD && p[i].p_vaddr <= (unsigned)&st && (unsigned)&st < p[i].p_vaddr + p[i].p_memsz && p[i].p_filesz == p[i].p_memsz;
	}
	printf("segments %d, stack %d, size %d\n", loads > 3, stack, end == f.st_size);
	for (unsigned char *n = b + p->p_offset, *e = n + p->p_filesz; n < e;) {
		Elf32_Nhdr *nh = (void *)n; unsigned char *d = n + 12 + ((nh->n_namesz + 3) & ~3); int *w = (void *)d, *r = (void *)(d + 72);
		switch (nh->n_type) {
		case NT_PRSTATUS: printf("prstatus %d: signal %d %d, esi %x edi %x eax %x cs %x ss %x ds %x\n", nh->n_descsz, w[0], *(short *)(d + 12), r[3], r[4], r[6], r[13], r[16], r[7]); break;
		case NT_PRPSINFO: printf("prpsinfo %d: %d\n", nh->n_descsz, !strncmp((char *)d + 28, "core", 4)); break;
		case NT_SIGINFO: printf("siginfo %d: %d %d %x\n", nh->n_descsz, w[0], w[2], w[3]); break;
		case NT_AUXV: printf("auxv %d\n", nh->n_descsz % 8); break;
		case NT_FILE: printf("files %d: unit %d, first at %d of %s\n", w[0] >= 3, w[1], w[4], strrchr((char *)(w + 2 + 3 * w[0]), '/')); break;
		case NT_FPREGSET: printf("fpregs %d: %x\n", nh->n_descsz, w[0]); break;
		}
		n = d + ((nh->n_descsz + 3) & ~3);
	}
}

CASES
