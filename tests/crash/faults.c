// A disk that fails on demand: preloaded (LD_PRELOAD), it counts the calls that change files under one folder and makes
// the n-th of them fail, in native libraries too. Linux and glibc.
//
//   faults_arm(folder, n, error, for_ever, removal_fails)   n counts from 1; 0 only counts. A write that is the n-th of
//                                                           a disk that fails for ever still takes half of its data
//   faults_disarm()                                         returns how many calls were counted
//   faults_fired()                                          the name of the first call that failed, or ""
//
// Not seen: changes through mmap, and what glibc writes of its own buffers otherwise than in fwrite, fflush and fclose.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char folder[PATH_MAX];
static size_t folder_length;
static long count, fails_at;
static int armed, error_code, for_ever, removal_fails;
static char fired[64];

void faults_arm(const char *path, long n, int code, int always, int removal) {
    pthread_mutex_lock(&lock);
    strncpy(folder, path, sizeof folder - 1);
    folder_length = strlen(folder);
    count = 0, fails_at = n, error_code = code, for_ever = always, removal_fails = removal;
    fired[0] = 0;
    armed = 1;
    pthread_mutex_unlock(&lock);
}

long faults_disarm(void) {
    armed = 0;
    return count;
}

const char *faults_fired(void) { return fired; }

// Whether this call, of this name, on this path, is to fail; sets errno.
static int fails(const char *name, const char *path) {
    int now = 0;
    if (!armed || !path || strncmp(path, folder, folder_length) ||
        (path[folder_length] && path[folder_length] != '/')) return 0;
    pthread_mutex_lock(&lock);
    count++;
    now = fails_at && (count == fails_at || (for_ever && count > fails_at));
    if (now && !fired[0]) strncpy(fired, name, sizeof fired - 1);
    pthread_mutex_unlock(&lock);
    if (now) errno = error_code;
    return now;
}

static void absolute(int at, const char *path, char *out) {
    if (path[0] == '/') {
        snprintf(out, PATH_MAX, "%s", path);
        return;
    }
    char base[PATH_MAX] = "", link[64];
    if (at == AT_FDCWD) {
        if (!getcwd(base, sizeof base)) base[0] = 0;
    } else {
        snprintf(link, sizeof link, "/proc/self/fd/%d", at);
        ssize_t length = readlink(link, base, sizeof base - 1);
        base[length < 0 ? 0 : length] = 0;
    }
    if ((size_t)snprintf(out, PATH_MAX, "%s/%s", base, path) >= PATH_MAX) out[0] = 0;
}

static int fails_at_path(const char *name, int at, const char *path) {
    char whole[PATH_MAX];
    if (!armed || !path) return 0;
    int saved = errno;
    absolute(at, path, whole);
    errno = saved;
    return fails(name, whole);
}

static int fails_on(const char *name, int descriptor) {
    char link[64], path[PATH_MAX];
    if (!armed) return 0;
    int saved = errno;
    snprintf(link, sizeof link, "/proc/self/fd/%d", descriptor);
    ssize_t length = readlink(link, path, sizeof path - 1);
    errno = saved;
    if (length < 0) return 0;
    path[length] = 0;
    return fails(name, path);
}

#define REAL(name) ((__typeof__(&name))real(&real_##name, #name))
static void *real(void **kept, const char *name) {
    if (!*kept) *kept = dlsym(RTLD_NEXT, name);
    return *kept;
}

#define OPEN(name)                                                                          \
    static void *real_##name;                                                               \
    int name(const char *path, int flags, ...) {                                            \
        va_list rest;                                                                       \
        va_start(rest, flags);                                                              \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;             \
        va_end(rest);                                                                       \
        if ((flags & O_ACCMODE) != O_RDONLY && fails_at_path("open", AT_FDCWD, path)) return -1; \
        return REAL(name)(path, flags, mode);                                               \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                        \
    static void *real_##name;                                                               \
    int name(int at, const char *path, int flags, ...) {                                    \
        va_list rest;                                                                       \
        va_start(rest, flags);                                                              \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0;             \
        va_end(rest);                                                                       \
        if ((flags & O_ACCMODE) != O_RDONLY && fails_at_path("open", at, path)) return -1;  \
        return REAL(name)(at, path, flags, mode);                                           \
    }
OPENAT(openat)
OPENAT(openat64)

#define FOPEN(name)                                                                         \
    static void *real_##name;                                                               \
    FILE *name(const char *path, const char *mode) {                                        \
        if (strpbrk(mode, "wa+") && fails_at_path("fopen", AT_FDCWD, path)) return NULL;    \
        return REAL(name)(path, mode);                                                      \
    }
FOPEN(fopen)
FOPEN(fopen64)

// A call of which the first argument says where, and a failure is `wrong`.
#define BY_DESCRIPTOR(kind, name, wrong, parameters, arguments)                             \
    static void *real_##name;                                                               \
    kind name parameters {                                                                  \
        if (fails_on(#name, fd)) return wrong;                                              \
        return REAL(name) arguments;                                                        \
    }
static void *real_write;
ssize_t write(int fd, const void *data, size_t size) {
    if (!fails_on("write", fd)) return REAL(write)(fd, data, size);
    // As a disk fills up: the first write that does not fit is cut short, the next ones fail.
    if (for_ever && !removal_fails && count == fails_at && size > 1) return REAL(write)(fd, data, size / 2);
    errno = error_code;
    return -1;
}
BY_DESCRIPTOR(ssize_t, pwrite, -1, (int fd, const void *data, size_t size, off_t at), (fd, data, size, at))
BY_DESCRIPTOR(ssize_t, pwrite64, -1, (int fd, const void *data, size_t size, off64_t at), (fd, data, size, at))
BY_DESCRIPTOR(ssize_t, writev, -1, (int fd, const struct iovec *data, int pieces), (fd, data, pieces))
BY_DESCRIPTOR(ssize_t, pwritev, -1, (int fd, const struct iovec *data, int pieces, off_t at), (fd, data, pieces, at))
BY_DESCRIPTOR(ssize_t, sendfile, -1, (int fd, int from, off_t *at, size_t size), (fd, from, at, size))
BY_DESCRIPTOR(ssize_t, sendfile64, -1, (int fd, int from, off64_t *at, size_t size), (fd, from, at, size))
BY_DESCRIPTOR(int, fsync, -1, (int fd), (fd))
BY_DESCRIPTOR(int, fdatasync, -1, (int fd), (fd))
BY_DESCRIPTOR(int, ftruncate, -1, (int fd, off_t size), (fd, size))
BY_DESCRIPTOR(int, ftruncate64, -1, (int fd, off64_t size), (fd, size))
BY_DESCRIPTOR(int, posix_fallocate, error_code, (int fd, off_t at, off_t size), (fd, at, size))
BY_DESCRIPTOR(int, posix_fallocate64, error_code, (int fd, off64_t at, off64_t size), (fd, at, size))

static void *real_copy_file_range;
ssize_t copy_file_range(int from, off64_t *at, int fd, off64_t *to, size_t size, unsigned flags) {
    if (fails_on("copy_file_range", fd)) return -1;
    return REAL(copy_file_range)(from, at, fd, to, size, flags);
}

static void *real_fwrite;
size_t fwrite(const void *data, size_t size, size_t pieces, FILE *file) {
    if (fails_on("fwrite", fileno(file))) return 0;
    return REAL(fwrite)(data, size, pieces, file);
}

static void *real_fflush;
int fflush(FILE *file) {
    if (file && fails_on("fflush", fileno(file))) return EOF;
    return REAL(fflush)(file);
}

// The file is closed all the same, as the system does it.
static void *real_fclose;
int fclose(FILE *file) {
    int failed = fails_on("fclose", fileno(file)), code = errno;
    int closed = REAL(fclose)(file);
    if (failed) errno = code;
    return failed ? EOF : closed;
}

#define BY_PATH(name, parameters, arguments, at, path)                                      \
    static void *real_##name;                                                               \
    int name parameters {                                                                   \
        if (fails_at_path(#name, at, path)) return -1;                                      \
        return REAL(name) arguments;                                                        \
    }
BY_PATH(mkdir, (const char *path, mode_t mode), (path, mode), AT_FDCWD, path)
BY_PATH(mkdirat, (int at, const char *path, mode_t mode), (at, path, mode), at, path)
BY_PATH(rename, (const char *one, const char *other), (one, other), AT_FDCWD, other)
BY_PATH(renameat, (int at, const char *one, int to, const char *other), (at, one, to, other), to, other)
BY_PATH(renameat2, (int at, const char *one, int to, const char *other, unsigned flags),
        (at, one, to, other, flags), to, other)
BY_PATH(link, (const char *one, const char *other), (one, other), AT_FDCWD, other)
BY_PATH(linkat, (int at, const char *one, int to, const char *other, int flags), (at, one, to, other, flags), to, other)
BY_PATH(symlink, (const char *text, const char *path), (text, path), AT_FDCWD, path)
BY_PATH(symlinkat, (const char *text, int at, const char *path), (text, at, path), at, path)
BY_PATH(truncate, (const char *path, off_t size), (path, size), AT_FDCWD, path)

// What only takes away needs no room: it fails on a disk that is read-only, and is not counted on others.
#define TAKES_AWAY(name, parameters, arguments, at, path)                                   \
    static void *real_##name;                                                               \
    int name parameters {                                                                   \
        if (removal_fails && fails_at_path(#name, at, path)) return -1;                     \
        return REAL(name) arguments;                                                        \
    }
TAKES_AWAY(unlink, (const char *path), (path), AT_FDCWD, path)
TAKES_AWAY(unlinkat, (int at, const char *path, int flags), (at, path, flags), at, path)
TAKES_AWAY(rmdir, (const char *path), (path), AT_FDCWD, path)
