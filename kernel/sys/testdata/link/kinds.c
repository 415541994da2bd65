// How a program finds itself, whichever way it is linked.
#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

int environ_is_sane(char **argv, int argc);
static __thread int set = 42, zero[20];
static char small[3], large[70000], page[4096] __attribute__((aligned(4096)));
static int order[4], orders;
const char *const pointer = "relocated";

__attribute__((constructor)) static void first(void) { order[orders++] = 1; }
__attribute__((destructor)) static void last(void) { printf("destructor\n"); }

static void *thread(void *p) { set++; zero[3] = 5; return (void *)(long)(set + zero[3] + zero[4]); }

static int objects(struct dl_phdr_info *i, size_t n, void *p)
{
	for (int k = 0; k < i->dlpi_phnum; k++)
		*(int *)p += i->dlpi_phdr[k].p_type == PT_TLS && *i->dlpi_name == 0;
	return 0;
}

int main(int argc, char **argv)
{
	int sum = 0, tls = 0;
	for (unsigned i = 0; i < sizeof large; i++) sum += large[i];
	for (unsigned i = 0; i < sizeof page; i++) sum += page[i];
	printf("bss %d %d %d\n", small[2], sum, (int)((unsigned long)page & 4095));
	void *r; pthread_t t; pthread_create(&t, NULL, thread, NULL); pthread_join(t, &r);
	printf("tls %d %d %ld\n", set, zero[3], (long)r);
	printf("order %d of %d, %s\n", order[0], orders, pointer);
	ElfW(Ehdr) *h = (void *)(getauxval(AT_PHDR) - sizeof *h);
	printf("type %d entry %d headers %lu of %lu\n", h->e_type, getauxval(AT_ENTRY) == h->e_entry + (h->e_type == ET_DYN ? (unsigned long)h : 0), getauxval(AT_PHNUM), getauxval(AT_PHENT));
	unsigned long at = (unsigned long)main;
	printf("interpreter %d, main at %s\n", getauxval(AT_BASE) != 0, at < 1ul << 32 ? "a low address" : at >> 40 == 0x55 || at >> 40 == 0x56 ? "the place of programs" : "the place of mappings");
	dl_iterate_phdr(objects, &tls); printf("PT_TLS %d\n", tls);
	printf("%s %d\n", argv[0] + strlen(argv[0]) - 5, environ_is_sane(argv, argc));
	return 7;
}

int environ_is_sane(char **argv, int argc) { extern char **environ; return environ == argv + argc + 1; }
