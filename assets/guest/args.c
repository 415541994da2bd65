// args: writes its arguments in brackets. It stands in for an interpreter: it shows what one is given.

#include <string.h>
#include <unistd.h>

static char line[8192];

int main(int argc, char **argv)
{
	unsigned n = 0;
	for (int i = 0; i < argc; i++) {
		unsigned size = strlen(argv[i]);
		if (n + size + 3 > sizeof line)
			return 1;
		line[n++] = '[';
		memcpy(line + n, argv[i], size);
		n += size;
		line[n++] = ']';
	}
	line[n++] = '\n';
	return write(1, line, n) != (ssize_t)n;
}
