/* A disk that fails when told: loaded before libc by LD_PRELOAD, told by a shared page.
 *
 * The page is FAULTY_PAGE, five 32-bit numbers: the kind of call that fails (0 none, 1 writes,
 * 2 syncs), errno, how many such calls still succeed, how many then fail (-1: all), and how many
 * have failed. Only files whose path begins with FAULTY_PATH are meant. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { NONE, WRITES, SYNCS };
static volatile struct { int32_t kind, error, before, times, failed; } *page;
static const char *prefix;

__attribute__((constructor)) static void begin(void) {
    const char *name = getenv("FAULTY_PAGE");
    prefix = getenv("FAULTY_PATH");
    int file = name && prefix ? open(name, O_RDWR | O_CLOEXEC) : -1;
    if (file < 0) return;
    void *found = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (found != MAP_FAILED) page = found;
    close(file);
}

static int fails(int file, int kind) {
    char link[64], path[4096];
    if (!page || page->kind != kind) return 0;
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    if (strncmp(path, prefix, strlen(prefix))) return 0;
    if (__sync_fetch_and_sub(&page->before, 1) > 0) return 0;
    if (page->times == 0) return 0;
    if (page->times > 0) __sync_fetch_and_sub(&page->times, 1);
    __sync_fetch_and_add(&page->failed, 1);
    errno = page->error;
    return 1;
}

#define REAL(type, name, ...) ((type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, #name))

ssize_t write(int file, const void *data, size_t size) {
    if (fails(file, WRITES)) return -1;
    return REAL(ssize_t, write, int, const void *, size_t)(file, data, size);
}
ssize_t pwrite(int file, const void *data, size_t size, off_t at) {
    if (fails(file, WRITES)) return -1;
    return REAL(ssize_t, pwrite, int, const void *, size_t, off_t)(file, data, size, at);
}
ssize_t pwrite64(int file, const void *data, size_t size, off64_t at) {
    if (fails(file, WRITES)) return -1;
    return REAL(ssize_t, pwrite64, int, const void *, size_t, off64_t)(file, data, size, at);
}
int ftruncate(int file, off_t size) {
    if (fails(file, WRITES)) return -1;
    return REAL(int, ftruncate, int, off_t)(file, size);
}
int ftruncate64(int file, off64_t size) {
    if (fails(file, WRITES)) return -1;
    return REAL(int, ftruncate64, int, off64_t)(file, size);
}
int fsync(int file) {
    if (fails(file, SYNCS)) return -1;
    return REAL(int, fsync, int)(file);
}
int fdatasync(int file) {
    if (fails(file, SYNCS)) return -1;
    return REAL(int, fdatasync, int)(file);
}
