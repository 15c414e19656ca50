// SPDX-License-Identifier: MIT
#include "capture/backend.h"
#include "capture/v4l2_choose.h"
#include "capture/v4l2_node.h"

#include <dirent.h>
#include <fcntl.h>
#include <libv4l2.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_NODES 64

struct node {
    int number;        // of /dev/videoN
    char path[64];     // the node
    char name[128];    // for people
    char bus[32];      // the socket it is plugged into
    char by_id[280];   // link, or empty
    char by_path[280]; // link, or empty
    bool colour;       // has a colour format
};

static bool only_grey(int fd)
{
    struct v4l2_fmtdesc desc = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    bool colour = false;
    for (; cap_node_ioctl(fd, VIDIOC_ENUM_FMT, &desc) == 0; desc.index++)
        colour = colour || (!(desc.flags & V4L2_FMT_FLAG_EMULATED) &&
                            cap_format_has_colour(desc.pixelformat));
    return desc.index > 0 && !colour;
}

// Finds the link in `dir` that leads to the node.
static void find_link(char *out, size_t size, const char *dir_path, const char *node_path)
{
    char *target = realpath(node_path, NULL);
    DIR *dir = target ? opendir(dir_path) : NULL;
    const struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        char link[512];
        snprintf(link, sizeof link, "%s/%s", dir_path, entry->d_name);
        char *leads_to = entry->d_name[0] == '.' ? NULL : realpath(link, NULL);
        if (leads_to && strcmp(leads_to, target) == 0 && strlen(link) < size)
            snprintf(out, size, "%s", link);
        free(leads_to);
    }
    if (dir)
        closedir(dir);
    free(target);
}

static bool ask_node(struct node *node, const char *dev, struct err *why)
{
    struct v4l2_capability cap;
    int fd = cap_node_open(node->path, &cap, why);
    if (fd < 0)
        return false;
    node->colour = !only_grey(fd);
    v4l2_close(fd);
    snprintf(node->name, sizeof node->name, "%.31s", (const char *)cap.card);
    snprintf(node->bus, sizeof node->bus, "%.31s", (const char *)cap.bus_info);
    char dir[80];
    snprintf(dir, sizeof dir, "%.50s/v4l/by-id", dev);
    find_link(node->by_id, sizeof node->by_id, dir, node->path);
    snprintf(dir, sizeof dir, "%.50s/v4l/by-path", dev);
    find_link(node->by_path, sizeof node->by_path, dir, node->path);
    return true;
}

static int by_number(const void *a, const void *b)
{
    const struct node *x = a, *y = b;
    return (x->number > y->number) - (x->number < y->number);
}

// The nodes' numbers and paths, sorted.
static int find_nodes(struct node *nodes, const char *dev)
{
    DIR *dir = opendir(dev);
    int n = 0;
    const struct dirent *entry;
    while (dir && n < MAX_NODES && (entry = readdir(dir))) {
        int number, end = 0;
        if (sscanf(entry->d_name, "video%5d%n", &number, &end) != 1 || entry->d_name[end])
            continue;
        nodes[n].number = number;
        snprintf(nodes[n].path, sizeof nodes[n].path, "%.50s/video%d", dev, number);
        n++;
    }
    if (dir)
        closedir(dir);
    qsort(nodes, (size_t)n, sizeof *nodes, by_number);
    return n;
}

// Two cameras that share a by-id name (twins without a serial number, colour and infrared in one
// housing) have one link between them, and it leads to either: then the one without shows it.
static bool shares_its_id(const struct node *nodes, int n, const struct node *node)
{
    for (int i = 0; i < n; i++) {
        if (&nodes[i] != node && (!nodes[i].by_id[0] || !node->by_id[0]) &&
            (strcmp(nodes[i].name, node->name) == 0 ||
             (node->bus[0] && strcmp(nodes[i].bus, node->bus) == 0)))
            return true;
    }
    return false;
}

static void describe(struct cap_info *info, const struct node *nodes, int n,
                     const struct node *node)
{
    *info = (struct cap_info){.w = 0};
    const char *by_id = shares_its_id(nodes, n, node) ? "" : node->by_id;
    const char *lasting = by_id[0] ? by_id : node->by_path;
    snprintf(info->spec, sizeof info->spec, "%s", lasting[0] ? lasting : node->path);
    snprintf(info->name, sizeof info->name, "%s", node->name);
}

int cap_v4l2_list(const char *dev, struct cap_info *list, int max, struct err *why)
{
    struct node *nodes = calloc(MAX_NODES, sizeof *nodes);
    if (!nodes)
        return 0;
    int n_nodes = find_nodes(nodes, dev), n = 0;
    for (int i = 0; i < n_nodes; i++) {
        if (ask_node(&nodes[i], dev, why))
            nodes[n++] = nodes[i];
    }
    int n_listed = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (int i = 0; i < n && n_listed < max; i++) {
            if (nodes[i].colour == (pass == 0))
                describe(&list[n_listed++], nodes, n, &nodes[i]);
        }
    }
    free(nodes);
    return n_listed;
}

static uint64_t mix(uint64_t hash, const void *data, size_t size)
{
    const uint8_t *bytes = data;
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ bytes[i]) * UINT64_C(0x100000001b3); // FNV-1a
    return hash;
}

// A node's access rights count, a link's place; their order in the folder does not.
static uint64_t stamp_of(const char *dir_path, const char *prefix)
{
    uint64_t sum = 0;
    DIR *dir = opendir(dir_path);
    const struct dirent *entry;
    while (dir && (entry = readdir(dir))) {
        struct stat st;
        if (strncmp(entry->d_name, prefix, strlen(prefix)) != 0 ||
            fstatat(dirfd(dir), entry->d_name, &st, AT_SYMLINK_NOFOLLOW))
            continue;
        uint64_t hash = mix(UINT64_C(0xcbf29ce484222325), entry->d_name, strlen(entry->d_name));
        hash = mix(hash, &st.st_ino, sizeof st.st_ino);
        sum += mix(hash, &st.st_ctim, sizeof st.st_ctim);
    }
    if (dir)
        closedir(dir);
    return sum;
}

uint64_t cap_v4l2_stamp(const char *dev)
{
    char by_id[80], by_path[80];
    snprintf(by_id, sizeof by_id, "%.50s/v4l/by-id", dev);
    snprintf(by_path, sizeof by_path, "%.50s/v4l/by-path", dev);
    return stamp_of(dev, "video") + stamp_of(by_id, "") + stamp_of(by_path, "");
}
