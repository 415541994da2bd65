// elf: small programs whose headers are odd, and many whose headers are damaged
#include "t.h"
#include <elf.h>
#include <sys/personality.h>

#define BASE 0x400000

static unsigned char file[0x4000];
static size_t size;

// code exits with *0x402fff + *0x403000 + *0x403800: the last byte of the file's data, zeros behind it on the same and another page.
static const unsigned char code[] = {
	0x48, 0x8d, 0x05, 0xf9, 0x1f, 0x00, 0x00, // lea rax, [rip + 0x1ff9] = start + 0x2000
	0x0f, 0xb6, 0x38,                         // movzx edi, byte [rax]
	0x0f, 0xb6, 0x48, 0x01,                   // movzx ecx, byte [rax + 1]
	0x01, 0xcf,                               // add edi, ecx
	0x0f, 0xb6, 0x88, 0x00, 0x10, 0x00, 0x00, // movzx ecx, byte [rax + 0x1000]
	0x01, 0xcf,                               // add edi, ecx
	0xb8, 0x3c, 0x00, 0x00, 0x00,             // mov eax, 60
	0x0f, 0x05,                               // syscall
};

static Elf64_Ehdr *eh(void) { return (void *)file; }
static Elf64_Phdr *ph(int i) { return (Elf64_Phdr *)(file + 64) + i; }

static void segment(int i, int type, int flags, uint64_t off, uint64_t va, uint64_t filesz, uint64_t memsz, uint64_t align)
{
	*ph(i) = (Elf64_Phdr){ type, flags, off, va, va, filesz, memsz, align };
}

// base makes a program of text, data with a bss that begins in the middle of a page, and PT_GNU_STACK.
static void base(int type, uint64_t at)
{
	memset(file, 0, sizeof file);
	size = 0x3000;
	*eh() = (Elf64_Ehdr){ .e_ident = "\177ELF\2\1\1", .e_type = type, .e_machine = EM_X86_64, .e_version = 1, .e_entry = at + 0x1000,
		.e_phoff = 64, .e_ehsize = 64, .e_phentsize = 56, .e_phnum = 3 };
	segment(0, PT_LOAD, PF_R | PF_X, 0, at, 0x1800, 0x1800, 0x1000);
	segment(1, PT_LOAD, PF_R | PF_W, 0x2000, at + 0x3000, 1, 0x2000, 0x1000);
	segment(2, PT_GNU_STACK, PF_R | PF_W, 0, 0, 0, 0, 16);
	memcpy(file + 0x1000, code, sizeof code);
	file[0x2000] = 42;
	file[0x2001] = 99; // behind p_filesz: never seen
}

static int start(void)
{
	unlink("p");
	int fd = open("p", O_WRONLY | O_CREAT | O_TRUNC, 0755);
	write(fd, file, size);
	close(fd);
	fflush(stdout);
	if (fork() == 0) {
		struct rlimit r = { 0, 0 };
		setrlimit(RLIMIT_CORE, &r);
		personality(ADDR_NO_RANDOMIZE);
		alarm(5);
		char *argv[] = { "p", NULL }, *envp[] = { NULL };
		execve("p", argv, envp);
		_exit(100 + (errno == ENOEXEC ? 0 : errno));
	}
	int st;
	wait(&st);
	return st;
}

#define T(what, change) do { base(ET_EXEC, BASE); { change; } printf("%s: %#x\n", what, start()); base(ET_DYN, 0); { change; } \
	printf("%s, PIE: %#x\n", what, start()); } while (0)

#define AT (at = eh()->e_type == ET_EXEC ? BASE : 0, at)

CASE(headers_that_are_odd)
{
	T("plain", );
	T("no sections, nonsense where they are", eh()->e_shoff = ~0ull; eh()->e_shnum = 0xffff; eh()->e_shentsize = 1; eh()->e_shstrndx = 77);
	T("other class", eh()->e_ident[EI_CLASS] = ELFCLASS32);
	T("other byte order", eh()->e_ident[EI_DATA] = ELFDATA2MSB);
	T("other version", eh()->e_version = 0; eh()->e_ident[EI_VERSION] = 9);
	T("other system", eh()->e_ident[EI_OSABI] = 99);
	T("other machine", eh()->e_machine = EM_AARCH64);
	T("core file", eh()->e_type = ET_CORE);
	T("header flags", eh()->e_flags = ~0u);
	T("e_ehsize", eh()->e_ehsize = 1);
}

CASE(segments_cut_or_missing)
{
	T("no segments", eh()->e_phnum = 1; ph(0)->p_type = PT_NOTE);
	T("no entry", eh()->e_entry = 0);
	T("entry outside", eh()->e_entry = 0x10000000);
	T("headers cut", size = 64 + 56);
	T("header cut", size = 63);
	T("text cut", size = 0x1000);
	T("data cut", size = 0x2000);
}

CASE(bss_of_all_sizes)
{
	T("bss only", ph(1)->p_filesz = 0);
	T("bss of a whole page", ph(1)->p_filesz = 0x1000; ph(1)->p_memsz = 0x2000);
	T("bss ends in the page", ph(1)->p_memsz = 0x1001);
	T("no bss", ph(1)->p_memsz = 1);
	T("bss one byte", ph(1)->p_memsz = 2);
	T("file larger than memory", ph(1)->p_filesz = 0x2001; ph(1)->p_memsz = 0x2000);
	T("bss not writable", ph(1)->p_flags = PF_R);
	T("bss without rights", ph(1)->p_flags = 0);
	T("bss in text", ph(0)->p_filesz = 0x1100; ph(0)->p_memsz = 0x2900);
}

CASE(rights_and_order_of_segments)
{
	uint64_t at;
	T("text writable", ph(0)->p_flags = PF_R | PF_W | PF_X);
	T("text not executable", ph(0)->p_flags = PF_R);
	T("text only executable", ph(0)->p_flags = PF_X);
	T("segments exchanged", Elf64_Phdr p = *ph(0); *ph(0) = *ph(1); *ph(1) = p);
	T("second over first", ph(1)->p_vaddr = AT + 0x1000);
	T("second inside first", ph(1)->p_vaddr = AT; ph(1)->p_memsz = 1);
}

CASE(a_third_segment)
{
	uint64_t at;
	T("third over second", segment(2, PT_LOAD, PF_R | PF_W, 0x1000, AT + 0x4000, 0x1000, 0x1000, 0x1000));
	T("third at the end of the file", segment(2, PT_LOAD, PF_R, 0x3000, AT + 0x9000, 0x1000, 0x1000, 0x1000));
	T("third empty", segment(2, PT_LOAD, PF_R, 0, AT + 0x9000, 0, 0, 0x1000));
	T("third empty and odd", segment(2, PT_LOAD, PF_R, 3, AT + 0x9001, 0, 0, 0x1000));
	T("third in the kernel", segment(2, PT_LOAD, PF_R, 0, 0xffffffff80000000, 0x1000, 0x1000, 0x1000));
	T("third at the top", segment(2, PT_LOAD, PF_R, 0, 0x7ffffffff000, 0x1000, 0x1000, 0x1000));
	T("third under the top", segment(2, PT_LOAD, PF_R | PF_W, 0, 0x7fffffffe000 - AT, 0x1000, 0x1000, 0x1000));
	T("third too low", segment(2, PT_LOAD, PF_R, 0, 0, 0x1000, 0x1000, 0x1000));
}

CASE(alignment_and_stack)
{
	T("out of step", ph(1)->p_vaddr += 8);
	T("alignment no power of two", ph(1)->p_align = 0x3000);
	T("alignment 0", ph(0)->p_align = ph(1)->p_align = 0);
	T("alignment huge", ph(0)->p_align = 1ull << 40);
	T("alignment 2 MiB", ph(0)->p_align = 1 << 21);
	T("stack executable", ph(2)->p_flags = PF_R | PF_W | PF_X);
	T("stack read-only", ph(2)->p_flags = PF_R);
	T("stack twice", eh()->e_phnum = 4; segment(3, PT_GNU_STACK, 7, 0, 0, 0, 0, 0));
}

CASE(interpreters_and_program_headers)
{
	T("unknown segment", ph(2)->p_type = 0x12345678; ph(2)->p_offset = ~0ull);
	T("interpreter outside", ph(2)->p_type = PT_INTERP; ph(2)->p_offset = 0x5000; ph(2)->p_filesz = 8);
	T("interpreter is itself", ph(2)->p_type = PT_INTERP; ph(2)->p_offset = 0x1f00; ph(2)->p_filesz = 2; file[0x1f00] = 'p');
	T("interpreter empty", ph(2)->p_type = PT_INTERP; ph(2)->p_offset = 0x1f00; ph(2)->p_filesz = 2);
	T("interpreter is a directory", ph(2)->p_type = PT_INTERP; ph(2)->p_offset = 0x1f00; ph(2)->p_filesz = 2; file[0x1f00] = '/');
	T("program headers outside segments", eh()->e_phoff = 0x2800; memcpy(file + 0x2800, ph(0), 3 * 56));
	T("program headers odd", eh()->e_phoff = 0x2801; memcpy(file + 0x2801, ph(0), 3 * 56));
	T("program headers at the end", eh()->e_phoff = 0x3000 - 3 * 56; memcpy(file + 0x3000 - 3 * 56, ph(0), 3 * 56));
	T("program headers past the end", eh()->e_phoff = 0x3000 - 3 * 56 + 1; memcpy(file + 0x3000 - 3 * 56 + 1, ph(0), 3 * 56));
}

static uint32_t seed;
static uint32_t rnd(void) { return (seed = seed * 1664525 + 1013904223) >> 8; }

// mutants damages headers, often to values at an edge. Sizes that a machine might not have are left alone.
static void mutants(uint32_t from)
{
	seed = from;
	static const unsigned char edge[] = { 0, 1, 2, 3, 4, 6, 7, 0x0f, 0x10, 0x38, 0x40, 0x7f, 0x80, 0xff };
	for (int i = 0; i < 100; i++) {
		base(i & 1 ? ET_DYN : ET_EXEC, i & 1 ? 0 : BASE);
		for (int k = rnd() % 3 + 1; k; k--) {
			int at = 4 + rnd() % (64 + 3 * 56 - 4);
			unsigned char e = edge[rnd() % sizeof edge], any = rnd();
			file[at] = rnd() % 4 ? e : any;
		}
		int big = 0;
		for (int s = 0; s < 3; s++)
			big |= ph(s)->p_memsz >> 24 != 0 || ph(s)->p_align >> 30 != 0;
		if (!big)
			printf("mutant %d: %#x\n", i, start());
	}
}

CASE(mutants_1) { mutants(12345); }
CASE(mutants_2) { mutants(23456); }
CASE(mutants_3) { mutants(34567); }
CASE(mutants_4) { mutants(45678); }

CASES
