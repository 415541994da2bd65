// tcc -run hello.c, or: tcc -o hello hello.c && ./hello
#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct utsname u;
	uname(&u);
	printf("%s: process %s, compiled inside the machine, on %s\n", argv[0], getpid() > 1 ? "of its own" : "1", u.sysname);
	return argc - 1;
}
