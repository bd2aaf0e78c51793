/* A slow disk, for LD_PRELOAD: fsync and fdatasync take as many milliseconds longer as the
   file says that SLOW_SYNC names. */

#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

typedef int (*sync_function)(int);

static void be_slow(void)
{
	char text[16] = "";
	const char *name = getenv("SLOW_SYNC");
	int file = name ? open(name, O_RDONLY | O_CLOEXEC) : -1;
	if (file < 0)
		return;
	if (read(file, text, sizeof text - 1) > 0) {
		long ms = atol(text);
		struct timespec rest = { ms / 1000, ms % 1000 * 1000000 };
		nanosleep(&rest, NULL);
	}
	close(file);
}

int fsync(int file)
{
	be_slow();
	return ((sync_function)dlsym(RTLD_NEXT, "fsync"))(file);
}

int fdatasync(int file)
{
	be_slow();
	return ((sync_function)dlsym(RTLD_NEXT, "fdatasync"))(file);
}
