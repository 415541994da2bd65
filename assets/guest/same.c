// same WORD: writes the word at an address that is the same in every process that runs this program, waits, and reads it
// again. Run two: same left & same right

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static char word[4096] __attribute__((aligned(4096))) = "nothing yet";

__attribute__((noinline)) static char look(const volatile char *at) { return *at; }

int main(int argc, char **argv)
{
	strncpy(word, argc > 1 ? argv[1] : "alone", sizeof word - 1);
	printf("pid %d: %p holds %s\n", getpid(), (void *)word, word);
	fflush(stdout);
	sleep(1);
	char first = look(word);
	printf("pid %d: %p holds %s\n", getpid(), (void *)word, word);
	return first != word[0];
}
