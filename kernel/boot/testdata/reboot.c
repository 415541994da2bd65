// Calls reboot(2) with its arguments, hexadecimal; the last may be text.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>
int main(int c, char **v)
{
	for (int i = 1; i + 3 < c; i += 4) {
		long arg = v[i + 3][0] == '"' ? (long)(v[i + 3] + 1) : strtol(v[i + 3], 0, 16);
		long r = syscall(SYS_reboot, strtol(v[i], 0, 16), strtol(v[i + 1], 0, 16), strtol(v[i + 2], 0, 16), arg);
		printf("%ld %d\n", r, r < 0 ? errno : 0);
		fflush(stdout);
	}
	return 9;
}
