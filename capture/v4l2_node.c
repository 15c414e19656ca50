// SPDX-License-Identifier: MIT
#include "capture/v4l2_node.h"

#include "core/base/log.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <libv4l2.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define VIDEO_MAJOR 81 // every V4L2 node's major number

// libv4l2 writes its complaints to standard error; here they are details.
static ssize_t log_write(void *cookie, const char *text, size_t size)
{
    (void)cookie;
    int length = (int)(size > 400 ? 400 : size);
    while (length > 0 && text[length - 1] == '\n')
        length--;
    if (length > 0)
        log_debug("%.*s", length, text);
    return (ssize_t)size;
}

static void redirect_log(void)
{
    v4l2_log_file = fopencookie(NULL, "w", (cookie_io_functions_t){.write = log_write});
}

int cap_node_ioctl(int fd, unsigned long request, void *arg)
{
    int ret;
    do {
        ret = v4l2_ioctl(fd, request, arg);
    } while (ret < 0 && errno == EINTR);
    return ret;
}

static bool process_has_open(const char *pid, const char *real_path)
{
    char dir_path[300];
    snprintf(dir_path, sizeof dir_path, "/proc/%s/fd", pid);
    DIR *dir = opendir(dir_path);
    bool found = false;
    const struct dirent *entry;
    while (dir && !found && (entry = readdir(dir))) {
        char target[4096];
        ssize_t n = readlinkat(dirfd(dir), entry->d_name, target, sizeof target - 1);
        target[n > 0 ? n : 0] = '\0';
        found = strcmp(target, real_path) == 0;
    }
    if (dir)
        closedir(dir);
    return found;
}

// "NAME (pid N)" of another process that has the device open, or "another program".
static void name_user(char *out, size_t size, const char *path)
{
    snprintf(out, size, "another program");
    char *real_path = realpath(path, NULL);
    DIR *proc = real_path ? opendir("/proc") : NULL;
    const struct dirent *entry;
    while (proc && (entry = readdir(proc))) {
        if (!isdigit((unsigned char)entry->d_name[0]) || atoi(entry->d_name) == getpid() ||
            !process_has_open(entry->d_name, real_path))
            continue;
        char comm_path[300], comm[64] = "";
        snprintf(comm_path, sizeof comm_path, "/proc/%s/comm", entry->d_name);
        FILE *file = fopen(comm_path, "re");
        if (file && fgets(comm, sizeof comm, file))
            snprintf(out, size, "%.*s (pid %.10s)", (int)strcspn(comm, "\n"), comm, entry->d_name);
        if (file)
            fclose(file);
        break;
    }
    if (proc)
        closedir(proc);
    free(real_path);
}

// Names the group that may open the node, "video" where the node itself cannot be looked at. Root's
// own group is no advice.
static int fail_access(struct err *err, const char *path)
{
    struct stat st;
    struct group group, *found = NULL;
    char text[16384], name[64] = "video";
    bool seen = stat(path, &st) == 0;
    if (seen && ((st.st_mode & 0060) != 0060 || st.st_gid == 0))
        return err_set(err, ERR_CAMERA,
                       "%s: access denied, and no group of users is let in; ask who administers "
                       "this computer",
                       path);
    if (seen && getgrgid_r(st.st_gid, &group, text, sizeof text, &found) == 0 && found)
        snprintf(name, sizeof name, "%s", found->gr_name);
    else if (seen)
        snprintf(name, sizeof name, "%u", (unsigned)st.st_gid);
    return err_set(err, ERR_CAMERA,
                   "%s: access denied; add yourself to the group \"%s\" (sudo usermod -aG %s "
                   "$USER), then log in again",
                   path, name, name);
}

int cap_node_fail(struct err *err, const char *path, const char *what, int errnum)
{
    char user[128];
    switch (abs(errnum)) { // libv4l2 has set errno to -EINVAL
    case ENOENT:
        return err_set(err, ERR_CAMERA,
                       "%s: no such camera; plug it in, or choose another with --camera", path);
    case EACCES:
    case EPERM:
        return fail_access(err, path);
    case EBUSY:
        name_user(user, sizeof user, path);
        return err_set(err, ERR_CAMERA, "%s: in use by %s; close it there, then try again", path,
                       user);
    case ENOSPC:
        return err_set(err, ERR_CAMERA,
                       "%s: not enough USB bandwidth; use another port, or unplug other cameras "
                       "from the same hub",
                       path);
    case ENODEV:
    case ENXIO:
        return err_set(err, ERR_CAMERA, "%s: the camera is gone; plug it in again", path);
    case ENOTTY:
        return err_set(err, ERR_CAMERA, "%s: not a camera", path);
    case EIO:
        return err_set(err, ERR_CAMERA,
                       "%s: its driver failed while %s; if it does not come back by itself, unplug "
                       "it and plug it in again",
                       path, what);
    case EINVAL:
        return err_set(err, ERR_CAMERA,
                       "%s: refused while %s; for a virtual camera, start the program that feeds "
                       "it first",
                       path, what);
    default:
        return err_set(err, ERR_CAMERA, "%s: %s while %s; unplug it and plug it in again", path,
                       strerror(errnum), what);
    }
}

// Whether this is a node that pictures come from, by what it says it can do.
static int check_capability(const char *path, const struct v4l2_capability *cap, struct err *err)
{
    uint32_t caps = cap->capabilities & V4L2_CAP_DEVICE_CAPS ? cap->device_caps : cap->capabilities;
    const char *reason = NULL;
    if (caps & (V4L2_CAP_VIDEO_M2M | V4L2_CAP_VIDEO_M2M_MPLANE))
        reason = "a video converter, not a camera";
    else if (caps & V4L2_CAP_META_CAPTURE && !(caps & V4L2_CAP_VIDEO_CAPTURE))
        reason = "the metadata node of a camera; its pictures come from the node before it";
    else if (caps & (V4L2_CAP_VIDEO_OUTPUT | V4L2_CAP_VIDEO_OUTPUT_MPLANE) &&
             !(caps & V4L2_CAP_VIDEO_CAPTURE))
        reason = "a video output, not a camera (of a virtual camera: start what feeds it)";
    else if (caps & V4L2_CAP_IO_MC)
        reason = "a raw sensor that needs libcamera; run visavis under libcamerify";
    else if (!(caps & V4L2_CAP_VIDEO_CAPTURE))
        reason = "it captures no pictures";
    else if (!(caps & V4L2_CAP_STREAMING))
        reason = "its driver can't stream; choose another camera";
    return reason ? err_set(err, ERR_CAMERA, "%s: %s", path, reason) : 0;
}

static int check_file_type(const char *path, struct err *err)
{
    struct stat st;
    if (stat(path, &st))
        return cap_node_fail(err, path, "opening", errno);
    if (S_ISCHR(st.st_mode) && major(st.st_rdev) == VIDEO_MAJOR)
        return 0;
    if (S_ISDIR(st.st_mode) || S_ISREG(st.st_mode))
        return err_set(err, ERR_CAMERA, "%s: a %s, not a camera; to play it, write replay:%s", path,
                       S_ISDIR(st.st_mode) ? "folder" : "file", path);
    return cap_node_fail(err, path, "opening", ENOTTY);
}

int cap_node_open(const char *path, struct v4l2_capability *cap, struct err *err)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, redirect_log);
    int ret = check_file_type(path, err);
    if (ret)
        return ret;
    int fd = v4l2_open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC, 0);
    if (fd < 0)
        return cap_node_fail(err, path, "opening", errno);
    memset(cap, 0, sizeof *cap);
    if (cap_node_ioctl(fd, VIDIOC_QUERYCAP, cap))
        ret = cap_node_fail(err, path, "asking what it is", errno);
    else
        ret = check_capability(path, cap, err);
    if (ret) {
        v4l2_close(fd);
        return ret;
    }
    return fd;
}
