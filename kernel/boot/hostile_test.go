package boot_test

import (
	"os"
	"testing"

	"vitrine/kernel/boot"
)

// TestHostilePrograms: random code and random system calls harm neither the kernel nor other programs.
func TestHostilePrograms(t *testing.T) {
	bin, err := compile(t.TempDir(), "testdata/random.c")
	if err != nil {
		t.Fatal(err)
	}
	code, err := os.ReadFile(bin)
	if err != nil {
		t.Fatal(err)
	}
	for _, what := range []string{"code", "calls", "calls32"} {
		g := newGuest(t, "quiet", map[string]string{"/bin/random": string(code)}, "/bin/random", what, "0", "60")
		if stop := g.until(60); stop.Reason != boot.PowerOff || stop.Status != 0 {
			t.Errorf("%s: %+v", what, stop)
		}
	}
}

// TestImpossibleRegisters: a signal frame whose registers IRETQ refuses ends the program, not the kernel.
func TestImpossibleRegisters(t *testing.T) {
	source := t.TempDir() + "/iret.c"
	text := `
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <stdio.h>
#include <ucontext.h>
#include <unistd.h>
static int which;
static void h(int s, siginfo_t *i, void *u) {
	greg_t *g = ((ucontext_t *)u)->uc_mcontext.gregs;
	switch (which) {
	case 0: g[REG_RIP] = 0x8000000000000000; break;
	case 1: g[REG_CSGSFS] = 0x1b | 0x2bL << 48; break;
	case 2: g[REG_CSGSFS] = 0x33 | 0x33L << 48; break;
	case 3: g[REG_CSGSFS] = 0x43 | 0x2bL << 48; break;
	}
}
int main(void) {
	struct sigaction a = { .sa_sigaction = h, .sa_flags = SA_SIGINFO };
	sigaction(SIGUSR1, &a, 0);
	setvbuf(stdout, 0, _IONBF, 0);
	for (which = 0; which < 4; which++) {
		int st = 0;
		if (fork() == 0) { raise(SIGUSR1); _exit(0); }
		wait(&st);
		printf("%d: signal %d\n", which, WTERMSIG(st));
	}
	a.sa_handler = (void (*)(int))0xdead000000000000;
	sigaction(SIGUSR1, &a, 0);
	int st = 0;
	if (fork() == 0) { raise(SIGUSR1); _exit(0); }
	wait(&st);
	printf("handler: signal %d\n", WTERMSIG(st));
	return 0;
}
`
	if err := os.WriteFile(source, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	likeHost(t, source)
}
