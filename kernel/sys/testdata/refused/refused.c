// Asks for what is not there, twice, and says what is refused in another way than it should be.
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include "../t.h"

#define WANT(call, e) do { errno = 0; if ((call) != -1 || errno != (e)) printf("%s: %s\n", #call, errname(errno)); } while (0)

int main(int argc, char **argv)
{
	int fd = open("/etc/passwd", O_RDONLY);
	for (int twice = 0; twice < 2; twice++) {
		for (int i = 1; i < argc; i++) {
			errno = 0;
			if (syscall(atoi(argv[i]), 0, 0, 0, 0, 0, 0) != -1 || errno != ENOSYS)
				printf("%s: %s\n", argv[i], errname(errno));
		}
		WANT(socket(AF_INET, SOCK_STREAM, 0), EAFNOSUPPORT);
		WANT(socket(AF_INET6, SOCK_DGRAM, 0), EAFNOSUPPORT);
		WANT(socket(AF_NETLINK, SOCK_RAW, 0), EAFNOSUPPORT);
		WANT(socket(AF_PACKET, SOCK_RAW, 0), EAFNOSUPPORT);
		WANT(ioctl(fd, 0x12345678, 0), ENOTTY);
		WANT(ioctl(fd, TCGETS, 0), ENOTTY);
		WANT(fcntl(fd, 777, 0), EINVAL);
		WANT(prctl(7777, 0, 0, 0, 0), EINVAL);
		WANT(mount("x", "/tmp", "nosuchfs", 0, ""), ENODEV);
		WANT(mount("/etc", "/tmp", "", MS_BIND, ""), EINVAL);
	}
	return 0;
}
