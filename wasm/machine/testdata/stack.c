// Prints the stack that it was given, word by word: address and value, from argc to behind AT_NULL.
#include <stdio.h>

char tail[9000];

int main(int argc, char **argv)
{
	unsigned long *w = (unsigned long *)argv - 1;
	int nulls = 0;
	for (; nulls < 2; w++) {
		printf("word %lx %lx\n", (unsigned long)w, *w);
		nulls += w > (unsigned long *)argv && *w == 0;
	}
	for (;; w += 2) {
		printf("word %lx %lx\nword %lx %lx\n", (unsigned long)w, w[0], (unsigned long)(w + 1), w[1]);
		if (!w[0])
			return tail[argc];
	}
}
