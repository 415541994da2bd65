// A dynamically linked program that starts itself a second time; both then wait.
#include <stdlib.h>
#include <unistd.h>

char filled[100] = "some data";
char tail[5000];

int main(int argc, char **argv)
{
	filled[0]++;
	if (argc == 1 && fork() == 0)
		execl("/bin/linked", "linked", "second", (char *)0);
	if (argc == 1)
		sleep(1);
	write(1, "waits\n", 6);
	pause();
	return tail[argc];
}
